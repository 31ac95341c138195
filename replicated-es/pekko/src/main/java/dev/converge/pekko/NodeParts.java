package dev.converge.pekko;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.pekko.feed.FinalRows;
import dev.converge.pekko.journal.DamagedRowException;
import dev.converge.pekko.journal.JournalDatabase;
import dev.converge.pekko.journal.ReplicaLog;
import dev.converge.pekko.journal.TimeSpan;
import dev.converge.pekko.replication.ReplicaState;
import dev.converge.pekko.snapshot.CheckpointStore;
import dev.converge.pekko.wire.LogRow;
import java.util.List;
import java.util.SortedMap;

/**
 * The parts of a node that its entities rest on.
 *
 * @param log its journal
 * @param checkpoints where states are kept
 * @param rows what else is asked of the journal
 * @param replicas who has what
 * @param peers questions to other nodes
 * @param clock its clock
 */
public record NodeParts(
    ReplicaLog log,
    CheckpointStore checkpoints,
    Rows rows,
    ReplicaState replicas,
    PeerQuestions peers,
    NodeClock clock) {

  /** What is asked of a journal beside its logs. Blocks on the database. */
  public interface Rows extends FinalRows.Holes {
    /** Keys with at least one row that start with {@code prefix}, behind {@code after}, sorted. */
    List<String> keys(String prefix, String after, int limit);

    /** What is wrong with the rows of an entity: all are read. */
    List<DamagedRowException> damaged(String key);

    /**
     * Puts a good copy in the place of a damaged row.
     *
     * @return false if the row is not damaged
     * @throws dev.converge.pekko.journal.JournalException if the copy is not what was there
     */
    boolean repair(LogRow copy);

    /** Those of a database. */
    static Rows in(JournalDatabase database) {
      return new Rows() {
        @Override
        public List<String> keys(String prefix, String after, int limit) {
          return database.persistenceIds(prefix, after, limit);
        }

        @Override
        public List<DamagedRowException> damaged(String key) {
          return database.damaged(key);
        }

        @Override
        public boolean repair(LogRow copy) {
          return database.repair(copy);
        }

        @Override
        public SortedMap<Long, TimeSpan> spans(ReplicaId origin, long from, long to, int stretch) {
          return database.spans(origin, from, to, stretch);
        }

        @Override
        public long firstFullLsn(ReplicaId origin) {
          return database.firstFullLsn(origin);
        }

        @Override
        public long count(ReplicaId origin, long after, long before) {
          return database.count(origin, after, before);
        }
      };
    }
  }

  /** The parts of a node on a database. */
  public static NodeParts on(
      JournalDatabase database, ReplicaState replicas, PeerQuestions peers, NodeClock clock) {
    return new NodeParts(
        database, CheckpointStore.in(database), Rows.in(database), replicas, peers, clock);
  }
}
