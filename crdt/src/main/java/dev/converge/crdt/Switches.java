package dev.converge.crdt;

import dev.converge.crdt.causal.DotFun;
import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import java.util.Map;

/** Switches on ({@code true}) and off that have not seen each other, of which "off" wins. */
final class Switches {
  private Switches() {}

  /** Whether there is an "on" and no "off". */
  static boolean isOn(DotFun<Boolean> switches) {
    for (Map.Entry<Dot, Boolean> e : switches) {
      if (!e.getValue()) {
        return false;
      }
    }
    return !switches.isEmpty();
  }

  /** Whether there is an "off", and every one of them is in {@code stable}. */
  static boolean isOffForGood(DotFun<Boolean> switches, CausalContext stable) {
    boolean off = false;
    for (Map.Entry<Dot, Boolean> e : switches) {
      if (!e.getValue()) {
        if (!stable.contains(e.getKey())) {
          return false;
        }
        off = true;
      }
    }
    return off;
  }

  static void checkSwitches(DotFun<?> store) {
    for (Map.Entry<Dot, ?> e : store) {
      Shapes.require(
          e.getValue() instanceof Boolean, () -> "the write " + e + " is neither true nor false");
    }
  }
}
