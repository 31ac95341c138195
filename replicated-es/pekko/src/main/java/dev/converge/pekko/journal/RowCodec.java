package dev.converge.pekko.journal;

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
          message,
          event,
          ConvergeSerializer.IDENTIFIER,
          ConvergeSerializer.EVENT,
          event.encoded());
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
        event == null ? 0 : event.lsn(),
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
   * @throws RuntimeException if its bytes cannot be read
   */
  PersistentRepr message(String persistenceId, LogReader.Stored row) {
    Object payload =
        row.serializer() == ConvergeSerializer.IDENTIFIER
                && row.manifest().equals(ConvergeSerializer.EVENT)
            ? LoggedEvent.stored(null, row.lsn(), row.sequence(), row.payload())
            : serialization.deserialize(row.payload(), row.serializer(), row.manifest()).get();
    return PersistentRepr.apply(
            payload,
            row.sequence(),
            persistenceId,
            row.adapterManifest(),
            false,
            ActorRef.noSender(),
            row.writer())
        .withTimestamp(row.timestamp());
  }
}
