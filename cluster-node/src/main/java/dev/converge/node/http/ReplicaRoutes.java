package dev.converge.node.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.node.json.Fields;
import dev.converge.node.json.Json;
import dev.converge.pekko.ReplicaNames;
import dev.converge.pekko.membership.ReplicasStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;

/** {@code /v1/replicas}: who the replicas are, how far they are, and what an operator does. */
final class ReplicaRoutes {
  private static final Duration DEFAULT_LIMIT = Duration.ofSeconds(15);

  private final ReplicaHost replicas;
  private final ReplicaNames names;

  ReplicaRoutes(ReplicaHost replicas, ReplicaNames names) {
    this.replicas = replicas;
    this.names = names;
  }

  void addTo(Router router) {
    router
        .add("GET", "/v1/replicas", this::view)
        .add("POST", "/v1/replicas/introduce", this::introduce)
        .add("POST", "/v1/replicas/retire", this::retire)
        .add("POST", "/v1/replicas/restore", this::restore);
  }

  private CompletionStage<HttpResponse> view(Call call) {
    call.onlyQuery();
    return view();
  }

  private CompletionStage<HttpResponse> view() {
    return replicas.status().thenApply(status -> Answers.json(shown(status)));
  }

  /** A node that is in no configuration here says where it is, so that it can join. */
  private CompletionStage<HttpResponse> introduce(Call call) {
    call.onlyQuery();
    Fields fields = call.fields();
    String name = fields.text("name");
    String remote = fields.text("remote");
    fields.end();
    if (!name.matches("[A-Za-z0-9._-]{1,64}") || !remote.matches("[^\\s/]{1,255}:\\d{1,5}")) {
      throw Problem.badRequest("field 'name' is a node's name, and 'remote' a host:port");
    }
    replicas.introduce(name, remote);
    return view();
  }

  private CompletionStage<HttpResponse> retire(Call call) {
    call.onlyQuery("timeout");
    Duration limit = call.duration("timeout", DEFAULT_LIMIT);
    Fields fields = call.fields();
    List<String> wanted = fields.texts("replicas");
    boolean force = fields.flag("force", false);
    fields.end();
    if (wanted.isEmpty()) {
      throw Problem.badRequest("field 'replicas' names at least one replica");
    }
    return replicas
        .status()
        .thenCompose(status -> replicas.retire(members(status, wanted), force, limit))
        .thenCompose(set -> view());
  }

  /** The ids of members, which were named as they are shown, or as they are configured. */
  private Set<String> members(ReplicasStatus status, List<String> wanted) {
    Set<String> found = new TreeSet<>();
    for (String name : wanted) {
      ReplicaId member = member(status, name);
      if (member.equals(status.self())) {
        throw Problem.conflict(
            "a replica does not retire itself; ask one of those that stay to retire " + name);
      }
      found.add(member.toString());
    }
    return found;
  }

  private ReplicaId member(ReplicasStatus status, String name) {
    List<ReplicaId> byConfiguredName = new ArrayList<>();
    for (ReplicasStatus.Member member : status.members()) {
      if (names.display(member.replica()).equals(name)) {
        return member.replica();
      }
      if (member.replica().name().equals(name)) {
        byConfiguredName.add(member.replica());
      }
    }
    if (byConfiguredName.size() == 1) {
      return byConfiguredName.get(0);
    }
    throw Problem.notFound(
        "no member of the present set is called '"
            + name
            + "'; its members are "
            + status.members().stream().map(each -> names.display(each.replica())).toList());
  }

  /** Answers once it has begun: the node goes on under a new name after that. */
  private CompletionStage<HttpResponse> restore(Call call) {
    call.onlyQuery();
    if (call.body().length > 0) {
      call.fields().end();
    }
    return replicas
        .restored()
        .thenApply(
            begun ->
                Answers.json(
                        Json.object()
                            .put(
                                "detail",
                                "the data here counts as an old backup now: this node goes on as a"
                                    + " new incarnation, which gets everything from the others;"
                                    + " GET /v1/replicas says how far it is"))
                    .withStatus(StatusCodes.ACCEPTED));
  }

  private ObjectNode shown(ReplicasStatus status) {
    ObjectNode node =
        Json.object()
            .put("self", names.display(status.self()))
            .put("epoch", status.epoch())
            .put("phase", status.phase())
            .put("refusesWrites", status.refusesWrites());
    ArrayNode members = node.putArray("members");
    for (ReplicasStatus.Member member : status.members()) {
      ObjectNode shown =
          members
              .addObject()
              .put("replica", names.display(member.replica()))
              .put("id", member.replica().toString())
              .put("reachable", member.reachable());
      ObjectNode lag = shown.putObject("lag");
      member.lagRows().entrySet().stream()
          .sorted(Map.Entry.comparingByKey())
          .forEach(row -> lag.put(names.display(row.getKey()), row.getValue()));
      shown.put(
          "promiseAgeMillis", member.promiseAgeMillis() < 0 ? null : member.promiseAgeMillis());
    }
    node.put("finalTime", status.finalTime().toString())
        .put("finalityLagMillis", status.finalityLagMillis());
    node.set("heldBackBy", shown(status.heldBackBy()));
    node.set("fenced", shown(status.fenced()));
    node.set("proposals", Json.tree(status.open()));
    node.set("notes", Json.tree(status.notes()));
    return node;
  }

  private JsonNode shown(Collection<ReplicaId> ids) {
    return Json.tree(ids.stream().map(names::display).toList());
  }
}
