package dev.converge.crdt.testing;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** What happens on three replicas: operations, whole states that are pulled, and single deltas. */
public final class History {
  /** The replicas. The third is a second life of the first's name. */
  public static final List<ReplicaId> REPLICAS =
      List.of(ReplicaId.of("a"), ReplicaId.of("b"), new ReplicaId("a", 1));

  private History() {}

  /** One step. */
  public sealed interface Step<O> {}

  /** A replica does something. */
  public record Write<O>(Event<O> event) implements Step<O> {
    @Override
    public String toString() {
      return event.replica()
          + " does "
          + event.operation()
          + " at "
          + event.time()
          + " (#"
          + event.id()
          + ")";
    }
  }

  /** A replica merges the whole state of another. */
  public record Pull<O>(int to, int from) implements Step<O> {
    @Override
    public String toString() {
      return REPLICAS.get(to) + " pulls from " + REPLICAS.get(from);
    }
  }

  /** The delta of an event arrives, maybe again, maybe before others. */
  public record Deliver<O>(int to, int event) implements Step<O> {
    @Override
    public String toString() {
      return "the delta of #" + event + " arrives at " + REPLICAS.get(to);
    }
  }

  /** A random history of {@code operations}. */
  public static <O> List<Step<O>> random(Rng rng, Function<Rng, O> operations) {
    int length = rng.isWide() ? 10 + rng.below(40) : 2 + rng.below(14);
    int[] made = new int[REPLICAS.size()];
    List<Step<O>> steps = new ArrayList<>(length);
    int events = 0;
    for (int i = 0; i < length; i++) {
      int replica = rng.below(REPLICAS.size());
      int kind = rng.below(8);
      if (kind < 5 || events == 0) {
        HybridTimestamp time = new HybridTimestamp(1 + rng.below(3), made[replica]++);
        steps.add(new Write<>(new Event<>(events++, replica, time, operations.apply(rng))));
      } else if (kind < 7) {
        int other = (replica + 1 + rng.below(REPLICAS.size() - 1)) % REPLICAS.size();
        steps.add(new Pull<>(replica, other));
      } else {
        steps.add(new Deliver<>(replica, rng.below(events)));
      }
    }
    return steps;
  }
}
