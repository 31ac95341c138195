package dev.converge.pekko.peer;

import dev.converge.engine.event.ContentHash;
import dev.converge.engine.event.OriginId;
import dev.converge.pekko.wire.Erased;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import dev.converge.pekko.wire.RowHash;
import dev.converge.pekko.wire.WireException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** Whether rows are what they say, and whether two that should be one are. O(bytes). */
final class RowCheck {
  private RowCheck() {}

  /** The same row with its event decoded, to be checked; as it is if that cannot be. */
  static LogRow decoded(LogRow row) {
    if (!(row.entry() instanceof LogEntry.Event event) || event.known() != null) {
      return row;
    }
    try {
      LogEntry known = new LogEntry.Event(event.key(), event.encoded(), event.record());
      return new LogRow(row.origin(), row.lsn(), row.after(), known, row.position());
    } catch (WireException e) {
      return row; // the check says why
    }
  }

  /** What is wrong with a row in itself; null if nothing is. */
  static @Nullable String damage(LogRow row) {
    if (!(row.entry() instanceof LogEntry.Event event)) {
      return null;
    }
    try {
      EventRecord record = event.record();
      String originId = record.originId();
      byte[] hash =
          ContentHash.of(
                  record.dot(),
                  record.time(),
                  record.context(),
                  record.schemaVersion(),
                  originId == null ? null : new OriginId(originId),
                  record.payload())
              .bytes();
      if (!MessageDigest.isEqual(hash, record.hash())) {
        return name(row)
            + " does not match its hash: it says "
            + HexFormat.of().formatHex(record.hash())
            + ", its content gives "
            + HexFormat.of().formatHex(hash)
            + "; it was damaged where it was stored";
      }
      return null;
    } catch (WireException | IllegalArgumentException e) {
      return name(row) + " cannot be read: " + e.getMessage();
    }
  }

  /** How two rows at one place of one log differ; null if they do not. */
  static @Nullable String difference(LogRow here, LogRow came) {
    if (here.entry() instanceof LogEntry.Event mine
        && came.entry() instanceof LogEntry.Event theirs
        && mine.key().equals(theirs.key())
        && Arrays.equals(mine.encoded(), theirs.encoded())) {
      return null;
    }
    byte[] mine = RowHash.of(here);
    byte[] theirs = RowHash.of(came);
    if (isSame(here, theirs) || isSame(came, mine)) {
      return null;
    }
    return name(here)
        + " has the hash "
        + HexFormat.of().formatHex(mine)
        + " here and "
        + HexFormat.of().formatHex(theirs)
        + " there. One log was continued twice, as after a backup was put back: neither row is"
        + " merged into the other; find out which of the two databases is the right one";
  }

  /**
   * Whether a row has that hash, or would have it without its contents: somebody knows already that
   * its entity is erased, and else nothing differs.
   */
  static boolean isSame(LogRow row, byte[] hash) {
    if (MessageDigest.isEqual(RowHash.of(row), hash)) {
      return true;
    }
    try {
      LogRow erased = Erased.of(row);
      return erased != row && MessageDigest.isEqual(RowHash.of(erased), hash);
    } catch (WireException e) {
      return false;
    }
  }

  /** Whether its contents are erased: then it cannot be compared with one that has them. */
  static boolean isErased(LogRow row) {
    try {
      return row.entry() instanceof LogEntry.Event event && Erased.isErased(event.record());
    } catch (WireException e) {
      return false;
    }
  }

  private static String name(LogRow row) {
    String entity = row.entry() instanceof LogEntry.Event event ? " (" + event.key() + ")" : "";
    return "row " + row.lsn() + " of " + row.origin() + entity;
  }
}
