package dev.converge.pekko.wire;

import com.fasterxml.jackson.annotation.JsonSetter;
import com.fasterxml.jackson.annotation.Nulls;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.cbor.databind.CBORMapper;
import java.io.IOException;
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
  private static final String PEER = "peer";

  private static final ObjectMapper MAPPER =
      CBORMapper.builder()
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .defaultSetterInfo(JsonSetter.Value.forContentNulls(Nulls.FAIL))
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          // A newer peer may say more than we understand.
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .build();

  @Override
  public int identifier() {
    return IDENTIFIER;
  }

  @Override
  public String manifest(Object o) {
    if (o instanceof EventRecord || o instanceof LoggedEvent) {
      return EVENT;
    }
    if (o instanceof PeerEnvelope) {
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
    try {
      return MAPPER.writeValueAsBytes(o);
    } catch (IOException e) {
      throw new WireException("cannot encode a message to a peer: " + e.getMessage(), e);
    }
  }

  @Override
  public Object fromBinary(byte[] bytes, String manifest) {
    return switch (manifest) {
      case EVENT -> EventRecordCodec.decode(bytes);
      case PEER -> {
        try {
          yield MAPPER.readValue(bytes, PeerEnvelope.class);
        } catch (IOException e) {
          throw new WireException("not a message from a peer: " + e.getMessage(), e);
        }
      }
      default ->
          throw new WireException(
              "bytes marked '" + manifest + "', which this node does not know; upgrade it", null);
    };
  }
}
