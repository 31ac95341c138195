package dev.converge.pekko.membership;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.frontier.Promise;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/**
 * The promises of other replicas that may be passed on: those whose logs are held up to them. Of
 * the others, each replica's oldest and newest wait; so under a steady stream some promise is
 * always passed on. Single-threaded, mutable.
 */
final class Vouched {
  private final Map<ReplicaId, Promise> vouched = new TreeMap<>();
  private final Map<ReplicaId, Promise> oldest = new HashMap<>();
  private final Map<ReplicaId, Promise> newest = new HashMap<>();

  /** A promise was heard of, from anybody. */
  void heard(ReplicaId replica, Promise promise, VersionVector held) {
    Promise known = vouched.get(replica);
    if (known != null && promise.time().compareTo(known.time()) <= 0) {
      return;
    }
    if (promise.lsn() <= held.get(replica)) {
      vouched.put(replica, promise);
    } else {
      oldest.putIfAbsent(replica, promise);
      newest.merge(replica, promise, (a, b) -> a.time().compareTo(b.time()) >= 0 ? a : b);
    }
  }

  /** More is held. */
  void stored(VersionVector held) {
    for (ReplicaId replica : oldest.keySet().toArray(new ReplicaId[0])) {
      Promise first = oldest.get(replica);
      Promise last = newest.get(replica);
      if (first == null || first.lsn() > held.get(replica)) {
        continue;
      }
      oldest.remove(replica);
      heard(replica, first, held);
      if (last != null) {
        newest.remove(replica);
        heard(replica, last, held);
      }
    }
  }

  /** {replica → its newest promise whose log is held}. */
  Map<ReplicaId, Promise> promises() {
    return vouched;
  }

  /** The newest heard of, held or not: the newest reading of that replica's clock. */
  Map<ReplicaId, Promise> newest() {
    Map<ReplicaId, Promise> all = new TreeMap<>(vouched);
    newest.forEach(
        (replica, promise) ->
            all.merge(replica, promise, (a, b) -> a.time().compareTo(b.time()) >= 0 ? a : b));
    return all;
  }
}
