package dev.converge.pekko.migration;

/**
 * What an old journal has of an event, not read yet: for an adapter that knows the old form by
 * itself, without the old application's serializers. Immutable by agreement: nobody writes into the
 * array.
 *
 * @param serializer the id of the serializer that wrote it
 * @param manifest what that serializer noted
 * @param bytes what it wrote
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record OldPayload(int serializer, String manifest, byte[] bytes) {
  /** Leaves events unread. */
  public static JdbcOldEvents.PayloadReader reader() {
    return OldPayload::new;
  }
}
