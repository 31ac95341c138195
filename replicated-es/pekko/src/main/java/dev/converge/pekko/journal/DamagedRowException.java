package dev.converge.pekko.journal;

import dev.converge.crdt.clock.ReplicaId;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A row of the journal is not what was written: bytes of it were lost or changed on the disk. Other
 * entities are not concerned. {@link JournalDatabase#repair} puts a peer's copy in its place.
 */
public final class DamagedRowException extends JournalException {
  private static final long serialVersionUID = 1L;

  private final String persistenceId;
  private final long position;
  private final transient @Nullable ReplicaId origin;
  private final long lsn;

  /**
   * An error that names the row.
   *
   * @param origin null if the row is in no log
   * @param lsn 0 if the row is in no log
   * @param why what is wrong with it
   */
  DamagedRowException(
      String persistenceId,
      long position,
      @Nullable ReplicaId origin,
      long lsn,
      String why,
      @Nullable Throwable cause) {
    super(
        "row "
            + position
            + " of "
            + (persistenceId.isEmpty() ? "no entity" : persistenceId)
            + (origin == null ? "" : ", row " + lsn + " of the log of " + origin + ",")
            + " in the journal is damaged: "
            + why,
        cause);
    this.persistenceId = persistenceId;
    this.position = position;
    this.origin = origin;
    this.lsn = lsn;
  }

  /** Whose row it is; empty if it belongs to no entity. */
  public String persistenceId() {
    return persistenceId;
  }

  /** Where it stands in this node's journal. */
  public long position() {
    return position;
  }

  /** Whose log it is in, if in any. */
  public Optional<ReplicaId> origin() {
    return Optional.ofNullable(origin);
  }

  /** Its place in that log; 0 if that is not known. */
  public long lsn() {
    return lsn;
  }
}
