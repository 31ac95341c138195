package dev.converge.crdt;

import dev.converge.crdt.causal.DotFun;
import dev.converge.crdt.causal.DotMap;
import dev.converge.crdt.causal.DotSet;
import dev.converge.crdt.causal.DotStore;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Checks of stores that came from outside, so that no class cast can fail later. */
final class Shapes {
  private Shapes() {}

  static void checkDotSets(DotMap<?, ? extends DotStore> store) {
    store.forEach(
        (key, dots) -> {
          // No message is made for what is right: there may be a million of them.
          if (!(dots instanceof DotSet)) {
            throw new IllegalArgumentException("the element " + key + " has no set of dots");
          }
        });
  }

  static void checkDotFuns(
      DotMap<?, ? extends DotStore> store, Consumer<? super DotFun<?>> checkWrites) {
    store.forEach(
        (key, stored) -> {
          // Before the cast that a typed view of the store would make.
          if (!(stored instanceof DotFun<?> writes)) {
            throw new IllegalArgumentException("what stands under " + key + " is no writes");
          }
          checkWrites.accept(writes);
        });
  }

  /** The message is made only if it is thrown: there may be a million conditions that hold. */
  static void require(boolean condition, Supplier<String> message) {
    if (!condition) {
      throw new IllegalArgumentException(message.get());
    }
  }
}
