package dev.converge.pekko.journal;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/**
 * Reads all that a journal has stored, page by page, for a replica that joins: entity by entity,
 * its newest checkpoint and then its rows in their order. What is committed after the first page is
 * left out; the joiner gets that as any replica does.
 *
 * <p>Keeps nothing between pages: the cursor has where it stands, and where the first page found
 * the end. Thread-safe; blocks on the database.
 */
final class LogExport {
  private static final int ROWS = 500;

  private final LogReader reader;
  private final Snapshots snapshots;
  private final ReplicaTable replicas;

  LogExport(LogReader reader, Snapshots snapshots, ReplicaTable replicas) {
    this.reader = reader;
    this.snapshots = snapshots;
    this.replicas = replicas;
  }

  /**
   * Where the next page begins.
   *
   * @param end positions from here on are left out
   * @param held what all pages together hold
   * @param key the entity that comes next, or goes on
   * @param position of its last row that was given; -1 if it has not begun
   */
  private record Cursor(long end, VersionVector held, String key, long position) {
    byte[] bytes() {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (DataOutputStream out = new DataOutputStream(bytes)) {
        out.writeLong(end);
        TransferForm.vector(out, held);
        out.writeUTF(key);
        out.writeLong(position);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return bytes.toByteArray();
    }

    static Cursor of(byte[] bytes) {
      try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
        return new Cursor(in.readLong(), TransferForm.vector(in), in.readUTF(), in.readLong());
      } catch (IOException e) {
        throw new IllegalArgumentException("not the cursor of an export", e);
      }
    }
  }

  /**
   * See {@link ReplicaLog#exportPage}.
   *
   * @param head where the logs end now
   * @throws DamagedRowException if a row cannot be read: it has to be repaired first
   */
  ReplicaLog.ExportPage page(byte[] cursor, LogHead head, int maxBytes) throws SQLException {
    TransferForm page = new TransferForm();
    boolean first = cursor.length == 0;
    Cursor at =
        first
            ? new Cursor(head.nextPosition(), head.held(), EntryForm.NO_ENTITY, -1)
            : Cursor.of(cursor);
    if (first) {
      for (Map.Entry<ReplicaId, Long> log : reader.fullFrom().entrySet()) {
        page.fullFrom(log.getKey(), log.getValue());
      }
    }
    while (true) {
      at = entity(page, at, maxBytes);
      if (page.size() >= maxBytes) {
        return new ReplicaLog.ExportPage(page.bytes(), at.bytes(), VersionVector.empty());
      }
      List<String> next = reader.persistenceIds("", at.key(), 1);
      if (next.isEmpty()) {
        return new ReplicaLog.ExportPage(page.bytes(), new byte[0], at.held());
      }
      at = new Cursor(at.end(), at.held(), next.get(0), -1);
    }
  }

  /** One entity, as far as the page has room. */
  private Cursor entity(TransferForm page, Cursor start, int maxBytes) throws SQLException {
    String key = start.key();
    long last = start.position();
    if (last < 0) {
      last = 0;
      for (StoredCheckpoint checkpoint : snapshots.checkpoints(key)) {
        if (checkpoint.position() < start.end() && !reader.isErased(key)) {
          page.checkpoint(key, checkpoint.position(), checkpoint.bytes());
          break;
        }
      }
    }
    AfterForm afterForm = new AfterForm();
    while (page.size() < maxBytes) {
      List<StoredRow> rows = reader.rows(key, last + 1, start.end() - 1, ROWS);
      for (StoredRow row : rows) {
        last = row.position();
        ReplicaId origin = row.origin();
        if (origin != null) {
          row.verify();
          page.row(row, origin, afterForm.vector(row.after(), replicas::replicaOf));
        }
        if (page.size() >= maxBytes) {
          break;
        }
      }
      if (rows.isEmpty()) {
        break;
      }
    }
    return new Cursor(start.end(), start.held(), key, last);
  }
}
