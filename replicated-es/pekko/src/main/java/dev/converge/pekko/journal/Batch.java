package dev.converge.pekko.journal;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What one transaction writes, as it is put together. Not thread-safe. */
final class Batch {
  private final Unlisted unlisted;
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
  Batch(LogHead head, Unlisted unlisted) {
    this.head = head;
    this.unlisted = unlisted;
  }

  LogHead head() {
    return head;
  }

  Unlisted unlisted() {
    return unlisted;
  }

  void take(LogHead.Step step) {
    head = step.head();
    rows.addAll(step.rows());
  }

  void take(LogHead next) {
    head = next;
  }

  void put(String name, byte[] value) {
    values.put(name, value);
  }

  void save(Snapshot snapshot) {
    snapshots.add(snapshot);
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
