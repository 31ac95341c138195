package dev.converge.crdt;

import dev.converge.crdt.causal.DotMap;
import dev.converge.crdt.causal.DotSet;
import dev.converge.crdt.causal.DotStore;
import java.util.Map;

/** Checks of stores that came from outside, so that no class cast can fail later. */
final class Shapes {
  private Shapes() {}

  static void checkDotSets(DotMap<?, ? extends DotStore> store) {
    for (Map.Entry<?, ? extends DotStore> e : store) {
      require(e.getValue() instanceof DotSet, "the element " + e.getKey() + " has no set of dots");
    }
  }

  static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}
