package dev.converge.pekko.peer;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.pekko.wire.LogRow;
import dev.converge.pekko.wire.PeerMessage;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What {@link LinkMachine} wants done. Nothing here may block. What is called back, is called on
 * the thread of the replication's loop (through {@link #execute}), never from within the call.
 */
interface LinkEffects extends Executor {
  /** Sends a message, or loses it. */
  void send(String peer, PeerMessage message);

  /**
   * Reads from the database; see {@link dev.converge.pekko.journal.ReplicaLog#log}.
   *
   * @param then gets the rows, or null if they cannot be read
   */
  void read(
      ReplicaId origin,
      long after,
      int maxRows,
      long maxBytes,
      Consumer<@Nullable List<LogRow>> then);

  /**
   * Stores rows; see {@link dev.converge.pekko.journal.ReplicaLog#store}.
   *
   * @param then gets what went wrong, or null; after {@link LinkMachine#committed} was told
   */
  void store(List<LogRow> rows, Consumer<@Nullable Throwable> then);

  /** Something is wrong that does not mend itself. */
  void report(LinkReport report);
}
