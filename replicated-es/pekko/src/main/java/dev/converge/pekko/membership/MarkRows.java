package dev.converge.pekko.membership;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.engine.membership.JoinRecord;
import dev.converge.engine.membership.MembershipInput;
import dev.converge.engine.membership.MembershipMessage;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.EventRecordCodec;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import dev.converge.pekko.wire.WireException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the rows of logs say to a member of the set, beside their being there. */
final class MarkRows {
  private static final Logger LOG = LoggerFactory.getLogger(MarkRows.class);

  private final Shell shell;
  private final Marks marks;
  private final Epochs epochs;
  private final Frontiers frontiers;

  MarkRows(Shell shell, Marks marks, Epochs epochs, Frontiers frontiers) {
    this.shell = shell;
    this.marks = marks;
    this.epochs = epochs;
    this.frontiers = frontiers;
  }

  /** When an event was made; zero if its row is damaged. */
  static HybridTimestamp timeOf(LogRow row, LogEntry.Event event) {
    try {
      EventRecord known = event.known();
      return known == null ? EventRecordCodec.timeOf(event.encoded()) : known.time();
    } catch (WireException e) {
      LOG.error(
          "row {} of {} ({}) is damaged: {}", row.lsn(), row.origin(), event.key(), e.getMessage());
      return HybridTimestamp.ZERO;
    }
  }

  /** A join or a floor. */
  void take(LogRow row) {
    try {
      JoinRecord join = marks.take(row);
      if (join != null) {
        shell.clock.observe(join.time());
        epochs.offer(
            new MembershipInput.Came(
                row.origin(), new MembershipMessage.Decided(List.of(join.change()))));
        frontiers.joined(join);
      } else if (row.entry() instanceof LogEntry.Floor floor) {
        frontiers.floor(row.origin(), floor.seen());
      }
    } catch (WireException e) {
      LOG.error("row {} of {} is damaged: {}", row.lsn(), row.origin(), e.getMessage());
    }
  }

  /** Keeps what was taken. */
  void store() {
    shell.then(
        shell.log.putState(Incarnation.MARKS, marks.encode()),
        stored -> {},
        error ->
            LOG.debug("joins and floors are read again at the next start: {}", error.toString()));
  }
}
