package dev.converge.node.http;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.converge.node.entity.HostedType;
import dev.converge.node.json.BadInputException;
import dev.converge.node.json.Fields;
import dev.converge.node.json.Json;
import dev.converge.pekko.EntityAnswer;
import dev.converge.pekko.EntityRef;
import dev.converge.pekko.Erasure;
import dev.converge.pekko.ReadLevel;
import dev.converge.pekko.RepairReport;
import dev.converge.pekko.RunOptions;
import dev.converge.pekko.SessionToken;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.stream.javadsl.JavaFlowSupport;

/** {@code /v1/entities}: commands, states, histories, changes and lists of replicated entities. */
final class EntityRoutes {
  private static final int MAX_PAGE = 10_000;

  private final EntityHost entities;
  private final HostedTypes types;
  private final Optional<HistoryExport> export;
  private final Executor blocking;
  private final EntityJson json;

  /**
   * Routes over {@code entities}.
   *
   * @param export without it there is no route for it
   * @param blocking where calls to the database may block
   */
  EntityRoutes(
      EntityHost entities, HostedTypes types, Optional<HistoryExport> export, Executor blocking) {
    this.entities = entities;
    this.types = types;
    this.export = export;
    this.blocking = blocking;
    this.json = new EntityJson(entities.names());
  }

  void addTo(Router router) {
    router
        .add("POST", "/v1/entities/{type}/{id}", call -> run(call, types.of(call)))
        .add("GET", "/v1/entities/{type}/{id}", call -> get(call, types.of(call)))
        .add("GET", "/v1/entities/{type}/{id}/history", call -> history(call, types.of(call)))
        .add("GET", "/v1/entities/{type}/{id}/changes", call -> changes(call, types.of(call)))
        .add("POST", "/v1/entities/{type}/{id}/repair", call -> repair(call, types.of(call)))
        .add("POST", "/v1/entities/{type}/{id}/erase", call -> erase(call, types.of(call)))
        .add("GET", "/v1/entities/{type}", call -> ids(call, types.of(call)));
    export.ifPresent(
        to ->
            router.add(
                "GET",
                "/v1/entities/{type}/{id}/export",
                call -> export(call, types.of(call), to)));
  }

  private <C, E, S> CompletionStage<HttpResponse> run(Call call, HostedType<C, E, S> type) {
    call.onlyQuery("write", "timeout", "seen");
    RunOptions options = EntityLevels.write(call, types.levels(type));
    Optional<SessionToken> session = EntityLevels.session(call);
    boolean seesOnlySession = EntityLevels.seesOnlySession(call);
    String id = call.key("id");
    Fields fields = call.fields();
    C command = type.command(fields.text("command"), fields);
    fields.end();
    EntityRef<C, E, S> ref = ref(type, id);
    CompletionStage<EntityAnswer<S>> answer;
    if (session.isEmpty()) {
      answer = ref.run(command, options);
    } else if (seesOnlySession) {
      answer = ref.run(command, options.withSeen(session.get()));
    } else {
      // What the client has seen is here first; then the command sees all that is here.
      answer =
          ref.get(ReadLevel.session(session.get()), options.limit())
              .thenCompose(seen -> ref.run(command, options));
    }
    return answer.thenApply(
        it -> Answers.seen(call, Answers.afterWrite(call, json.answer(type, it)), it.token()));
  }

  private <C, E, S> CompletionStage<HttpResponse> get(Call call, HostedType<C, E, S> type) {
    call.onlyQuery("consistency", "timeout");
    return ref(type, call.key("id"))
        .get(EntityLevels.read(call, types.levels(type)), EntityLevels.limit(call))
        .thenApply(
            answer -> Answers.seen(call, Answers.json(json.answer(type, answer)), answer.token()));
  }

  private <C, E, S> CompletionStage<HttpResponse> history(Call call, HostedType<C, E, S> type) {
    call.onlyQuery("from", "limit");
    int from = call.number("from", 0, 0, Integer.MAX_VALUE);
    int limit = call.number("limit", 1_000, 1, MAX_PAGE);
    EntityRef<C, E, S> ref = ref(type, call.key("id"));
    // Where the history begins, only its first page tells.
    return ref.history(from, limit)
        .thenCompose(
            page ->
                from == 0
                    ? CompletableFuture.completedFuture(
                        Answers.json(json.history(type, page, page.from())))
                    : ref.history(0, 1)
                        .thenApply(first -> Answers.json(json.history(type, page, first.from()))));
  }

  /** The first event is the entity as it is; a slow client gets the newest, not each. */
  private <C, E, S> CompletionStage<HttpResponse> changes(Call call, HostedType<C, E, S> type) {
    call.onlyQuery();
    return CompletableFuture.completedFuture(
        EventStream.of(
            call,
            JavaFlowSupport.Source.fromPublisher(ref(type, call.key("id")).changes())
                .map(answer -> changed(type, answer))));
  }

  private <S> EventStream.Event changed(HostedType<?, ?, S> type, EntityAnswer<S> answer) {
    ObjectNode shown = json.answer(type, answer);
    return EventStream.event(shown.deepCopy().put("context", answer.token().text()), shown);
  }

  private CompletionStage<HttpResponse> repair(Call call, HostedType<?, ?, ?> type) {
    call.onlyQuery();
    if (call.body().length > 0) {
      call.fields().end();
    }
    return entities.repair(type.type(), call.key("id")).thenApply(EntityRoutes::repaired);
  }

  private static HttpResponse repaired(RepairReport report) {
    if (report.isWhole()) {
      return Answers.json(EntityJson.repair(report));
    }
    throw Problem.conflict(
            report.lost().size()
                + " damaged rows are at no peer that could be asked, so nothing was changed; start"
                + " the peers that are away and try again")
        .with("lost", Json.tree(report.lost()));
  }

  /** Says the same however often it is asked for: the first erasure stands. */
  private CompletionStage<HttpResponse> erase(Call call, HostedType<?, ?, ?> type) {
    call.onlyQuery("write", "timeout");
    RunOptions options = EntityLevels.write(call, types.levels(type));
    String id = call.key("id");
    Fields fields = call.fields();
    String reason = fields.nonEmptyText("reason");
    fields.end();
    try {
      Erasure.checkReason(reason);
    } catch (IllegalArgumentException e) {
      throw new BadInputException("field 'reason': " + e.getMessage(), "reason");
    }
    return entities
        .erase(type.type(), id, reason, options)
        .thenApply(
            erasure -> {
              ObjectNode node = Json.object().put("id", id).put("type", type.type().name());
              node.set("erased", EntityJson.erased(erasure));
              return Answers.json(node);
            });
  }

  private CompletionStage<HttpResponse> export(
      Call call, HostedType<?, ?, ?> type, HistoryExport export) {
    call.onlyQuery();
    String id = call.key("id");
    if (entities.isErased(type.type(), id)) {
      // Says when, where and why.
      return ref(type, id).get().thenApply(none -> Answers.json(Json.object()));
    }
    return export.of(type.type().name(), id, type.type().key(id));
  }

  private CompletionStage<HttpResponse> ids(Call call, HostedType<?, ?, ?> type) {
    call.onlyQuery("prefix", "after", "limit");
    int limit = call.number("limit", 1_000, 1, MAX_PAGE);
    return CompletableFuture.supplyAsync(
        () -> {
          List<String> ids =
              entities.ids(type.type(), call.query("prefix", ""), call.query("after", ""), limit);
          ObjectNode node = Json.object();
          node.set("ids", Json.tree(ids));
          return Answers.json(node);
        },
        blocking);
  }

  private <C, E, S> EntityRef<C, E, S> ref(HostedType<C, E, S> type, String id) {
    return entities.get(type.type(), id);
  }
}
