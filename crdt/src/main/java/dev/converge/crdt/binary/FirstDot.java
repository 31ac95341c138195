package dev.converge.crdt.binary;

import dev.converge.crdt.causal.DotStore;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import org.jspecify.annotations.Nullable;

/** The smallest dot of one store after the other, found without an object for each. */
final class FirstDot implements DotStore.DotParts {
  private @Nullable ReplicaId replica;
  private long sequence;

  /** Looks for the smallest dot of {@code store}, which has one. */
  FirstDot of(DotStore store) {
    replica = null;
    store.forEachDotParts(this);
    return this;
  }

  @Override
  public void accept(ReplicaId dotReplica, long dotSequence) {
    ReplicaId before = replica;
    if (before != null) {
      int order = dotReplica == before ? 0 : dotReplica.compareTo(before);
      if (order > 0 || (order == 0 && dotSequence > sequence)) {
        return;
      }
    }
    replica = dotReplica;
    sequence = dotSequence;
  }

  ReplicaId replica() {
    ReplicaId found = replica;
    if (found == null) {
      throw new IllegalArgumentException("a store without dots");
    }
    return found;
  }

  long sequence() {
    return sequence;
  }

  Dot dot() {
    return new Dot(replica(), sequence);
  }
}
