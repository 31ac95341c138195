package dev.converge.pekko.migration;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;

/**
 * The tables of {@code pekko-persistence-jdbc} as it creates them ({@code event_journal}), on any
 * database that takes their names in double quotes and {@code LIMIT}, as H2 and PostgreSQL do. Only
 * reads. Event adapters are not applied: the mapping gets what was stored.
 */
public final class JdbcOldEvents implements OldEvents {
  private static final String IDS =
      "SELECT DISTINCT \"persistence_id\" FROM %s WHERE \"deleted\" = FALSE"
          + " AND \"persistence_id\" > ? AND LEFT(\"persistence_id\", ?) = ? ORDER BY 1 LIMIT ?";
  private static final String EVENTS =
      "SELECT \"sequence_number\", \"write_timestamp\", \"event_ser_id\","
          + " \"event_ser_manifest\", \"event_payload\" FROM %s WHERE \"persistence_id\" = ?"
          + " AND \"sequence_number\" > ? AND \"deleted\" = FALSE"
          + " ORDER BY \"sequence_number\" LIMIT ?";

  private final DataSource source;
  private final PayloadReader payloads;
  private final String table;

  /** Turns stored bytes into the old event. */
  public interface PayloadReader {
    /**
     * The event of a row.
     *
     * @param serializer the id of the serializer that wrote it
     * @param manifest what that serializer noted
     * @throws Exception if it cannot be read
     */
    Object read(int serializer, String manifest, byte[] payload) throws Exception;
  }

  /**
   * Reads table {@code event_journal}.
   *
   * @param source connections to the old database
   */
  public JdbcOldEvents(DataSource source, PayloadReader payloads) {
    this(source, payloads, "event_journal");
  }

  /**
   * Reads a table of another name.
   *
   * @param table letters, digits and underscores
   */
  public JdbcOldEvents(DataSource source, PayloadReader payloads, String table) {
    if (!table.matches("\\w{1,63}")) {
      throw new IllegalArgumentException(
          "a table's name has letters, digits and underscores, not '" + table + "'");
    }
    this.source = source;
    this.payloads = payloads;
    this.table = '"' + table + '"';
  }

  /** The serializers that an actor system is configured with, as the old application's was. */
  public static PayloadReader serializersOf(ActorSystem system) {
    Serialization serialization = SerializationExtension.get(system);
    return (serializer, manifest, payload) ->
        serialization.deserialize(payload, serializer, manifest).get();
  }

  @Override
  public List<String> persistenceIds(String prefix, String after, int limit) {
    try (Connection connection = source.getConnection();
        PreparedStatement query = connection.prepareStatement(IDS.formatted(table))) {
      query.setString(1, after);
      query.setInt(2, prefix.length());
      query.setString(3, prefix);
      query.setInt(4, limit);
      try (ResultSet rows = query.executeQuery()) {
        List<String> ids = new ArrayList<>();
        while (rows.next()) {
          ids.add(rows.getString(1));
        }
        return ids;
      }
    } catch (SQLException e) {
      throw new MigrationException("cannot list the old entities: " + e.getMessage(), e);
    }
  }

  @Override
  public List<OldEvent> events(String persistenceId, long after, int limit) {
    try (Connection connection = source.getConnection();
        PreparedStatement query = connection.prepareStatement(EVENTS.formatted(table))) {
      query.setString(1, persistenceId);
      query.setLong(2, after);
      query.setInt(3, limit);
      try (ResultSet rows = query.executeQuery()) {
        List<OldEvent> events = new ArrayList<>();
        while (rows.next()) {
          long sequence = rows.getLong(1);
          events.add(
              new OldEvent(
                  persistenceId,
                  sequence,
                  rows.getLong(2),
                  event(
                      persistenceId,
                      sequence,
                      rows.getInt(3),
                      rows.getString(4),
                      rows.getBytes(5))));
        }
        return events;
      }
    } catch (SQLException e) {
      throw new MigrationException(
          "cannot read the old events of " + persistenceId + ": " + e.getMessage(), e);
    }
  }

  private Object event(
      String persistenceId, long sequence, int serializer, String manifest, byte[] payload) {
    try {
      return payloads.read(serializer, manifest, payload);
    } catch (Exception e) {
      throw new MigrationException(
          "event "
              + sequence
              + " of "
              + persistenceId
              + " cannot be read by serializer "
              + serializer
              + " (manifest '"
              + manifest
              + "'): "
              + e
              + "; configure the serializers of the old application",
          e);
    }
  }
}
