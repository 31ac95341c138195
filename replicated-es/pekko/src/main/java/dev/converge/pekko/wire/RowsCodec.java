package dev.converge.pekko.wire;

import dev.converge.crdt.binary.BinaryReader;
import dev.converge.crdt.binary.BinaryWriter;
import dev.converge.crdt.binary.DecodingException;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The bytes of a chunk of rows, before {@link Sealed} hashes and compresses them:
 *
 * <pre>
 * chunk  = n × replica              the table; below, a replica is its place in it
 *          m × row
 * row    = tag  [origin lsn]  after  content
 * tag    = kind (0 event, 1 join, 2 floor) | 4 if the row is the next one of the origin of the row before
 *          | 8 if {@code after} is whole
 * after  = k × (replica, LSN)       whole; or what differs from the row before of this origin
 * event  = key, bytes;  join = bytes;  floor = k × (replica, LSN)
 * </pre>
 *
 * <p>A row's {@code after} mostly equals the one before it, and then takes one byte. Reading takes
 * the input as hostile: anything unexpected is a {@link DecodingException} or an {@link
 * IllegalArgumentException}, and what it makes is bounded by the bytes. Thread-safe; O(bytes).
 */
final class RowsCodec {
  /** The most rows in one chunk. */
  static final int MAX_ROWS = 4_096;

  /** The most entries that the vectors of one chunk may have together, however few its bytes. */
  private static final int MAX_ENTRIES = 1 << 20;

  private static final int JOIN = 1;
  private static final int FLOOR = 2;
  private static final int KIND = 3;
  private static final int NEXT = 4;
  private static final int WHOLE = 8;

  private RowsCodec() {}

  static byte[] encode(List<LogRow> rows) {
    if (rows.size() > MAX_ROWS) {
      throw new IllegalArgumentException(
          rows.size() + " rows are more than the " + MAX_ROWS + " of a chunk");
    }
    Writer writer = new Writer(rows.size());
    rows.forEach(writer::row);
    BinaryWriter out = new BinaryWriter(writer.body.size() + 64);
    out.writeVarint(writer.table.size());
    writer.table.keySet().forEach(replica -> Vectors.write(out, replica));
    return out.writeVarint(rows.size()).writeRaw(writer.body).toByteArray();
  }

  private static final class Writer {
    final Map<ReplicaId, Integer> table = new LinkedHashMap<>();
    final Map<ReplicaId, VersionVector> last = new HashMap<>();
    final BinaryWriter body;
    private ReplicaId origin = ReplicaId.of("none");
    private long lsn = -1;

    Writer(int rows) {
      body = new BinaryWriter(256 * rows);
    }

    private int number(ReplicaId replica) {
      Integer number = table.get(replica);
      if (number == null) {
        number = table.size();
        table.put(replica, number);
      }
      return number;
    }

    void row(LogRow row) {
      LogEntry entry = row.entry();
      int kind =
          entry instanceof LogEntry.Event ? 0 : entry instanceof LogEntry.Join ? JOIN : FLOOR;
      boolean isNext = row.lsn() == lsn + 1 && row.origin().equals(origin);
      VersionVector before = last.getOrDefault(row.origin(), VersionVector.empty());
      boolean whole = !row.after().covers(before);
      body.writeByte(kind | (isNext ? NEXT : 0) | (whole ? WHOLE : 0));
      if (!isNext) {
        body.writeVarint(number(row.origin())).writeVarint(row.lsn());
      }
      origin = row.origin();
      lsn = row.lsn();
      vector(row.after(), whole ? VersionVector.empty() : before);
      last.put(origin, row.after());
      if (entry instanceof LogEntry.Event event) {
        body.writeString(event.key()).writeBytes(event.encoded());
      } else if (entry instanceof LogEntry.Join join) {
        body.writeBytes(join.encoded());
      } else if (entry instanceof LogEntry.Floor floor) {
        vector(floor.seen(), VersionVector.empty());
      }
    }

    private void vector(VersionVector vector, VersionVector before) {
      if (vector == before) {
        body.writeVarint(0);
        return;
      }
      int[] count = {0};
      vector.forEach((replica, at) -> count[0] += at == before.get(replica) ? 0 : 1);
      body.writeVarint(count[0]);
      vector.forEach(
          (replica, at) -> {
            if (at != before.get(replica)) {
              body.writeVarint(number(replica)).writeVarint(at);
            }
          });
    }
  }

  static List<LogRow> decode(byte[] bytes) {
    BinaryReader in = new BinaryReader(bytes, PeerMessageCodec.LIMITS);
    Reader reader = new Reader(in);
    int count = in.readCount(3);
    if (count > MAX_ROWS) {
      throw in.malformed(count + " rows are more than the " + MAX_ROWS + " of a chunk");
    }
    List<LogRow> rows = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      rows.add(reader.row());
    }
    in.expectEnd();
    return rows;
  }

  private static final class Reader {
    private final BinaryReader in;
    private final ReplicaId[] table;
    private final VersionVector[] last;
    private int origin = -1;
    private long lsn;
    private long entries;

    Reader(BinaryReader in) {
      this.in = in;
      table = new ReplicaId[Vectors.readCount(in, 3)];
      last = new VersionVector[table.length];
      for (int i = 0; i < table.length; i++) {
        table[i] = Vectors.readReplica(in);
        last[i] = VersionVector.empty();
      }
    }

    LogRow row() {
      int tag = in.readByte();
      if (tag > (WHOLE | NEXT | FLOOR) || (tag & KIND) > FLOOR) {
        throw in.malformed("a row of the unknown kind " + tag);
      }
      if ((tag & NEXT) == 0) {
        origin = number();
        lsn = in.readNatural();
      } else if (origin < 0 || lsn == Long.MAX_VALUE) {
        throw in.malformed("a row that is the next one of none");
      } else {
        lsn++;
      }
      VersionVector after = vector((tag & WHOLE) == 0 ? last[origin] : VersionVector.empty());
      last[origin] = after;
      LogEntry entry =
          switch (tag & KIND) {
            case JOIN -> new LogEntry.Join(in.readBytes());
            case FLOOR -> new LogEntry.Floor(vector(VersionVector.empty()));
            default -> new LogEntry.Event(in.readString(), in.readBytes());
          };
      return new LogRow(table[origin], lsn, after, entry, 0);
    }

    private int number() {
      if (table.length == 0) {
        throw in.malformed("a replica without a table");
      }
      return in.readInt(table.length - 1);
    }

    private VersionVector vector(VersionVector before) {
      int count = in.readCount(2);
      if (count == 0) {
        return before;
      }
      Map<ReplicaId, Long> made = new HashMap<>(before.entries());
      entries += made.size() + count;
      if (entries > MAX_ENTRIES) {
        throw in.malformed("vectors of more than " + MAX_ENTRIES + " entries in one chunk");
      }
      for (int i = 0; i < count; i++) {
        made.put(table[number()], in.readNatural());
      }
      return VersionVector.of(made);
    }
  }
}
