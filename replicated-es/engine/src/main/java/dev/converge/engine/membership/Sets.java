package dev.converge.engine.membership;

import dev.converge.crdt.clock.ReplicaId;
import java.util.Collection;
import java.util.Collections;
import java.util.NavigableSet;
import java.util.TreeSet;

/** Small sorted sets that never change. */
final class Sets {
  static final NavigableSet<ReplicaId> NONE = Collections.unmodifiableNavigableSet(new TreeSet<>());

  private Sets() {}

  static NavigableSet<ReplicaId> of(Collection<ReplicaId> replicas) {
    return Collections.unmodifiableNavigableSet(new TreeSet<>(replicas));
  }

  static NavigableSet<ReplicaId> with(Collection<ReplicaId> set, Collection<ReplicaId> more) {
    TreeSet<ReplicaId> copy = new TreeSet<>(set);
    copy.addAll(more);
    return Collections.unmodifiableNavigableSet(copy);
  }

  static NavigableSet<ReplicaId> without(Collection<ReplicaId> set, Collection<ReplicaId> less) {
    TreeSet<ReplicaId> copy = new TreeSet<>(set);
    copy.removeAll(less);
    return Collections.unmodifiableNavigableSet(copy);
  }
}
