package dev.converge.node.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.node.json.Fields;
import dev.converge.node.json.Json;
import dev.converge.node.replicas.ReplicaOperations;
import dev.converge.node.replicas.ReplicasView;
import dev.converge.pekko.ReplicaNames;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.StatusCodes;

/** {@code /v1/replicas}: who the replicas are, how far they are, and what an operator does. */
final class ReplicaRoutes {
  private final ReplicaOperations replicas;
  private final ReplicaNames names;

  ReplicaRoutes(ReplicaOperations replicas, ReplicaNames names) {
    this.replicas = replicas;
    this.names = names;
  }

  void addTo(Router router) {
    router
        .add("GET", "/v1/replicas", this::view)
        .add("POST", "/v1/replicas/retire", this::retire)
        .add("POST", "/v1/replicas/restore", this::restore);
  }

  private CompletionStage<HttpResponse> view(Call call) {
    call.onlyQuery();
    return CompletableFuture.completedFuture(Answers.json(shown(replicas.view())));
  }

  private CompletionStage<HttpResponse> retire(Call call) {
    call.onlyQuery();
    Fields fields = call.fields();
    List<String> wanted = fields.texts("replicas");
    boolean force = fields.flag("force", false);
    fields.end();
    ReplicasView view = replicas.view();
    Set<ReplicaId> leaving = new TreeSet<>();
    wanted.forEach(name -> leaving.add(member(view, name)));
    if (leaving.isEmpty()) {
      throw Problem.badRequest("field 'replicas' names at least one replica");
    }
    if (leaving.contains(view.self())) {
      throw Problem.conflict(
          "a replica does not retire itself; ask one of those that stay to retire "
              + names.display(view.self()));
    }
    return replicas.retire(leaving, force).thenApply(after -> Answers.json(shown(after)));
  }

  /** A member by the name that is shown, or by its configured name if just one has that. */
  private ReplicaId member(ReplicasView view, String name) {
    List<ReplicaId> found = new ArrayList<>();
    for (ReplicasView.Member member : view.members()) {
      if (names.display(member.replica()).equals(name)) {
        return member.replica();
      }
      if (member.replica().name().equals(name)) {
        found.add(member.replica());
      }
    }
    if (found.size() == 1) {
      return found.get(0);
    }
    List<String> members =
        view.members().stream().map(member -> names.display(member.replica())).toList();
    throw Problem.notFound(
        (found.isEmpty() ? "no replica '" : "more than one replica '")
            + name
            + "' in the present set; its members are "
            + members);
  }

  private CompletionStage<HttpResponse> restore(Call call) {
    call.onlyQuery();
    if (call.body().length > 0) {
      call.fields().end();
    }
    return replicas
        .restore()
        .thenApply(begun -> Answers.json(shown(replicas.view())).withStatus(StatusCodes.ACCEPTED));
  }

  private ObjectNode shown(ReplicasView view) {
    ObjectNode node =
        Json.object()
            .put("self", names.display(view.self()))
            .put("epoch", view.epoch())
            .put("phase", view.phase())
            .put("writesRefused", view.writesRefused().orElse(null));
    ArrayNode members = node.putArray("members");
    for (ReplicasView.Member member : view.members()) {
      members
          .addObject()
          .put("replica", names.display(member.replica()))
          .put("id", member.replica().toString())
          .put("reachable", member.reachable())
          .put("lag", member.lag())
          .put("behind", member.behind())
          .put("clockSkewMillis", member.clockSkew().map(Duration::toMillis).orElse(null));
    }
    node.put("finalityLagMillis", view.finalityLag().map(Duration::toMillis).orElse(null));
    ArrayNode heldBackBy = node.putArray("heldBackBy");
    for (ReplicasView.HeldBack held : view.heldBackBy()) {
      heldBackBy.addObject().put("replica", names.display(held.replica())).put("why", held.why());
    }
    node.set("proposal", view.proposal().<JsonNode>map(this::shown).orElse(Json.nothing()));
    node.set("notes", Json.tree(view.notes()));
    return node;
  }

  private ObjectNode shown(ReplicasView.Proposal proposal) {
    ObjectNode node = Json.object();
    node.set("retired", Json.tree(proposal.retired().stream().map(names::display).toList()));
    node.put("joiner", proposal.joiner().map(names::display).orElse(null));
    return node.put("force", proposal.force());
  }
}
