package dev.converge.engine.support;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.event.ReplicatedEvent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * Random events of a few authors who see parts of each other's, with explicit contexts (some with
 * holes), clocks that disagree, origin ids used twice, and few keys, so that they collide.
 */
public final class RandomHistory {
  private static final String[] KEYS = {"a", "b", "c"};

  private RandomHistory() {}

  /** {@code size} events in the order of writing, which extends causality. */
  public static List<ReplicatedEvent<Note>> of(Random random, int size) {
    int authors = 1 + random.nextInt(4);
    boolean holes = random.nextBoolean();
    int[] skew = random.ints(authors, 0, 12).toArray();
    List<ReplicatedEvent<Note>> events = new ArrayList<>();
    Map<Dot, HybridTimestamp> times = new HashMap<>();
    VersionVector[] seen = new VersionVector[authors];
    java.util.Arrays.fill(seen, VersionVector.empty());
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
      List<Dot> last = new ArrayList<>(context.cloud());
      context
          .vector()
          .entries()
          .forEach((replica, sequence) -> last.add(new Dot(replica, sequence)));
      if (dot.sequence() > 1) {
        last.add(new Dot(author, dot.sequence() - 1));
      }
      for (Dot earlier : last) {
        HybridTimestamp before = times.getOrDefault(earlier, HybridTimestamp.ZERO);
        time = before.compareTo(time) >= 0 ? before.next() : time;
      }
      OriginId origin =
          random.nextInt(6) == 0 ? new OriginId("request-" + random.nextInt(5)) : null;
      Set<String> keys = new HashSet<>();
      for (int k = random.nextInt(3); k > 0; k--) {
        keys.add(KEYS[random.nextInt(KEYS.length)]);
      }
      Note note =
          random.nextInt(7) == 0 && !context.isEmpty()
              ? decision(random, keys, context, times.keySet())
              : new Note(keys, dot.toString());
      events.add(ReplicatedEvent.of(dot, time, context, 1, origin, note, note.bytes()));
      times.put(dot, time);
      seen[a] = seen[a].with(author, dot.sequence());
    }
    return events;
  }

  /** The events in any order, cut into batches. */
  public static List<List<ReplicatedEvent<Note>>> batches(
      Random random, List<ReplicatedEvent<Note>> events) {
    List<ReplicatedEvent<Note>> order = new ArrayList<>(events);
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
    List<List<ReplicatedEvent<Note>>> batches = new ArrayList<>();
    for (int from = 0; from < order.size(); ) {
      int to = Math.min(order.size(), from + 1 + random.nextInt(largest));
      batches.add(order.subList(from, to));
      from = to;
    }
    return batches;
  }

  /** A person's decision about something seen, and perhaps about something not seen. */
  private static Note decision(
      Random random, Set<String> keys, CausalContext seen, Set<Dot> written) {
    List<Dot> all = written.stream().sorted().toList();
    List<Dot> held = all.stream().filter(seen::contains).toList();
    if (held.isEmpty()) {
      return new Note(keys, "nothing seen");
    }
    List<Dot> sides = new ArrayList<>();
    for (int i = random.nextInt(8); i > 0; i--) {
      sides.add(held.get(random.nextInt(held.size())));
    }
    List<Dot> known = random.nextInt(6) == 0 ? all : held;
    return Note.decision(keys, known.get(random.nextInt(known.size())), sides);
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
