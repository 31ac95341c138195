package dev.converge.crdt;

import dev.converge.crdt.causal.Causal;
import dev.converge.crdt.causal.DotFun;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A counter as one dot a writer, which holds the writer's own sum and is replaced as it grows.
 *
 * <p>A writer that has lost its memory, and goes on above all numbers that it may have used, has
 * gaps in what it knows of itself. It leaves a sum from before a gap alone: in the gap may be a
 * later one that has it in it already, and to take over the earlier would count it twice. So it has
 * several dots until the gap is closed, and the next change makes them one.
 */
final class Contributions {
  private Contributions() {}

  static BigInteger positive(BigInteger by) {
    if (by.signum() <= 0) {
      throw new IllegalArgumentException("a counter changes by a positive number, not by " + by);
    }
    return by;
  }

  static BigInteger total(DotFun<BigInteger> contributions) {
    BigInteger total = BigInteger.ZERO;
    for (Map.Entry<Dot, BigInteger> e : contributions) {
      total = total.add(e.getValue());
    }
    return total;
  }

  static Causal<DotFun<BigInteger>> add(
      Causal<DotFun<BigInteger>> counter, ReplicaId replica, BigInteger by) {
    BigInteger own = by;
    Dot next = counter.next(replica);
    List<Dot> replaced = new ArrayList<>(1);
    for (Map.Entry<Dot, BigInteger> e : counter.store()) {
      Dot dot = e.getKey();
      if (dot.replica().equals(replica)
          && counter.context().containsRange(replica, dot.sequence(), next.sequence() - 1)) {
        own = own.add(e.getValue());
        replaced.add(dot);
      }
    }
    return Causal.delta(DotFun.of(next, own), replaced);
  }

  static void checkNumbers(DotFun<?> store) {
    for (Map.Entry<Dot, ?> e : store) {
      Shapes.require(
          e.getValue() instanceof BigInteger,
          () -> "the contribution " + e + " is not a whole number");
    }
  }
}
