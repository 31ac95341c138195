package dev.converge.crdt.sequence;

import dev.converge.crdt.clock.ReplicaId;
import org.jspecify.annotations.Nullable;

/**
 * A run of elements with consecutive ids: each one's left origin is the one before it, and all have
 * one right origin. That is what typing or pasting makes. Immutable, shared by all versions.
 */
final class Block {
  final ReplicaId replica;

  /** The sequence number of the first element; the last one's does not overflow. */
  final long start;

  final int length;

  /** The left origin of the first element; none (the beginning) if {@link #left} is 0. */
  final @Nullable ReplicaId leftReplica;

  final long left;

  /** The right origin of all elements; none (the end) if {@link #right} is 0. */
  final @Nullable ReplicaId rightReplica;

  final long right;

  /** None if the elements are deleted. */
  final @Nullable Object content;

  Block(
      ReplicaId replica,
      long start,
      int length,
      @Nullable ReplicaId leftReplica,
      long left,
      @Nullable ReplicaId rightReplica,
      long right,
      @Nullable Object content) {
    this.replica = replica;
    this.start = start;
    this.length = length;
    this.leftReplica = leftReplica;
    this.left = left;
    this.rightReplica = rightReplica;
    this.right = right;
    this.content = content;
  }

  /** Whether two ids, or two absences of one, are the same. */
  static boolean same(
      @Nullable ReplicaId r1, long sequence1, @Nullable ReplicaId r2, long sequence2) {
    return sequence1 == sequence2 && (r1 == r2 || (r1 != null && r1.equals(r2)));
  }

  /** One beyond the last sequence number. */
  long end() {
    return start + length;
  }

  boolean isDeleted() {
    return content == null;
  }

  int visible() {
    return content == null ? 0 : length;
  }

  boolean covers(ReplicaId of, long sequence) {
    return sequence >= start && sequence - start < length && of.equals(replica);
  }

  /** The replica of the left origin of the element at {@code offset}. */
  @Nullable ReplicaId leftReplicaAt(int offset) {
    return offset == 0 ? leftReplica : replica;
  }

  /** The sequence number of the left origin of the element at {@code offset}. */
  long leftAt(int offset) {
    return offset == 0 ? left : start + offset - 1;
  }

  private Block part(int from, int to, @Nullable Object partContent) {
    return new Block(
        replica,
        start + from,
        to - from,
        leftReplicaAt(from),
        leftAt(from),
        rightReplica,
        right,
        partContent);
  }

  Block slice(Contents contents, int from, int to) {
    if (from == 0 && to == length) {
      return this;
    }
    return part(from, to, content == null ? null : contents.slice(content, length, from, to));
  }

  /** The elements from {@code from} to {@code to}, deleted. */
  Block tombstone(int from, int to) {
    return content == null && from == 0 && to == length ? this : part(from, to, null);
  }

  /** Whether the chain of {@code before} goes on here; says nothing about deletion. */
  boolean continues(Block before) {
    return start == before.end()
        && left == start - 1
        && right == before.right
        && replica.equals(before.replica)
        && replica.equals(leftReplica)
        && same(rightReplica, right, before.rightReplica, before.right);
  }

  /** This and {@code next}, which continues it; both deleted, or neither. */
  Block join(Contents contents, Block next) {
    Object both =
        content == null || next.content == null ? null : contents.join(content, next.content);
    return new Block(
        replica,
        start,
        Math.addExact(length, next.length),
        leftReplica,
        left,
        rightReplica,
        right,
        both);
  }
}
