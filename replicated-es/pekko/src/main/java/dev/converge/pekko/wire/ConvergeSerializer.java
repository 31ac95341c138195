package dev.converge.pekko.wire;

import org.apache.pekko.serialization.SerializerWithStringManifest;

/**
 * Pekko's door to the forms of this package. The manifests below are the whole allow-list; bytes
 * with any other are refused.
 *
 * <p>Thread-safe.
 */
public final class ConvergeSerializer extends SerializerWithStringManifest {
  /** Our number among Pekko's serializers. Part of the storage format: never change it. */
  public static final int IDENTIFIER = 170_521;

  public static final String EVENT = "event";
  private static final String PEER = "link";

  @Override
  public int identifier() {
    return IDENTIFIER;
  }

  @Override
  public String manifest(Object o) {
    if (o instanceof EventRecord || o instanceof LoggedEvent) {
      return EVENT;
    }
    if (o instanceof PeerFrame) {
      return PEER;
    }
    throw new WireException("cannot serialise a " + o.getClass().getName(), null);
  }

  @Override
  public byte[] toBinary(Object o) {
    if (o instanceof EventRecord event) {
      return EventRecordCodec.encode(event);
    }
    if (o instanceof LoggedEvent event) {
      // The log number has a column of its own, because it is given after the encoding.
      return event.encoded();
    }
    if (o instanceof PeerFrame frame) {
      return frame.bytes();
    }
    throw new WireException("cannot serialise a " + o.getClass().getName(), null);
  }

  @Override
  public Object fromBinary(byte[] bytes, String manifest) {
    return switch (manifest) {
      case EVENT -> EventRecordCodec.decode(bytes);
      case PEER -> new PeerFrame(bytes);
      default ->
          throw new WireException(
              "bytes marked '" + manifest + "', which this node does not know; upgrade it", null);
    };
  }
}
