package dev.converge.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.node.http.Requests.Answer;
import dev.converge.node.replicas.OperationRefusedException;
import dev.converge.node.replicas.ReplicaOperations;
import dev.converge.node.replicas.ReplicasView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReplicaRoutesTest {
  private final List<String> asked = new ArrayList<>();
  private @Nullable Throwable failure;
  private final Router router = new Router();
  private final Requests requests = new Requests(router);

  private ReplicasView view =
      new ReplicasView(
          FakeEntities.R1,
          4,
          "active",
          Optional.empty(),
          List.of(
              new ReplicasView.Member(FakeEntities.R1, true, 0, 0, Optional.empty()),
              new ReplicasView.Member(
                  FakeEntities.R2_AGAIN, false, 12, 3, Optional.of(Duration.ofMillis(-7)))),
          Optional.of(Duration.ofMillis(1_500)),
          List.of(new ReplicasView.HeldBack(FakeEntities.R2_AGAIN, "not heard of for 9 s")),
          Optional.of(
              new ReplicasView.Proposal(List.of(FakeEntities.R2_AGAIN), Optional.empty(), false)),
          List.of("a clock is off"));

  private final class Fake implements ReplicaOperations {
    @Override
    public ReplicasView view() {
      return view;
    }

    @Override
    public CompletionStage<ReplicasView> retire(Set<ReplicaId> replicas, boolean force) {
      asked.add("retire " + replicas + (force ? " by force" : ""));
      return failure == null
          ? CompletableFuture.completedFuture(view)
          : CompletableFuture.failedFuture(failure);
    }

    @Override
    public CompletionStage<Void> restore() {
      asked.add("restore");
      return failure == null
          ? CompletableFuture.completedFuture(null)
          : CompletableFuture.failedFuture(failure);
    }
  }

  @BeforeEach
  void routes() {
    new ReplicaRoutes(new Fake(), new FakeEntities().names()).addTo(router);
  }

  @AfterEach
  void close() {
    requests.close();
  }

  private Answer retire(String body) throws Exception {
    return requests.call("POST", "/v1/replicas/retire", body);
  }

  @Test
  void theReplicasAreShownByTheNamesThatPeopleKnow() throws Exception {
    assertThat(requests.call("GET", "/v1/replicas", "").text())
        .isEqualTo(
            "{\"self\":\"node-1\",\"epoch\":4,\"phase\":\"active\",\"writesRefused\":null,"
                + "\"members\":["
                + "{\"replica\":\"node-1\",\"id\":\"node-1~5\",\"reachable\":true,\"lag\":0,"
                + "\"behind\":0,\"clockSkewMillis\":null},"
                + "{\"replica\":\"node-2~2\",\"id\":\"node-2~9\",\"reachable\":false,\"lag\":12,"
                + "\"behind\":3,\"clockSkewMillis\":-7}],"
                + "\"finalityLagMillis\":1500,"
                + "\"heldBackBy\":[{\"replica\":\"node-2~2\",\"why\":\"not heard of for 9 s\"}],"
                + "\"proposal\":{\"retired\":[\"node-2~2\"],\"joiner\":null,\"force\":false},"
                + "\"notes\":[\"a clock is off\"]}");
    assertThat(requests.call("GET", "/v1/replicas?x=1", "").status()).isEqualTo(400);
  }

  @Test
  void aReplicaIsRetiredByEitherOfItsNames() throws Exception {
    assertThat(retire("{'replicas':['node-2']}").status()).isEqualTo(200);
    assertThat(retire("{'replicas':['node-2~2'],'force':true}").status()).isEqualTo(200);
    assertThat(asked).containsExactly("retire [node-2~9]", "retire [node-2~9] by force");
  }

  @Test
  void whoCannotBeRetiredIsSaid() throws Exception {
    Answer unknown = retire("{'replicas':['node-7']}");
    assertThat(unknown.status()).isEqualTo(404);
    assertThat(unknown.detail()).contains("node-7", "[node-1, node-2~2]");
    Answer self = retire("{'replicas':['node-1']}");
    assertThat(self.status()).isEqualTo(409);
    assertThat(self.detail()).contains("one of those that stay");
    for (String bad :
        List.of(
            "{}",
            "{'replicas':'node-2'}",
            "{'replicas':[2]}",
            "{'replicas':[]}",
            "{'replicas':['node-2'],'force':1}",
            "{'replicas':['node-2'],'forced':true}")) {
      assertThat(retire(bad).status()).as(bad).isEqualTo(400);
    }
    assertThat(asked).isEmpty();
  }

  @Test
  void anIncarnationThatIsNoMemberIsNotTakenForItsSuccessor() throws Exception {
    view =
        new ReplicasView(
            view.self(),
            4,
            "active",
            Optional.empty(),
            List.of(
                new ReplicasView.Member(FakeEntities.R2, true, 0, 0, Optional.empty()),
                new ReplicasView.Member(FakeEntities.R2_AGAIN, true, 0, 0, Optional.empty())),
            Optional.empty(),
            List.of(),
            Optional.empty(),
            List.of());
    assertThat(retire("{'replicas':['node-2']}").status()).isEqualTo(200);
    assertThat(asked).containsExactly("retire [node-2~5]");
    assertThat(requests.call("GET", "/v1/replicas", "").text())
        .contains("\"finalityLagMillis\":null", "\"proposal\":null");
  }

  @Test
  void whatCannotBeDecidedSaysWhy() throws Exception {
    failure = new OperationRefusedException("two replicas are no majority without each other");
    Answer refused = retire("{'replicas':['node-2']}");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.detail()).startsWith("two replicas");
    failure = new TimeoutException("1 of 3 has answered");
    Answer late = retire("{'replicas':['node-2']}");
    assertThat(late.status()).isEqualTo(503);
    assertThat(late.headers()).containsEntry("Retry-After", "1");
  }

  @Test
  void aRestoreIsBegunAndShown() throws Exception {
    Answer begun = requests.call("POST", "/v1/replicas/restore", "{}");
    assertThat(begun.status()).isEqualTo(202);
    assertThat(begun.body().get("self").textValue()).isEqualTo("node-1");
    assertThat(requests.call("POST", "/v1/replicas/restore", "").status()).isEqualTo(202);
    assertThat(requests.call("POST", "/v1/replicas/restore", "{'x':1}").status()).isEqualTo(400);
    assertThat(asked).containsExactly("restore", "restore");
  }
}
