package dev.converge.node.cli.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.node.cli.local.Supervision.Limits;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SupervisionTest {
  private static final Limits LIMITS = new Limits(2_000, 600, 12_000, 5);

  private Supervision state = Supervision.begin(2, LIMITS).next();
  private long now = 1_000;

  @Test
  void atTheBeginningEveryNodeIsStarted() {
    assertThat(Supervision.begin(3, LIMITS).effects())
        .containsExactly(new Effect.Start(1, 1), new Effect.Start(2, 2), new Effect.Start(3, 3));
  }

  @Test
  void theClusterIsUpWhenTheLastNodeIsReady() {
    assertThat(on(new Input.BecameReady(2, 2))).containsExactly(new Effect.SayReady(2, false));
    assertThat(state.isUp()).isFalse();
    assertThat(on(new Input.BecameReady(1, 1)))
        .containsExactly(new Effect.SayReady(1, false), new Effect.SayUp(false));
    assertThat(state.isUp()).isTrue();
  }

  @Test
  void aKilledNodeIsReportedAtOnceAndStartedAgainTwoSecondsLater() {
    up();
    assertThat(on(new Input.Exited(1, 1, 137)))
        .containsExactly(new Effect.SayDied(1, 137, true, 2_000));
    assertThat(state.nextDeadline()).hasValue(now + 2_000);
    assertThat(after(1_999)).isEmpty();
    assertThat(after(1)).containsExactly(new Effect.Start(1, 3));
    assertThat(on(new Input.BecameReady(1, 3)))
        .containsExactly(new Effect.SayReady(1, true), new Effect.SayUp(true));
  }

  @Test
  void aDeathByATerminationIsHeldBackAndThenTreatedAsAnyOther() {
    up();
    assertThat(on(new Input.Exited(2, 2, 143))).isEmpty();
    assertThat(after(599)).isEmpty();
    assertThat(after(1)).containsExactly(new Effect.SayDied(2, 143, true, 2_000));
    assertThat(after(1_399)).isEmpty();
    assertThat(after(1)).containsExactly(new Effect.Start(2, 3));
  }

  @Test
  void aSignalToTheWholeGroupRestartsNobodyAndReportsNoDeath() {
    up();
    assertThat(on(new Input.Exited(2, 2, 143))).isEmpty();
    assertThat(on(new Input.Exited(1, 1, 143))).isEmpty();
    assertThat(on(new Input.Stop()))
        .containsExactly(new Effect.SayStopping(), new Effect.SayStopped());
    assertThat(state.isOver()).isTrue();
    assertThat(state.hasFailed()).isFalse();
  }

  @Test
  void aStopEndsInputsAndKillsWhatIsLeftAfterTheLimit() {
    up();
    assertThat(on(new Input.Stop()))
        .containsExactly(new Effect.SayStopping(), new Effect.EndInput(1), new Effect.EndInput(2));
    assertThat(on(new Input.Exited(1, 1, 0))).isEmpty();
    assertThat(after(12_000)).containsExactly(new Effect.SayKilled(2, 12_000), new Effect.Kill(2));
    assertThat(after(12_000)).isEmpty();
    assertThat(on(new Input.Exited(2, 2, 137))).containsExactly(new Effect.SayStopped());
    assertThat(state.isOver()).isTrue();
  }

  @Test
  void aSecondStopChangesNothing() {
    up();
    on(new Input.Stop());
    assertThat(on(new Input.Stop())).isEmpty();
  }

  @Test
  void aNodeThatWaitsForItsRestartIsNotStartedAfterAStop() {
    up();
    on(new Input.Exited(1, 1, 137));
    on(new Input.Stop());
    assertThat(after(2_000)).isEmpty();
  }

  @Test
  void fiveFailedStartsInARowAreTheLast() {
    List<Effect> said = new ArrayList<>();
    for (int run : new int[] {1, 3, 4, 5, 6}) {
      said.addAll(on(new Input.Exited(1, run, 1)));
      after(2_000);
    }
    assertThat(said)
        .hasSize(5)
        .startsWith(new Effect.SayDied(1, 1, false, 2_000))
        .endsWith(new Effect.SayGaveUp(1, 1, 5));
    assertThat(state.isOver()).as("the other node goes on").isFalse();
    on(new Input.Stop());
    on(new Input.Exited(2, 2, 0));
    assertThat(state.isOver()).isTrue();
    assertThat(state.hasFailed()).isFalse();
  }

  @Test
  void aNodeThatWasReadyHasFailedNoStartInARow() {
    for (int run : new int[] {1, 3, 4, 5}) {
      on(new Input.Exited(1, run, 1));
      after(2_000);
    }
    on(new Input.BecameReady(1, 6));
    assertThat(on(new Input.Exited(1, 6, 1)))
        .containsExactly(new Effect.SayDied(1, 1, true, 2_000));
    after(2_000);
    assertThat(on(new Input.Exited(1, 7, 1)))
        .containsExactly(new Effect.SayDied(1, 1, false, 2_000));
  }

  @Test
  void whenEveryNodeIsGivenUpTheClusterHasFailed() {
    state = Supervision.begin(1, new Limits(2_000, 600, 12_000, 1)).next();
    assertThat(on(new Input.Exited(1, 1, 1))).containsExactly(new Effect.SayGaveUp(1, 1, 1));
    assertThat(state.isOver()).isTrue();
    assertThat(state.hasFailed()).isTrue();
  }

  @Test
  void newsOfAnEarlierRunAreIgnored() {
    up();
    on(new Input.Exited(1, 1, 137));
    after(2_000);
    Supervision before = state;
    assertThat(on(new Input.BecameReady(1, 1))).isEmpty();
    assertThat(on(new Input.Exited(1, 1, 137))).isEmpty();
    assertThat(state).isEqualTo(before);
  }

  private void up() {
    on(new Input.BecameReady(1, 1));
    on(new Input.BecameReady(2, 2));
  }

  private List<Effect> on(Input input) {
    Supervision.Step step = state.step(input, now);
    state = step.next();
    return step.effects();
  }

  private List<Effect> after(long millis) {
    now += millis;
    return on(new Input.Tick());
  }
}
