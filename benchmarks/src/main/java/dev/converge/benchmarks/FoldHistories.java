package dev.converge.benchmarks;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.conflict.ConflictResolver;
import dev.converge.engine.conflict.Resolvers;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.fold.EntityModel;
import dev.converge.engine.fold.EventContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Histories and a cheap model for the fold's figures. */
final class FoldHistories {
  private static final int AUTHORS = 3;

  /** How many events an author lags behind the others: all within are concurrent. */
  private static final int LAG = 30;

  private FoldHistories() {}

  /**
   * A write.
   *
   * @param key what it touches
   * @param value what it says
   */
  record Write(String key, long value) {}

  /**
   * Mixes every value into one number: an order once changed shows to the end, so no fold can stop
   * early.
   */
  record Mix(ConflictResolver<Long, Write> conflicts) implements EntityModel<Long, Write> {
    @Override
    public Long emptyState() {
      return 0L;
    }

    @Override
    public Long apply(Long state, Write event, EventContext context) {
      return state * 31 + event.value();
    }
  }

  /** Resolvers by name. */
  static ConflictResolver<Long, Write> resolver(String name) {
    return switch (name) {
      case "none" -> Resolvers.none();
      case "last-writer-wins" -> Resolvers.lastWriterWins(Write::key);
      case "first-writer-wins" -> Resolvers.firstWriterWins(Write::key);
      case "field-merge" -> Resolvers.fieldMerge(write -> Map.of(write.key(), write.value()));
      case "escalate" -> Resolvers.escalate(write -> Set.of(write.key()), true);
      default -> throw new IllegalArgumentException("no such resolver: " + name);
    };
  }

  /** Three authors in turn, one event a millisecond pair, each a little behind the others. */
  static List<ReplicatedEvent<Write>> tail(int size, int keys) {
    List<ReplicatedEvent<Write>> events = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      VersionVector seen = VersionVector.empty();
      for (int a = 0; a < AUTHORS; a++) {
        int lag = a == i % AUTHORS ? 0 : LAG;
        seen = seen.with(author(a), Math.max(0, (i - a - lag + AUTHORS - 1) / AUTHORS));
      }
      events.add(event(author(i % AUTHORS), i / AUTHORS + 1, 2L * i + 2, seen, i % keys));
    }
    return events;
  }

  /** Events of a fourth author who was cut off, spread over the tail; nobody had seen another. */
  static List<ReplicatedEvent<Write>> late(int size, int tail, int keys) {
    List<ReplicatedEvent<Write>> events = new ArrayList<>(size);
    for (int i = 0; i < size; i++) {
      VersionVector seen = VersionVector.empty().with(author(AUTHORS), i);
      long millis = 1 + 2L * ((long) i * tail / size);
      events.add(event(author(AUTHORS), i + 1, millis, seen, i % keys));
    }
    return events;
  }

  private static ReplicaId author(int number) {
    return ReplicaId.of("node-" + (number + 1));
  }

  private static ReplicatedEvent<Write> event(
      ReplicaId author, long sequence, long millis, VersionVector seen, int key) {
    Write write = new Write("key-" + key, sequence);
    return ReplicatedEvent.of(
        Dot.of(author, sequence),
        new HybridTimestamp(millis, 0),
        CausalContext.of(seen),
        1,
        null,
        write,
        write.toString().getBytes(StandardCharsets.UTF_8));
  }
}
