package dev.converge.pekko.journal;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.wire.Erased;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.EventRecordCodec;
import dev.converge.pekko.wire.LogRow;
import dev.converge.pekko.wire.WireException;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * One row as it was read.
 *
 * @param key the persistence id; empty for a row that belongs to no entity
 * @param position the sequence number of persistence
 * @param originNumber 0 if the row is in no log
 * @param origin null if the row is in no log
 * @param lsn 0 if the row is in no log, or its place is not known
 * @param time packed; 0 if it has none
 * @param after see {@link AfterForm}
 * @param check the checksum that was stored with it; null in rows of a journal that had none
 * @param payload the bytes
 * @param plain the rest of an ordinary message, else null
 */
@SuppressWarnings("ArrayRecordComponent") // handed on once, never compared
record StoredRow(
    String key,
    long position,
    int kind,
    int originNumber,
    @Nullable ReplicaId origin,
    long lsn,
    long time,
    byte[] after,
    @Nullable Integer check,
    byte[] payload,
    @Nullable Plain plain) {

  /** Of {@code event_log}. */
  static final String COLUMNS =
      "\"position\", \"persistence_id\", \"kind\", \"origin\", \"lsn\", \"hlc\", \"after\","
          + " \"crc\", \"event_payload\"";

  /** The same columns without what may be damaged or large. */
  static final String KEYS =
      "\"position\", \"persistence_id\", \"kind\", \"origin\", \"lsn\", \"hlc\", NULL, NULL,"
          + " NULL";

  /** Of {@code message_log}. */
  static final String MESSAGE =
      "\"persistence_id\", \"sequence_number\", \"crc\", \"event_payload\", \"event_ser_id\","
          + " \"event_ser_manifest\", \"adapter_manifest\", \"writer\", \"write_timestamp\"";

  private static final byte[] NOTHING = new byte[0];

  /**
   * What only ordinary messages have.
   *
   * @param serializer identifier of the serializer that wrote the payload
   * @param manifest that serializer's manifest
   * @param adapterManifest the event adapter's manifest; mostly empty
   * @param writer Pekko's id of the writing actor's life
   * @param timestamp wall milliseconds
   */
  record Plain(
      int serializer, String manifest, String adapterManifest, String writer, long timestamp) {}

  /** Reads the {@link #COLUMNS}. */
  static StoredRow read(ResultSet rows, ReplicaTable replicas) throws SQLException {
    int kind = rows.getInt(3);
    int origin = rows.getInt(4);
    byte[] after = rows.getBytes(7);
    int check = rows.getInt(8);
    boolean checked = !rows.wasNull();
    byte[] payload = rows.getBytes(9);
    return new StoredRow(
        rows.getString(2),
        rows.getLong(1),
        kind,
        origin,
        origin == 0 ? null : replicas.replicaOf(origin),
        rows.getLong(5),
        rows.getLong(6),
        after == null ? NOTHING : after,
        checked ? check : null,
        payload == null ? NOTHING : payload,
        null);
  }

  /** Reads the columns of a {@link #MESSAGE}. */
  static StoredRow message(ResultSet rows) throws SQLException {
    int check = rows.getInt(3);
    boolean checked = !rows.wasNull();
    byte[] payload = rows.getBytes(4);
    return new StoredRow(
        rows.getString(1),
        rows.getLong(2),
        RowKind.PLAIN.code(),
        0,
        null,
        0,
        0,
        NOTHING,
        checked ? check : null,
        payload == null ? NOTHING : payload,
        new Plain(
            rows.getInt(5),
            rows.getString(6),
            rows.getString(7),
            rows.getString(8),
            rows.getLong(9)));
  }

  /**
   * Compares the row with its checksum. O(bytes).
   *
   * @throws DamagedRowException if it is another
   */
  void verify() {
    if (check != null && checksum() != check) {
      throw damaged("its checksum is wrong", null);
    }
  }

  private int checksum() {
    try {
      return RowCheck.of(key, RowKind.of(kind), originNumber, lsn, time, after, payload);
    } catch (IllegalArgumentException e) {
      throw damaged(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * The row of an erased entity, without its contents. One that is damaged has none at all then,
   * and stays damaged until a peer's copy takes its place.
   */
  StoredRow erased() {
    if (kind != RowKind.EVENT.code()) {
      return this;
    }
    try {
      verify();
      EventRecord before = EventRecordCodec.decode(payload);
      EventRecord after = Erased.of(before);
      if (after == before) {
        return this;
      }
      byte[] bytes = EventRecordCodec.encode(after);
      int now = RowCheck.of(key, RowKind.EVENT, originNumber, lsn, time, this.after, bytes);
      return with(bytes, now);
    } catch (DamagedRowException | WireException e) {
      return with(NOTHING, check == null ? 0 : check);
    }
  }

  private StoredRow with(byte[] bytes, int checksum) {
    return new StoredRow(
        key, position, kind, originNumber, origin, lsn, time, after, checksum, bytes, plain);
  }

  /**
   * The row of a log.
   *
   * @throws DamagedRowException if it is not what was written
   */
  LogRow toLogRow(AfterForm afterForm, ReplicaTable replicas) {
    verify();
    if (origin == null) {
      throw damaged("it is in no log that is known", null);
    }
    try {
      VersionVector vector = afterForm.vector(after, replicas::replicaOf);
      return new LogRow(
          origin, lsn, vector, new EntryForm(key, RowKind.of(kind), payload).entry(), position);
    } catch (IllegalArgumentException e) {
      throw damaged(String.valueOf(e.getMessage()), e);
    }
  }

  DamagedRowException damaged(String why, @Nullable Throwable cause) {
    return new DamagedRowException(key, position, origin, lsn, why, cause);
  }
}
