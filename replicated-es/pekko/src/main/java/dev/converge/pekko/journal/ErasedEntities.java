package dev.converge.pekko.journal;

import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.EventRecordCodec;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Which entities are erased, in memory and in the table {@code erased_entity}: some 300 bytes each.
 * The thread that commits adds; any may look.
 *
 * <p>What an entity's rows say is not handed out from the moment that it stands here, also while
 * they are still being overwritten.
 */
final class ErasedEntities {
  /** How far the erasure is. The numbers are part of the storage format. */
  enum Stage {
    /** Rows and checkpoints may still be there. */
    DECIDED(0),
    /** They are not; an archive may still have what left the journal before. */
    IN_JOURNAL(1),
    /** Nothing is left. */
    DONE(2);

    private final int code;

    Stage(int code) {
      this.code = code;
    }

    static Stage of(int code) {
      return code <= 0 ? DECIDED : code == 1 ? IN_JOURNAL : DONE;
    }
  }

  /**
   * One entity.
   *
   * @param record the first of the records that say so; null while only erased rows have come
   */
  record Entry(@Nullable EventRecord record, Stage stage) {}

  private static final Comparator<EventRecord> FIRST =
      Comparator.comparing(EventRecord::time).thenComparing(EventRecord::dot);

  private final Map<String, Entry> entries = new ConcurrentHashMap<>();
  private volatile Runnable told = () -> {};

  /** Runs {@code task} whenever there is something to overwrite. */
  void onDecided(Runnable task) {
    told = task;
  }

  boolean contains(String key) {
    return !entries.isEmpty() && entries.containsKey(key);
  }

  @Nullable EventRecord record(String key) {
    Entry entry = entries.get(key);
    return entry == null ? null : entry.record();
  }

  /** Those at a stage, sorted. */
  Set<String> at(Stage stage) {
    Set<String> keys = new TreeSet<>();
    entries.forEach(
        (key, entry) -> {
          if (entry.stage() == stage) {
            keys.add(key);
          }
        });
    return keys;
  }

  /** The first of two records in the order of all events; the same at every replica. */
  static @Nullable EventRecord first(@Nullable EventRecord a, @Nullable EventRecord b) {
    return a == null || b == null ? (a == null ? b : a) : FIRST.compare(a, b) <= 0 ? a : b;
  }

  /** Reads all again. */
  void read(Connection connection) throws SQLException {
    Map<String, Entry> found = new TreeMap<>();
    try (PreparedStatement query =
            connection.prepareStatement(
                "SELECT \"persistence_id\", \"record\", \"stage\" FROM \"erased_entity\"");
        ResultSet rows = query.executeQuery()) {
      while (rows.next()) {
        byte[] record = rows.getBytes(2);
        found.put(
            rows.getString(1),
            new Entry(
                record == null ? null : EventRecordCodec.decode(record), Stage.of(rows.getInt(3))));
      }
    }
    entries.putAll(found);
    entries.keySet().retainAll(found.keySet());
  }

  /**
   * Writes what a batch erases.
   *
   * @param erasing by entity the first record in the batch, if one is in it
   */
  void write(Connection connection, Map<String, @Nullable EventRecord> erasing)
      throws SQLException {
    for (Map.Entry<String, @Nullable EventRecord> one : erasing.entrySet()) {
      EventRecord record = first(record(one.getKey()), one.getValue());
      byte[] bytes = record == null ? null : EventRecordCodec.encode(record);
      if (!contains(one.getKey())) {
        LogInserts.run(
            connection,
            "INSERT INTO \"erased_entity\" (\"persistence_id\", \"record\", \"stage\")"
                + " VALUES (?, ?, ?)",
            one.getKey(),
            bytes,
            Stage.DECIDED.code);
      } else if (bytes != null) {
        LogInserts.run(
            connection,
            "UPDATE \"erased_entity\" SET \"record\" = ? WHERE \"persistence_id\" = ?",
            bytes,
            one.getKey());
      }
    }
  }

  /** What was {@link #write written} is committed. */
  void written(Map<String, @Nullable EventRecord> erasing) {
    if (erasing.isEmpty()) {
      return;
    }
    erasing.forEach(
        (key, record) ->
            entries.merge(
                key,
                new Entry(record, Stage.DECIDED),
                (old, now) -> new Entry(first(old.record(), now.record()), old.stage())));
    told.run();
  }

  /** All rows were dropped. */
  void clear() {
    entries.clear();
  }

  /** Writes that an entity has come to a stage. */
  static void write(Connection connection, String key, Stage stage) throws SQLException {
    LogInserts.run(
        connection,
        "UPDATE \"erased_entity\" SET \"stage\" = ? WHERE \"persistence_id\" = ?",
        stage.code,
        key);
  }

  /** It is committed that an entity has come to a stage. */
  void reached(String key, Stage stage) {
    entries.computeIfPresent(key, (same, entry) -> new Entry(entry.record(), stage));
  }
}
