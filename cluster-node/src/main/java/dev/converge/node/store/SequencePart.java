package dev.converge.node.store;

import dev.converge.crdt.algebra.Crdt;
import dev.converge.crdt.binary.BinaryReader;
import dev.converge.crdt.binary.BinaryWriter;
import dev.converge.crdt.causal.DotFun;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import java.lang.ref.SoftReference;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What stands at a dot of a {@link SequenceValue}: the root of a generation, or the delta of some
 * edits, as bytes. Immutable and thread-safe, but for what a root remembers.
 *
 * <pre>
 * part := 0                                               a root
 *       | 1 replica incarnation sequence weight bytes     the root's dot; a delta in its binary form
 * </pre>
 *
 * @param <S> the CRDT of which the delta is
 */
final class SequencePart<S extends Crdt<S>> {
  private static final byte[] NONE = {};

  /**
   * What the parts of a generation came to, and of which store.
   *
   * @param <S> the CRDT
   */
  record Memory<S extends Crdt<S>>(DotFun<SequencePart<S>> store, S value) {}

  private final SequenceKind<S, ?> kind;
  private final @Nullable Dot root;
  private final long weight;
  private final byte[] bytes;

  /** Of a root. It is no part of the value; memory may run short of it. */
  private volatile @Nullable SoftReference<Memory<S>> memory;

  private SequencePart(SequenceKind<S, ?> kind, @Nullable Dot root, long weight, byte[] bytes) {
    this.kind = kind;
    this.root = root;
    this.weight = weight;
    this.bytes = bytes;
  }

  /** The beginning of a generation: its dot is the generation's name. */
  static <S extends Crdt<S>> SequencePart<S> root(SequenceKind<S, ?> kind) {
    return new SequencePart<>(kind, null, 0, NONE);
  }

  /** The delta of one edit. */
  static <S extends Crdt<S>> SequencePart<S> of(SequenceKind<S, ?> kind, Dot root, S delta) {
    byte[] bytes = kind.encode(delta);
    return new SequencePart<>(kind, root, 1 + bytes.length / 128, bytes);
  }

  /** The delta of the edits of several parts. */
  static <S extends Crdt<S>> SequencePart<S> joined(
      SequenceKind<S, ?> kind, Dot root, S delta, long weight) {
    return new SequencePart<>(kind, root, weight, kind.encode(delta));
  }

  SequenceKind<S, ?> kind() {
    return kind;
  }

  boolean isRoot() {
    return root == null;
  }

  /** The generation that the part at {@code own} belongs to. */
  Dot generation(Dot own) {
    return root == null ? own : root;
  }

  /** How many edits, long ones counted as several. */
  long weight() {
    return weight;
  }

  int size() {
    return bytes.length;
  }

  S delta() {
    return root == null ? kind.empty : kind.decode(bytes);
  }

  @Nullable Memory<S> memory() {
    SoftReference<Memory<S>> present = memory;
    return present == null ? null : present.get();
  }

  void remember(Memory<S> latest) {
    memory = new SoftReference<>(latest);
  }

  void write(BinaryWriter out) {
    Dot of = root;
    if (of == null) {
      out.writeByte(0);
    } else {
      out.writeByte(1).writeString(of.replica().name()).writeVarint(of.replica().incarnation());
      out.writeVarint(of.sequence()).writeVarint(weight).writeBytes(bytes);
    }
  }

  /** Reads what {@link #write} wrote, and nothing else: the delta is decoded once to see. */
  static <S extends Crdt<S>> SequencePart<S> read(SequenceKind<S, ?> kind, BinaryReader in) {
    if (!in.readBoolean()) {
      return root(kind);
    }
    Dot root = new Dot(new ReplicaId(in.readString(), in.readNatural()), in.readNatural());
    long weight = in.readInt(Integer.MAX_VALUE);
    if (weight == 0) {
      throw in.malformed("a part without edits");
    }
    byte[] bytes = in.readBytes();
    kind.decode(bytes);
    return new SequencePart<>(kind, root, weight, bytes);
  }

  @Override
  public boolean equals(@Nullable Object o) {
    if (this == o) {
      return true;
    }
    return o instanceof SequencePart<?> other
        && kind == other.kind
        && weight == other.weight
        && (root == null ? other.root == null : root.equals(other.root))
        && Arrays.equals(bytes, other.bytes);
  }

  @Override
  public int hashCode() {
    return 31 * Arrays.hashCode(bytes) + (root == null ? 0 : root.hashCode());
  }

  /** {@code root}, or {@code n bytes of root's dot}. */
  @Override
  public String toString() {
    return root == null ? "root" : bytes.length + " bytes of " + root;
  }
}
