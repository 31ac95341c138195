package dev.converge.pekko.journal;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.pekko.wire.ConvergeSerializer;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.LoggedEvent;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializer;
import org.apache.pekko.serialization.Serializers;
import org.jspecify.annotations.Nullable;

/**
 * Between Pekko's persistent messages and rows. Replicated events have a form of their own; any
 * other event goes through the serializer that is configured for its class. Thread-safe.
 */
final class RowCodec {
  private final Serialization serialization;

  RowCodec(ExtendedActorSystem system) {
    this.serialization = SerializationExtension.get(system);
  }

  /**
   * The row of a message.
   *
   * @throws RuntimeException if the event cannot be serialised, or carries metadata
   */
  Row row(PersistentRepr message) {
    Object payload = message.payload();
    if (message.metadata().isDefined()) {
      throw new IllegalArgumentException(
          "this journal stores no metadata beside events; an event of Pekko's own replication belongs"
              + " into another journal");
    }
    if (payload instanceof LoggedEvent event) {
      return row(
          message, event, ConvergeSerializer.IDENTIFIER, ConvergeSerializer.EVENT, event.encoded());
    }
    Serializer serializer = serialization.findSerializerFor(payload);
    String manifest = Serializers.manifestFor(serializer, payload);
    byte[] bytes = serialization.serialize(payload).get();
    return row(message, null, serializer.identifier(), manifest, bytes);
  }

  private static Row row(
      PersistentRepr message,
      @Nullable LoggedEvent event,
      int serializer,
      String manifest,
      byte[] bytes) {
    EventRecord record = event == null ? null : event.record();
    return new Row(
        message.sequenceNr(),
        record,
        serializer,
        manifest,
        bytes,
        message.manifest(),
        message.writerUuid(),
        message.timestamp());
  }

  /**
   * The message of a row.
   *
   * @throws DamagedRowException if the row is not what was written
   * @throws RuntimeException if its bytes cannot be read
   */
  PersistentRepr message(StoredRow row) {
    row.verify();
    StoredRow.Plain plain = row.plain();
    if (plain == null) {
      return replicated(row);
    }
    Object payload =
        serialization.deserialize(row.payload(), plain.serializer(), plain.manifest()).get();
    return PersistentRepr.apply(
            payload,
            row.position(),
            row.key(),
            plain.adapterManifest(),
            false,
            ActorRef.noSender(),
            plain.writer())
        .withTimestamp(plain.timestamp());
  }

  /**
   * Rows of an entity come from several writers, which is no sign of a fault; so they are all given
   * the same one, or Pekko's replay filter would drop those of a writer that was seen before.
   */
  private static PersistentRepr replicated(StoredRow row) {
    return PersistentRepr.apply(
            LoggedEvent.stored(row.origin(), row.lsn(), row.position(), row.payload()),
            row.position(),
            row.key(),
            "",
            false,
            ActorRef.noSender(),
            "")
        .withTimestamp(HybridTimestamp.ofPacked(row.time()).millis());
  }
}
