package dev.converge.node.store;

import dev.converge.crdt.algebra.Crdt;
import dev.converge.crdt.causal.Causal;
import dev.converge.crdt.causal.CausalCrdt;
import dev.converge.crdt.causal.CausalType;
import dev.converge.crdt.causal.DotFun;
import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A list or a text under a key: deltas of {@link dev.converge.crdt.sequence.RGA} or {@link
 * dev.converge.crdt.sequence.Text}, each at a dot, whose join is the value.
 *
 * <p><b>Parts.</b> An edit is a part. Its writer rewrites its own last parts into one as they
 * become as heavy as what is added, as a log-structured merge-tree does, up to some 32 KiB: so of
 * {@code e} edits in {@code n} bytes there are O(log e + n / 32 KiB) parts a writer, and an edit is
 * written O(log e) times.
 *
 * <p><b>Generations.</b> The first edit makes a root, and every part names the root of what it
 * edits. Removing the key removes the root. So a removal wins over edits of what it has seen, made
 * by others meanwhile: without a root they do not show, and whoever meets them sweeps them away.
 * What is written after the removal has a root of its own, and so have two sequences that were
 * begun under one key at the same time: they stand one after the other, in the order of their
 * roots.
 *
 * <p><b>Ids of elements</b> are of the writer's name and its life, so a node that has lost its
 * memory uses none twice.
 *
 * <p>Immutable and thread-safe. Mutators return deltas. What parts came to is remembered in their
 * root and goes on with the states that follow, so an edit or a read costs O(parts + new parts ·
 * log n), and O(n) to have all of the content.
 *
 * @param <S> the CRDT that a generation is
 * @param <C> the content: a {@code String}, or a {@code List} of JSON values
 */
public final class SequenceValue<S extends Crdt<S>, C> implements CausalCrdt<SequenceValue<S, C>> {
  /** Parts are rewritten together up to this. */
  private static final int MAX_JOINED_BYTES = 32 << 10;

  private final SequenceKind<S, C> kind;
  private final Causal<DotFun<SequencePart<S>>> causal;

  private record Generation<S>(Dot root, S value) {}

  private SequenceValue(SequenceKind<S, C> kind, Causal<DotFun<SequencePart<S>>> causal) {
    this.kind = kind;
    this.causal = causal;
  }

  static <S extends Crdt<S>, C> CausalType<SequenceValue<S, C>> type(SequenceKind<S, C> kind) {
    return CausalType.of(
        kind.name,
        DotFun.<SequencePart<S>>none(),
        causal -> new SequenceValue<>(kind, causal),
        store -> check(kind, store));
  }

  private static void check(SequenceKind<?, ?> kind, DotFun<?> store) {
    for (Map.Entry<Dot, ?> e : store) {
      if (!(e.getValue() instanceof SequencePart<?> part) || part.kind() != kind) {
        throw new IllegalArgumentException("at " + e.getKey() + " is no part of a " + kind.name);
      }
    }
  }

  @Override
  public Causal<DotFun<SequencePart<S>>> causal() {
    return causal;
  }

  @Override
  public SequenceValue<S, C> merge(SequenceValue<S, C> other) {
    Causal<DotFun<SequencePart<S>>> merged = causal.merge(other.causal);
    return merged == causal ? this : new SequenceValue<>(kind, merged);
  }

  // Reading

  /** Whether the root was removed. One that has not come yet was not. */
  private boolean isRemoved(Dot root) {
    return isRemoved(root, causal.store(), causal.context());
  }

  private static boolean isRemoved(Dot root, DotFun<?> store, CausalContext context) {
    return !store.contains(root) && context.contains(root);
  }

  /** Of the generations that are there: what their parts come to, in the order of the roots. */
  private List<Generation<S>> generations() {
    DotFun<SequencePart<S>> store = causal.store();
    TreeMap<Dot, List<Map.Entry<Dot, SequencePart<S>>>> parts = new TreeMap<>();
    for (Map.Entry<Dot, SequencePart<S>> e : store) {
      parts.computeIfAbsent(e.getValue().generation(e.getKey()), root -> new ArrayList<>()).add(e);
    }
    List<Generation<S>> generations = new ArrayList<>(1);
    parts.forEach(
        (root, own) -> {
          if (!isRemoved(root)) {
            generations.add(new Generation<>(root, joined(store.get(root), own)));
          }
        });
    return generations;
  }

  /**
   * The join of the parts. SUBTLE: while its root is there a generation only grows, as parts go
   * only where others have what they had; so whatever was once joined stays right.
   */
  private S joined(@Nullable SequencePart<S> root, List<Map.Entry<Dot, SequencePart<S>>> parts) {
    SequencePart.Memory<S> known = root == null ? null : root.memory();
    if (known != null && known.store() == causal.store()) {
      return known.value();
    }
    List<Map.Entry<Dot, SequencePart<S>>> more = new ArrayList<>();
    for (Map.Entry<Dot, SequencePart<S>> part : parts) {
      if (!part.getValue().isRoot() && (known == null || !known.store().contains(part.getKey()))) {
        more.add(part);
      }
    }
    // Near to the order in which they were made, so that few elements have to wait for others.
    more.sort(Comparator.comparingLong(part -> part.getKey().sequence()));
    S value = known == null ? kind.empty : known.value();
    for (Map.Entry<Dot, SequencePart<S>> part : more) {
      value = value.merge(part.getValue().delta());
    }
    if (root != null) {
      root.remember(new SequencePart.Memory<>(causal.store(), value));
    }
    return value;
  }

  /** The whole text or list. O(n). */
  public C content() {
    List<S> values = new ArrayList<>(1);
    generations().forEach(generation -> values.add(generation.value()));
    return kind.content(values);
  }

  /** How many code points, or elements. */
  public int size() {
    int size = 0;
    for (Generation<S> generation : generations()) {
      size += kind.size(generation.value());
    }
    return size;
  }

  // Editing

  /**
   * The delta that inserts {@code content} before the element, or code point, at {@code index}.
   *
   * @throws IndexOutOfBoundsException if {@code index} is not within 0 and {@link #size}
   * @throws IllegalArgumentException if a text has half a surrogate pair
   */
  public SequenceValue<S, C> insert(Writer writer, int index, C content) {
    List<Generation<S>> generations = generations();
    int before = 0;
    for (Generation<S> generation : generations) {
      int size = kind.size(generation.value());
      if (index <= before + size) {
        S delta = kind.insert(generation.value(), writer.elements(), index - before, content);
        return delta(writer, List.of(new Generation<>(generation.root(), delta)), false);
      }
      before += size;
    }
    if (!generations.isEmpty() || index != 0) {
      throw new IndexOutOfBoundsException(
          "index " + index + " is not in 0.." + before + ", the length");
    }
    S delta = kind.insert(kind.empty, writer.elements(), 0, content);
    return delta(writer, List.of(new Generation<>(causal.next(writer.replica()), delta)), true);
  }

  /**
   * The delta that deletes {@code count} elements, or code points, from {@code index} on: those
   * that stand there now, and no others that come between.
   *
   * @throws IndexOutOfBoundsException if there are not so many
   */
  public SequenceValue<S, C> delete(Writer writer, int index, int count) {
    if (index < 0 || count < 0) {
      throw new IndexOutOfBoundsException("an index and a count are not negative");
    }
    List<Generation<S>> deltas = new ArrayList<>(1);
    int before = 0;
    int left = count;
    for (Generation<S> generation : generations()) {
      int size = kind.size(generation.value());
      int from = Math.max(index - before, 0);
      int here = Math.min(left, size - from);
      if (here > 0) {
        deltas.add(
            new Generation<>(generation.root(), kind.delete(generation.value(), from, here)));
        left -= here;
      }
      before += size;
    }
    if (left > 0 || index > before) {
      throw new IndexOutOfBoundsException(
          count + " from index " + index + " on are not in 0.." + before + ", the length");
    }
    return delta(writer, deltas, false);
  }

  private SequenceValue<S, C> delta(Writer writer, List<Generation<S>> deltas, boolean isNewRoot) {
    ReplicaId replica = writer.replica();
    long next = causal.next(replica).sequence();
    Map<Dot, SequencePart<S>> written = new HashMap<>();
    List<Dot> replaced = new ArrayList<>(garbage(causal.store(), causal.context()));
    if (isNewRoot) {
      written.put(new Dot(replica, next++), SequencePart.root(kind));
    }
    for (Generation<S> change : deltas) {
      if (!change.value().equals(kind.empty)) {
        SequencePart<S> part = SequencePart.of(kind, change.root(), change.value());
        written.put(new Dot(replica, next++), withEarlier(replica, change, part, replaced));
      }
    }
    return new SequenceValue<>(kind, Causal.delta(DotFun.of(written), replaced));
  }

  /**
   * The part, with the last ones of its writer in it as far as they are no heavier than what it is
   * by then. Joins count nothing twice, so it matters not whether a gap of lives lies between.
   */
  private SequencePart<S> withEarlier(
      ReplicaId replica, Generation<S> change, SequencePart<S> part, List<Dot> replaced) {
    List<Map.Entry<Dot, SequencePart<S>>> own = new ArrayList<>();
    for (Map.Entry<Dot, SequencePart<S>> e : causal.store()) {
      if (e.getKey().replica().equals(replica)
          && !e.getValue().isRoot()
          && e.getValue().generation(e.getKey()).equals(change.root())) {
        own.add(e);
      }
    }
    own.sort(Comparator.comparingLong(e -> -e.getKey().sequence()));
    long weight = part.weight();
    long bytes = part.size();
    S joined = change.value();
    int count = 0;
    for (Map.Entry<Dot, SequencePart<S>> earlier : own) {
      SequencePart<S> last = earlier.getValue();
      bytes += last.size();
      if (last.weight() > weight || bytes > MAX_JOINED_BYTES) {
        break;
      }
      joined = last.delta().merge(joined);
      weight = Math.min(weight + last.weight(), Integer.MAX_VALUE);
      replaced.add(earlier.getKey());
      count++;
    }
    return count == 0 ? part : SequencePart.joined(kind, change.root(), joined, weight);
  }

  // What removals leave

  /** The parts of generations that were removed. */
  static List<Dot> garbage(DotFun<?> store, CausalContext context) {
    List<Dot> garbage = new ArrayList<>(0);
    for (Map.Entry<Dot, ?> e : store) {
      Dot root = ((SequencePart<?>) e.getValue()).generation(e.getKey());
      if (isRemoved(root, store, context)) {
        garbage.add(e.getKey());
      }
    }
    return garbage;
  }

  /** The roots that have not come, of parts that have. */
  static List<Dot> missingRoots(DotFun<?> store, CausalContext context) {
    List<Dot> missing = new ArrayList<>(0);
    for (Map.Entry<Dot, ?> e : store) {
      Dot root = ((SequencePart<?>) e.getValue()).generation(e.getKey());
      if (!context.contains(root)) {
        missing.add(root);
      }
    }
    return missing;
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof SequenceValue<?, ?> other
        && kind == other.kind
        && causal.equals(other.causal);
  }

  @Override
  public int hashCode() {
    return causal.hashCode();
  }

  /** The content. */
  @Override
  public String toString() {
    return String.valueOf(content());
  }
}
