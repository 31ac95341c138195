package dev.converge.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.engine.membership.ReplicaSet;
import dev.converge.node.http.Requests.Answer;
import dev.converge.pekko.membership.MembershipException;
import dev.converge.pekko.membership.ReplicasStatus;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
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

  private ReplicasStatus status =
      status(
          List.of(
              new ReplicasStatus.Member(FakeEntities.R1, true, Map.of(), 20),
              new ReplicasStatus.Member(
                  FakeEntities.R2_AGAIN, false, Map.of(FakeEntities.R1, 12L), -1)));

  private static ReplicasStatus status(List<ReplicasStatus.Member> members) {
    return new ReplicasStatus(
        FakeEntities.R1,
        4,
        "active",
        null,
        members,
        new HybridTimestamp(1_000, 0),
        1_500,
        List.of(FakeEntities.R2_AGAIN),
        List.of(),
        List.of("retire node-2"),
        List.of("a clock is off"));
  }

  private final class Fake implements ReplicaHost {
    private final List<String> introduced = new ArrayList<>();

    @Override
    public void introduce(String name, String address) {
      introduced.add(name + " " + address);
    }

    @Override
    public CompletionStage<ReplicasStatus> status() {
      return CompletableFuture.completedFuture(status);
    }

    private <T> CompletionStage<T> answer(String what, @Nullable T value) {
      asked.add(what);
      return failure == null
          ? CompletableFuture.completedFuture(value)
          : CompletableFuture.failedFuture(failure);
    }

    @Override
    public CompletionStage<ReplicaSet> retire(
        Collection<String> replicas, boolean force, Duration limit) {
      return answer(
          "retire " + replicas + (force ? " by force" : "") + " in " + limit.toSeconds() + " s",
          ReplicaSet.first(List.of(FakeEntities.R1)));
    }

    @Override
    public CompletionStage<Void> restored() {
      return answer("restore", null);
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
            "{\"self\":\"node-1\",\"epoch\":4,\"phase\":\"active\",\"refusesWrites\":null,"
                + "\"members\":["
                + "{\"replica\":\"node-1\",\"id\":\"node-1~5\",\"reachable\":true,\"lag\":{},"
                + "\"promiseAgeMillis\":20},"
                + "{\"replica\":\"node-2~2\",\"id\":\"node-2~9\",\"reachable\":false,"
                + "\"lag\":{\"node-1\":12},\"promiseAgeMillis\":null}],"
                + "\"finalTime\":\"1000.0\",\"finalityLagMillis\":1500,"
                + "\"heldBackBy\":[\"node-2~2\"],\"fenced\":[],"
                + "\"proposals\":[\"retire node-2\"],\"notes\":[\"a clock is off\"]}");
    assertThat(requests.call("GET", "/v1/replicas?x=1", "").status()).isEqualTo(400);
  }

  @Test
  void aReplicaIsRetiredByEitherOfItsNames() throws Exception {
    assertThat(retire("{'replicas':['node-2']}").status()).isEqualTo(200);
    assertThat(retire("{'replicas':['node-2~2'],'force':true}").status()).isEqualTo(200);
    assertThat(asked)
        .containsExactly("retire [node-2~9] in 15 s", "retire [node-2~9] by force in 15 s");
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
    status =
        status(
            List.of(
                new ReplicasStatus.Member(FakeEntities.R2, true, Map.of(), 0),
                new ReplicasStatus.Member(FakeEntities.R2_AGAIN, true, Map.of(), 0)));
    assertThat(retire("{'replicas':['node-2']}").status()).isEqualTo(200);
    assertThat(asked).containsExactly("retire [node-2~5] in 15 s");
  }

  @Test
  void whatCannotBeDecidedSaysWhy() throws Exception {
    failure = new MembershipException("two replicas are no majority without each other");
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
    assertThat(begun.detail()).contains("a new incarnation");
    assertThat(requests.call("POST", "/v1/replicas/restore", "").status()).isEqualTo(202);
    assertThat(requests.call("POST", "/v1/replicas/restore", "{'x':1}").status()).isEqualTo(400);
    assertThat(asked).containsExactly("restore", "restore");
  }
}
