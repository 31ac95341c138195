package dev.converge.pekko.journal;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The bytes in which one replica gives what it has stored to another that joins: items one after
 * the other, each with a letter in front. Reading takes them as hostile.
 *
 * <pre>
 * C  persistence id, position, checkpoint
 * R  key, position, kind, origin, LSN (0: not known), packed time, after, payload
 * F  origin, LSN from which on its log has no holes
 * </pre>
 *
 * <p>Not thread-safe.
 */
final class TransferForm {
  private static final int MAX_ENTRIES = 100_000;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final DataOutputStream out = new DataOutputStream(bytes);

  /** What a page says. */
  record Page(List<Placed> rows, List<Snapshot> checkpoints, Map<ReplicaId, Long> fullFrom) {}

  /** What writes may fail with; none does, in memory. */
  private interface Write {
    void run() throws IOException;
  }

  private static void write(Write write) {
    try {
      write.run();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void checkpoint(String persistenceId, long position, byte[] checkpoint) {
    write(
        () -> {
          out.writeByte('C');
          out.writeUTF(persistenceId);
          out.writeLong(position);
          blob(out, checkpoint);
        });
  }

  /** A row, as it is stored; {@code origin} and {@code after} by their ids. */
  void row(StoredRow row, ReplicaId origin, VersionVector after) {
    write(
        () -> {
          out.writeByte('R');
          out.writeUTF(row.key());
          out.writeLong(row.position());
          out.writeByte(row.kind());
          out.writeUTF(origin.toString());
          out.writeLong(row.lsn());
          out.writeLong(row.time());
          vector(out, after);
          blob(out, row.payload());
        });
  }

  void fullFrom(ReplicaId origin, long lsn) {
    write(
        () -> {
          out.writeByte('F');
          out.writeUTF(origin.toString());
          out.writeLong(lsn);
        });
  }

  int size() {
    return bytes.size();
  }

  byte[] bytes() {
    return bytes.toByteArray();
  }

  /**
   * Reads a page.
   *
   * @param now wall milliseconds, for the checkpoints
   * @throws IllegalArgumentException if it is none
   */
  static Page read(byte[] page, long now) {
    List<Placed> rows = new ArrayList<>();
    List<Snapshot> checkpoints = new ArrayList<>();
    Map<ReplicaId, Long> fullFrom = new TreeMap<>();
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(page))) {
      while (in.available() > 0) {
        byte item = in.readByte();
        switch (item) {
          case 'C' ->
              checkpoints.add(Snapshot.checkpoint(in.readUTF(), in.readLong(), now, blob(in)));
          case 'R' -> rows.add(row(in));
          case 'F' -> fullFrom.put(ReplicaId.parse(in.readUTF()), in.readLong());
          default -> throw new IllegalArgumentException("no item begins with " + item);
        }
      }
    } catch (IOException e) {
      throw new IllegalArgumentException("a page of a transfer is cut short", e);
    }
    return new Page(rows, checkpoints, fullFrom);
  }

  private static Placed row(DataInputStream in) throws IOException {
    String key = in.readUTF();
    long position = in.readLong();
    RowKind kind = RowKind.of(in.readByte());
    ReplicaId origin = ReplicaId.parse(in.readUTF());
    long lsn = in.readLong();
    HybridTimestamp time = HybridTimestamp.ofPacked(in.readLong());
    VersionVector after = vector(in);
    byte[] payload = blob(in);
    if (kind == RowKind.PLAIN || position < 1 || lsn < 0) {
      throw new IllegalArgumentException(
          "row " + position + " of '" + key + "' (" + kind + ", LSN " + lsn + ") is in no log");
    }
    return new Placed(key, position, kind, origin, lsn, time, after, payload, null, null, false);
  }

  private static void blob(DataOutputStream out, byte[] blob) throws IOException {
    out.writeInt(blob.length);
    out.write(blob);
  }

  private static byte[] blob(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new IOException("a length of " + length);
    }
    return in.readNBytes(length);
  }

  static void vector(DataOutputStream out, VersionVector vector) throws IOException {
    Map<ReplicaId, Long> entries = vector.entries();
    out.writeInt(entries.size());
    for (Map.Entry<ReplicaId, Long> entry : entries.entrySet()) {
      out.writeUTF(entry.getKey().toString());
      out.writeLong(entry.getValue());
    }
  }

  static VersionVector vector(DataInputStream in) throws IOException {
    int size = in.readInt();
    if (size < 0 || size > MAX_ENTRIES) {
      throw new IOException("a vector of " + size + " entries");
    }
    Map<ReplicaId, Long> entries = new TreeMap<>();
    for (int i = 0; i < size; i++) {
      entries.put(ReplicaId.parse(in.readUTF()), in.readLong());
    }
    return VersionVector.of(entries);
  }
}
