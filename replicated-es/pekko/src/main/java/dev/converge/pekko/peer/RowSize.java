package dev.converge.pekko.peer;

import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import java.util.List;

/** How much room a row takes, about. */
final class RowSize {
  private static final int FIXED = 48;
  private static final int ENTRY = 12;

  private RowSize() {}

  static long of(LogRow row) {
    LogEntry entry = row.entry();
    long[] size = {FIXED};
    row.after().forEach((origin, lsn) -> size[0] += ENTRY);
    if (entry instanceof LogEntry.Event event) {
      return size[0] + event.key().length() + event.encoded().length;
    }
    if (entry instanceof LogEntry.Join join) {
      return size[0] + join.encoded().length;
    }
    ((LogEntry.Floor) entry).seen().forEach((origin, lsn) -> size[0] += ENTRY);
    return size[0];
  }

  static long of(List<LogRow> rows) {
    long size = 0;
    for (LogRow row : rows) {
      size += of(row);
    }
    return size;
  }
}
