package dev.converge.node.store;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import org.jspecify.annotations.Nullable;

/**
 * What a bucket's context says of the lives of a writer. Each process mints dots above all that an
 * earlier one can have minted, so it uses none twice though it remembers none; between the lives is
 * a gap of numbers, until it is known that none of them is used. {@link Seals} says how that comes
 * to be known.
 */
final class Lives {
  private Lives() {}

  /** With the beginning of this life of {@code writer}; {@code context} itself if it has it. */
  static CausalContext begun(CausalContext context, Writer writer, boolean isSealed) {
    ReplicaId own = writer.replica();
    if (writer.life() == 0 || context.next(own).sequence() > writer.life()) {
      return context;
    }
    return isSealed && context.vector().next(own).equals(context.next(own))
        ? context.withRange(own, context.vector().get(own) + 1, writer.life())
        : context.with(new Dot(own, writer.life()));
  }

  /** Without a gap before this life; {@code context} itself if there is none, or nothing before. */
  static CausalContext sealed(CausalContext context, Writer writer) {
    ReplicaId own = writer.replica();
    long seen = context.vector().get(own);
    return seen >= writer.life() || context.next(own).sequence() == 1
        ? context
        : context.withRange(own, seen + 1, writer.life());
  }

  /** Whether dots of an earlier life were seen, and the gap after them is open. */
  static boolean hasGap(CausalContext context, Writer writer) {
    return context.vector().get(writer.replica()) < writer.life()
        && context.next(writer.replica()).sequence() > 1;
  }

  /** What was seen of {@code replica}, up to {@code last}. */
  static DotRuns known(CausalContext context, ReplicaId replica, long last) {
    DotRuns[] own = {DotRuns.EMPTY};
    DotRuns.of(context)
        .between(null, new Dot(replica, last))
        .forEachRun(
            (other, from, to) -> {
              if (other.equals(replica)) {
                own[0] = own[0].with(replica, from, to);
              }
            });
    return own[0];
  }

  /**
   * With all of {@code replica} up to {@code last}, which its present life has minted first; null
   * if what was seen of that is not just {@code known}.
   */
  static @Nullable CausalContext closed(
      CausalContext context, ReplicaId replica, long last, DotRuns known) {
    long seen = context.vector().get(replica);
    if (seen >= last) {
      return context;
    }
    return withoutLast(known(context, replica, last), replica, last)
            .equals(withoutLast(known, replica, last))
        ? context.withRange(replica, seen + 1, last)
        : null;
  }

  /** The beginning of a life is seen by whoever has seen more of it, and by nobody else. */
  private static DotRuns withoutLast(DotRuns runs, ReplicaId replica, long last) {
    return runs.between(null, new Dot(replica, last - 1));
  }
}
