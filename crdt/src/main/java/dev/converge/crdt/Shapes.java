package dev.converge.crdt;

import dev.converge.crdt.causal.DotFun;
import dev.converge.crdt.causal.DotMap;
import dev.converge.crdt.causal.DotSet;
import dev.converge.crdt.causal.DotStore;
import java.util.Map;
import java.util.function.Consumer;

/** Checks of stores that came from outside, so that no class cast can fail later. */
final class Shapes {
  private Shapes() {}

  static void checkDotSets(DotMap<?, ? extends DotStore> store) {
    for (Map.Entry<?, ? extends DotStore> e : store) {
      require(e.getValue() instanceof DotSet, "the element " + e.getKey() + " has no set of dots");
    }
  }

  static void checkDotFuns(
      DotMap<?, ? extends DotStore> store, Consumer<? super DotFun<?>> checkWrites) {
    for (Map.Entry<?, ? extends DotStore> e : store) {
      // Before the cast that a typed view of the store would make.
      DotStore writes = e.getValue();
      require(writes instanceof DotFun<?>, "what stands under " + e.getKey() + " is no writes");
      checkWrites.accept((DotFun<?>) writes);
    }
  }

  static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }
}
