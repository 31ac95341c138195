package dev.converge.engine.testkit;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.fold.EntityModel;
import dev.converge.engine.fold.NaiveFold;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * Random events of a few authors who see parts of each other's: with explicit contexts (some with
 * holes), clocks that disagree, and origin ids used twice.
 */
public final class RandomHistories {
  private RandomHistories() {}

  /**
   * {@code size} events in the order of writing, which extends causality. An event's hash is made
   * of the payload's text.
   */
  public static <S, E> List<ReplicatedEvent<E>> of(
      EntityModel<S, E> model, EventGenerator<S, E> generator, Random random, int size) {
    int authors = 1 + random.nextInt(4);
    boolean holes = random.nextBoolean();
    int[] skew = random.ints(authors, 0, 12).toArray();
    List<ReplicatedEvent<E>> events = new ArrayList<>();
    Map<Dot, HybridTimestamp> times = new HashMap<>();
    VersionVector[] seen = new VersionVector[authors];
    Arrays.fill(seen, VersionVector.empty());
    for (int i = 0; i < size; i++) {
      int a = random.nextInt(authors);
      ReplicaId author = ReplicaId.of("node-" + (a + 1));
      if (random.nextInt(4) == 0) {
        seen[a] = seen[a].merge(seen[random.nextInt(authors)]);
      }
      Dot dot = seen[a].next(author);
      CausalContext context =
          holes && random.nextInt(3) == 0 ? part(random, seen[a]) : CausalContext.of(seen[a]);
      HybridTimestamp time = new HybridTimestamp(1 + i / 3 + skew[a], 0);
      for (Dot earlier : last(dot, context)) {
        HybridTimestamp before = times.getOrDefault(earlier, HybridTimestamp.ZERO);
        time = before.compareTo(time) >= 0 ? before.next() : time;
      }
      OriginId origin = random.nextInt(6) == 0 ? origin(random) : null;
      E payload =
          generator.next(
              new Author<S>(dot, context, () -> NaiveFold.fold(model, seen(context, events))),
              random);
      byte[] bytes = payload.toString().getBytes(StandardCharsets.UTF_8);
      events.add(ReplicatedEvent.of(dot, time, context, 1, origin, payload, bytes));
      times.put(dot, time);
      seen[a] = seen[a].with(author, dot.sequence());
    }
    return events;
  }

  /** The events in any order, cut into batches. */
  public static <E> List<List<ReplicatedEvent<E>>> batches(
      Random random, List<ReplicatedEvent<E>> events) {
    List<ReplicatedEvent<E>> order = new ArrayList<>(events);
    switch (random.nextInt(3)) {
      case 0 -> Collections.shuffle(order, random);
      case 1 -> {
        // Nearly in order: a few come late.
        for (int i = 0; i < order.size() / 8; i++) {
          order.add(order.remove(random.nextInt(order.size())));
        }
      }
      default -> {}
    }
    int largest = 1 + random.nextInt(8);
    List<List<ReplicatedEvent<E>>> batches = new ArrayList<>();
    for (int from = 0; from < order.size(); ) {
      int to = Math.min(order.size(), from + 1 + random.nextInt(largest));
      batches.add(order.subList(from, to));
      from = to;
    }
    return batches;
  }

  /** A request of one event, or one of several of some execution. */
  private static OriginId origin(Random random) {
    int one = random.nextInt(60);
    OriginId request = new OriginId("request-" + one % 5);
    int kind = one / 5;
    return kind < 6
        ? request
        : request.part(1 + kind % 3, new Dot(ReplicaId.of("node-" + (1 + kind % 2)), 1));
  }

  private static <E> List<ReplicatedEvent<E>> seen(
      CausalContext context, List<ReplicatedEvent<E>> events) {
    return events.stream().filter(event -> context.contains(event.dot())).toList();
  }

  /** The last dots that an event must be later than. */
  private static List<Dot> last(Dot dot, CausalContext context) {
    List<Dot> last = new ArrayList<>(context.cloud());
    context.vector().forEach((replica, sequence) -> last.add(new Dot(replica, sequence)));
    if (dot.sequence() > 1) {
      last.add(new Dot(dot.replica(), dot.sequence() - 1));
    }
    return last;
  }

  private static CausalContext part(Random random, VersionVector seen) {
    Map<ReplicaId, Long> vector = new HashMap<>();
    List<Dot> cloud = new ArrayList<>();
    seen.entries()
        .forEach(
            (replica, last) -> {
              vector.put(replica, (long) random.nextInt((int) (last + 1)));
              cloud.add(new Dot(replica, 1 + random.nextInt(last.intValue())));
            });
    return CausalContext.of(VersionVector.of(vector), cloud);
  }
}
