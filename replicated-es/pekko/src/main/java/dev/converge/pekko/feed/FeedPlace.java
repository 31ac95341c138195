package dev.converge.pekko.feed;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;

/**
 * An event's place in the order of all events of all entities: by time, then by replica, then by
 * the replica's log. Within one entity that is the order of its fold.
 *
 * @param time the event's
 * @param origin whose log
 * @param lsn the place in that log, from 1
 */
public record FeedPlace(HybridTimestamp time, ReplicaId origin, long lsn)
    implements Comparable<FeedPlace> {
  @Override
  public int compareTo(FeedPlace other) {
    int order = time.compareTo(other.time);
    if (order == 0) {
      order = origin.compareTo(other.origin);
    }
    return order == 0 ? Long.compare(lsn, other.lsn) : order;
  }
}
