package dev.converge.crdt;

import dev.converge.crdt.causal.DotFun;
import dev.converge.crdt.clock.Dot;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Timestamped writes side by side, of which the last by (hybrid time, replica id) counts. */
final class Writes {
  private Writes() {}

  private static int compare(Dot d, Timestamped<?> a, Dot e, Timestamped<?> b) {
    int byTime = a.time().compareTo(b.time());
    return byTime != 0 ? byTime : d.compareTo(e);
  }

  /** The last write; null if there is none. O(writes). */
  static <T> Map.@Nullable Entry<Dot, Timestamped<T>> last(
      @Nullable DotFun<Timestamped<T>> writes) {
    Map.Entry<Dot, Timestamped<T>> last = null;
    if (writes != null) {
      for (Map.Entry<Dot, Timestamped<T>> e : writes) {
        if (last == null || compare(e.getKey(), e.getValue(), last.getKey(), last.getValue()) > 0) {
          last = e;
        }
      }
    }
    return last;
  }

  /** The writes that one more makes superfluous: those that come before it in the order. */
  static <T> List<Dot> overwritten(
      @Nullable DotFun<Timestamped<T>> writes, Dot dot, Timestamped<T> write) {
    List<Dot> overwritten = new ArrayList<>(1);
    if (writes != null) {
      writes.forEach(
          (present, value) -> {
            // What is later by the order stays, or the order would not be the only judge.
            if (compare(present, value, dot, write) < 0) {
              overwritten.add(present);
            }
          });
    }
    return overwritten;
  }

  static void check(DotFun<?> store) {
    for (Map.Entry<Dot, ?> e : store) {
      Shapes.require(e.getValue() instanceof Timestamped, () -> "the write " + e + " has no time");
    }
  }
}
