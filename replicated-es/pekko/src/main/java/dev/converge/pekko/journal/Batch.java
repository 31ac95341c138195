package dev.converge.pekko.journal;

import dev.converge.pekko.wire.Erased;
import dev.converge.pekko.wire.EventRecord;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What one transaction writes, as it is put together. Not thread-safe. */
final class Batch {
  private final Unlisted unlisted;
  private final ErasedEntities erased;
  private final Map<String, @Nullable EventRecord> erasing = new LinkedHashMap<>();
  private final List<Placed> rows = new ArrayList<>();
  private final List<Placed> imported = new ArrayList<>();
  private final Map<String, byte[]> values = new LinkedHashMap<>();
  private final List<Snapshot> snapshots = new ArrayList<>();
  private final List<Statements> more = new ArrayList<>();
  private final List<Job.Prune> prunes = new ArrayList<>();
  private LogHead head;

  /** Something else to be done in the transaction. */
  interface Statements {
    void run(Connection connection) throws SQLException;
  }

  /** A batch that begins at {@code head}. */
  Batch(LogHead head, Unlisted unlisted, ErasedEntities erased) {
    this.head = head;
    this.unlisted = unlisted;
    this.erased = erased;
  }

  /** Whether an entity is erased, or is by what the batch has so far. */
  boolean isErased(String key) {
    return erased.contains(key) || erasing.containsKey(key);
  }

  /** What the batch erases: by entity the first record of it, if one is among its rows. */
  Map<String, @Nullable EventRecord> erasing() {
    return erasing;
  }

  /** A row as it may be written: of an erased entity only without contents. */
  private Placed admitted(Placed row) {
    if (row.kind() != RowKind.EVENT) {
      return row;
    }
    int version = row.schemaVersion();
    if (version < Erased.EVENT) {
      return isErased(row.key()) ? row.erased() : row;
    }
    EventRecord record = version == Erased.RECORD ? row.event() : null;
    erasing.put(row.key(), ErasedEntities.first(erasing.get(row.key()), record));
    return row;
  }

  LogHead head() {
    return head;
  }

  Unlisted unlisted() {
    return unlisted;
  }

  void take(LogHead.Step step) {
    head = step.head();
    for (Placed row : step.rows()) {
      rows.add(admitted(row));
    }
  }

  void take(LogHead next) {
    head = next;
  }

  void put(String name, byte[] value) {
    values.put(name, value);
  }

  /** Of an erased entity nothing is stored. */
  void save(Snapshot snapshot) {
    if (!isErased(snapshot.persistenceId())) {
      snapshots.add(snapshot);
    }
  }

  /** Takes in rows of another replica's journal, with the positions that they have there. */
  void imports(List<Placed> page) {
    for (Placed row : page) {
      imported.add(admitted(row));
    }
  }

  void also(Statements statements) {
    more.add(statements);
  }

  List<Statements> more() {
    return more;
  }

  void prune(Job.Prune prune) {
    prunes.add(prune);
  }

  List<Job.Prune> prunes() {
    return prunes;
  }

  List<Placed> rows() {
    return rows;
  }

  /** Rows of another replica's journal, with the positions that they have there. */
  List<Placed> imported() {
    return imported;
  }

  Map<String, byte[]> values() {
    return values;
  }

  List<Snapshot> snapshots() {
    return snapshots;
  }

  /** Whether there is nothing to write, compared with {@code start}. */
  boolean isEmpty(LogHead start) {
    return head.equals(start)
        && rows.isEmpty()
        && imported.isEmpty()
        && values.isEmpty()
        && snapshots.isEmpty()
        && more.isEmpty()
        && prunes.isEmpty();
  }
}
