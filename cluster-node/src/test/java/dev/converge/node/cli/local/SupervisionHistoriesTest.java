package dev.converge.node.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.converge.node.cli.local.Supervision.Limits;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Random lives of processes under a supervisor, with what must hold after every step. */
class SupervisionHistoriesTest {
  private static final int HISTORIES = 5_000;
  private static final int NODES = 3;
  private static final int[] EXITS = {0, 1, 129, 130, 137, 143};

  @Test
  void whateverHappensNoNodeRunsTwiceAndAStopEndsEveryProcess() {
    long base = Long.getLong("converge.seed", 20_261_121L);
    for (int i = 0; i < HISTORIES; i++) {
      long seed = base + i;
      try {
        new History(new Random(seed)).play();
      } catch (AssertionError e) {
        fail("seed " + seed + " (replay with -Dconverge.seed=" + seed + ")", e);
      }
    }
  }

  private static final class History {
    private final Random random;
    private final Map<Integer, Integer> runsByNode = new HashMap<>();
    private Supervision state;
    private long now;
    private boolean stopped;

    History(Random random) {
      this.random = random;
      Supervision.Step begin = Supervision.begin(NODES, new Limits(2_000, 600, 12_000, 5));
      this.state = begin.next();
      begin.effects().forEach(this::perform);
    }

    void play() {
      int steps = random.nextInt(60);
      for (int i = 0; i < steps; i++) {
        take(anything());
      }
      stopped = true;
      take(new Input.Stop());
      // Every process either obeys or is killed at the limit; time alone must bring the end.
      for (int i = 0; i < 4 && !state.isOver(); i++) {
        now += 12_000;
        if (random.nextBoolean()) {
          exitOfSomeNode();
        }
        take(new Input.Tick());
      }
      for (int node = 1; node <= NODES; node++) {
        Integer run = runsByNode.remove(node);
        if (run != null) {
          take(new Input.Exited(node, run, 137));
        }
      }
      assertThat(state.isOver()).isTrue();
      assertThat(state.nextDeadline()).isEmpty();
      assertThat(runsByNode).isEmpty();
    }

    private Input anything() {
      now += random.nextInt(3) == 0 ? random.nextInt(3_000) : 0;
      int node = 1 + random.nextInt(NODES);
      Integer run = runsByNode.get(node);
      int kind = random.nextInt(4);
      if (kind == 0 && run != null) {
        return new Input.BecameReady(node, run);
      } else if (kind == 1 && run != null) {
        runsByNode.remove(node);
        return new Input.Exited(node, run, EXITS[random.nextInt(EXITS.length)]);
      } else if (kind == 2) {
        // Late news of a run that is long over.
        return random.nextBoolean()
            ? new Input.BecameReady(node, 0)
            : new Input.Exited(node, 0, 137);
      }
      return new Input.Tick();
    }

    private void exitOfSomeNode() {
      int node = 1 + random.nextInt(NODES);
      Integer run = runsByNode.remove(node);
      if (run != null) {
        take(new Input.Exited(node, run, 0));
      }
    }

    private void take(Input input) {
      Supervision.Step step = state.step(input, now);
      state = step.next();
      step.effects().forEach(this::perform);
      state
          .nextDeadline()
          .ifPresent(deadline -> assertThat(deadline).isLessThanOrEqualTo(now + 12_000));
    }

    private void perform(Effect effect) {
      if (effect instanceof Effect.Start start) {
        assertThat(stopped).as("a start after the stop").isFalse();
        assertThat(runsByNode.put(start.node(), start.run()))
            .as("a second process of node %d", start.node())
            .isNull();
      } else if (effect instanceof Effect.SayDied) {
        assertThat(stopped).as("a death reported after the stop").isFalse();
      }
    }
  }
}
