package dev.converge.pekko.replay;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.engine.event.ContentHash;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.fold.EntityModel;
import dev.converge.engine.fold.FoldOptions;
import dev.converge.engine.fold.Folded;
import dev.converge.engine.fold.HistoryPage;
import dev.converge.engine.fold.IndexedFold;
import dev.converge.engine.fold.NaiveFold;
import dev.converge.pekko.wire.EventRecord;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Folds an exported history again: by the fold that nodes use, with most events coming late, and by
 * the specification, which sorts them first. Both have to come to the same state and the same
 * decisions.
 *
 * @param <S> the entity's states
 * @param <E> the entity's events
 */
public final class Replay<S, E> {
  /**
   * The specification's cost is quadratic: longer histories are folded by {@link IndexedFold}
   * alone.
   */
  public static final int MAX_NAIVE = 20_000;

  private final EntityModel<S, E> model;
  private final PayloadReader<E> payloads;
  private final Function<S, byte[]> stateBytes;

  /** Turns payloads into events. */
  public interface PayloadReader<E> {
    /**
     * The event of a payload.
     *
     * @param schemaVersion the version of the payload's form
     * @throws RuntimeException if it cannot be read
     */
    E read(int schemaVersion, byte[] payload);
  }

  /**
   * What came out.
   *
   * @param events how many different events the history has
   * @param state the state after them
   * @param stateHash SHA-256 of the state's bytes, in hexadecimal
   * @param folded the events in the order of the fold, with the decisions on them
   * @param compared whether the specification was asked as well
   * @param difference where the two came apart, if they did
   * @param missing events that others depend on and that are not in the history: it begins later,
   *     or has holes, and the state is not the replicas'. The first hundred
   */
  public record Outcome<S, E>(
      int events,
      S state,
      String stateHash,
      List<Folded<E>> folded,
      boolean compared,
      Optional<String> difference,
      List<Dot> missing) {
    /** Whether the history is whole and both folds agree, as far as they were compared. */
    public boolean isSound() {
      return difference.isEmpty() && missing.isEmpty();
    }
  }

  /**
   * Replays of one entity.
   *
   * @param model the entity
   * @param stateBytes a canonical form of states: equal states, equal bytes
   */
  public Replay(
      EntityModel<S, E> model, PayloadReader<E> payloads, Function<S, byte[]> stateBytes) {
    this.model = model;
    this.payloads = payloads;
    this.stateBytes = stateBytes;
  }

  /**
   * Folds a history. Costs O(n log n), and O(n²) for the specification up to {@link #MAX_NAIVE}
   * events.
   *
   * @throws HistoryException if a payload cannot be read, or two rows contradict each other
   * @throws dev.converge.engine.fold.FoldException if the entity's handler or resolver throws
   */
  public Outcome<S, E> run(History history) {
    FoldOptions options = new FoldOptions(history.type() + "/" + history.id(), false);
    List<ReplicatedEvent<E>> events = events(history);
    IndexedFold<S, E> indexed = new IndexedFold<>(model, options);
    batches(events).forEach(indexed::insert);
    S state = indexed.state();
    HistoryPage<E> page = indexed.history(0, Math.max(1, events.size()));
    boolean compared = events.size() <= MAX_NAIVE;
    Optional<String> difference = Optional.empty();
    if (compared) {
      NaiveFold.Result<S, E> naive = NaiveFold.fold(model, events, options);
      difference = difference(naive, state, page.events());
    }
    return new Outcome<>(
        events.size(),
        state,
        hash(stateBytes.apply(state)),
        page.events(),
        compared,
        difference,
        missing(events));
  }

  private List<ReplicatedEvent<E>> events(History history) {
    Map<Dot, ReplicatedEvent<E>> events = new HashMap<>();
    List<ReplicatedEvent<E>> inOrder = new ArrayList<>();
    for (HistoryRow row : history.rows()) {
      EventRecord record = row.event();
      ReplicatedEvent<E> event = event(record);
      ReplicatedEvent<E> other = events.putIfAbsent(record.dot(), event);
      if (other == null) {
        inOrder.add(event);
      } else if (!other.hash().equals(event.hash())) {
        throw new HistoryException("two different events have the dot " + record.dot(), null);
      }
    }
    return inOrder;
  }

  private ReplicatedEvent<E> event(EventRecord record) {
    E payload;
    try {
      payload = payloads.read(record.schemaVersion(), record.payload());
    } catch (RuntimeException e) {
      throw new HistoryException(
          "the payload of event " + record.dot() + " cannot be read: " + e.getMessage(), e);
    }
    return new ReplicatedEvent<>(
        record.dot(),
        record.time(),
        record.context(),
        record.schemaVersion(),
        record.originId() == null ? null : new OriginId(record.originId()),
        ContentHash.ofBytes(record.hash()),
        payload);
  }

  /**
   * The order of a bad network: as much of one replica as can come, then of the next, and so on, so
   * that most events are late. What nothing makes ready comes last.
   */
  private static <E> List<List<ReplicatedEvent<E>>> batches(List<ReplicatedEvent<E>> events) {
    Map<ReplicaId, Deque<ReplicatedEvent<E>>> queues = new TreeMap<>();
    List<ReplicatedEvent<E>> sorted = new ArrayList<>(events);
    sorted.sort(Comparator.comparing(ReplicatedEvent::dot));
    sorted.forEach(
        event -> queues.computeIfAbsent(event.replica(), id -> new ArrayDeque<>()).add(event));
    List<List<ReplicatedEvent<E>>> batches = new ArrayList<>();
    CausalContext held = CausalContext.empty();
    boolean more = true;
    while (more) {
      more = false;
      for (Deque<ReplicatedEvent<E>> queue : queues.values()) {
        List<ReplicatedEvent<E>> batch = new ArrayList<>();
        for (ReplicatedEvent<E> next = queue.peek();
            next != null && held.covers(next.context());
            next = queue.peek()) {
          batch.add(queue.remove());
          held = held.with(next.dot());
        }
        if (!batch.isEmpty()) {
          batches.add(batch);
          more = true;
        }
      }
    }
    batches.add(queues.values().stream().flatMap(Deque::stream).toList());
    return batches;
  }

  private Optional<String> difference(
      NaiveFold.Result<S, E> naive, S state, List<Folded<E>> indexed) {
    List<Folded<E>> specified = naive.history();
    for (int i = 0; i < Math.min(specified.size(), indexed.size()); i++) {
      Folded<E> a = specified.get(i);
      Folded<E> b = indexed.get(i);
      if (!a.dot().equals(b.dot()) || !a.decision().equals(b.decision())) {
        return Optional.of(
            "at "
                + i
                + " the specification has "
                + a.dot()
                + " "
                + a.decision()
                + ", the fold "
                + b.dot()
                + " "
                + b.decision());
      }
    }
    if (specified.size() != indexed.size()) {
      return Optional.of(
          "the specification folds " + specified.size() + " events, the fold " + indexed.size());
    }
    String hash = hash(stateBytes.apply(naive.state()));
    return hash.equals(hash(stateBytes.apply(state)))
        ? Optional.empty()
        : Optional.of("the decisions are equal, the states are not: is the handler pure?");
  }

  private static <E> List<Dot> missing(List<ReplicatedEvent<E>> events) {
    CausalContext held = CausalContext.empty();
    CausalContext named = CausalContext.empty();
    for (ReplicatedEvent<E> event : events) {
      held = held.with(event.dot());
      named = named.merge(event.context());
    }
    List<Dot> missing = new ArrayList<>();
    named.forEachBeyond(
        held,
        dot -> {
          if (missing.size() < 100) {
            missing.add(dot);
          }
        });
    return missing;
  }

  private static String hash(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every Java platform has SHA-256", e);
    }
  }
}
