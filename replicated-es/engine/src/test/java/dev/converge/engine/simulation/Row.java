package dev.converge.engine.simulation;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.membership.JoinRecord;
import dev.converge.engine.support.Note;
import org.jspecify.annotations.Nullable;

/**
 * A row of a journal: an event of one entity, or the record of a join.
 *
 * @param origin whose log it belongs to
 * @param lsn its place there, from 1
 */
record Row(
    ReplicaId origin,
    long lsn,
    HybridTimestamp time,
    int entity,
    @Nullable ReplicatedEvent<Note> event,
    @Nullable JoinRecord join) {
  static Row of(ReplicaId origin, long lsn, int entity, ReplicatedEvent<Note> event) {
    return new Row(origin, lsn, event.time(), entity, event, null);
  }

  static Row of(ReplicaId origin, long lsn, JoinRecord join) {
    return new Row(origin, lsn, join.time(), -1, null, join);
  }

  /** Whether both say the same, by the hash where there is one. */
  boolean sameAs(Row other) {
    if (event == null || other.event == null) {
      return equals(other);
    }
    return entity == other.entity
        && event.dot().equals(other.event.dot())
        && event.hash().equals(other.event.hash());
  }

  @Override
  public String toString() {
    return origin + "/" + lsn + (event == null ? "=join" : "=" + event.dot() + "e" + entity);
  }
}
