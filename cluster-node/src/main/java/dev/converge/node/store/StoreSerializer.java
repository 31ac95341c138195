package dev.converge.node.store;

import com.fasterxml.jackson.dataformat.cbor.CBORGenerator;
import com.fasterxml.jackson.dataformat.cbor.CBORParser;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.serialization.SerializerWithStringManifest;
import org.apache.pekko.util.ByteString;

/**
 * Pekko's door to the store's forms, made by Pekko from {@code converge-store.conf}. The manifests
 * are the whole allow-list. A message is a CBOR array {@code [1, life, number, ...]}. Thread-safe.
 */
public final class StoreSerializer extends SerializerWithStringManifest {
  /** Part of the wire format: never change it. */
  static final int IDENTIFIER = 170_522;

  private static final int FORM = 1;
  private static final String BUCKET = "bucket";
  private static final String PUSH = "push";
  private static final String PUSH_ACK = "push-ack";
  private static final String FETCH = "fetch";
  private static final String FETCHED = "fetched";

  @Override
  public int identifier() {
    return IDENTIFIER;
  }

  @Override
  public String manifest(Object o) {
    if (o instanceof Bucket) {
      return BUCKET;
    }
    if (o instanceof StoreMessage.Push) {
      return PUSH;
    }
    if (o instanceof StoreMessage.PushAck) {
      return PUSH_ACK;
    }
    if (o instanceof StoreMessage.Fetch) {
      return FETCH;
    }
    if (o instanceof StoreMessage.Fetched) {
      return FETCHED;
    }
    throw new WireFormatException("cannot serialise a " + o.getClass().getName());
  }

  @Override
  public byte[] toBinary(Object o) {
    if (o instanceof Bucket bucket) {
      return BucketCodec.encode(bucket.state());
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (CBORGenerator g = BucketCodec.FACTORY.createGenerator(out)) {
      g.writeStartArray();
      g.writeNumber(FORM);
      g.writeNumber(((StoreMessage) o).life());
      if (o instanceof StoreMessage.Push push) {
        g.writeNumber(push.batch());
        for (StoreMessage.Part part : push.parts()) {
          g.writeNumber(part.bucket());
          g.writeBinary(part.delta().toArray());
        }
      } else if (o instanceof StoreMessage.PushAck ack) {
        g.writeNumber(ack.batch());
      } else if (o instanceof StoreMessage.Fetch fetch) {
        g.writeNumber(fetch.read());
        g.writeNumber(fetch.bucket());
      } else if (o instanceof StoreMessage.Fetched fetched) {
        g.writeNumber(fetched.read());
        g.writeBinary(fetched.state().toArray());
      }
      g.writeEndArray();
    } catch (IOException e) {
      throw new WireFormatException("a message that cannot be encoded: " + e.getMessage(), e);
    }
    return out.toByteArray();
  }

  /**
   * Reads a bucket or a message.
   *
   * @throws IllegalArgumentException if the bytes or the manifest are none of ours
   */
  @Override
  public Object fromBinary(byte[] bytes, String manifest) {
    if (manifest.equals(BUCKET)) {
      return new Bucket(BucketCodec.decode(bytes));
    }
    try (CBORParser p = BucketCodec.FACTORY.createParser(bytes)) {
      WireReader in = new WireReader(p);
      in.startArray("a message");
      long form = in.number("the version of the form");
      if (form != FORM) {
        throw new WireFormatException(
            "a message of form " + form + "; this node reads form " + FORM + ", upgrade it");
      }
      long life = in.number("a life");
      long number = in.number("a number");
      StoreMessage message =
          switch (manifest) {
            case PUSH -> new StoreMessage.Push(life, number, parts(in));
            case PUSH_ACK -> new StoreMessage.PushAck(life, number);
            case FETCH -> new StoreMessage.Fetch(life, number, bucket(in.number("a bucket")));
            case FETCHED -> new StoreMessage.Fetched(life, number, in.bytes("a state"));
            default ->
                throw new WireFormatException(
                    "bytes marked '" + manifest + "', which this node does not know; upgrade it");
          };
      if (!(message instanceof StoreMessage.Push)) {
        in.endArray("a message");
      }
      in.end();
      return message;
    } catch (IOException e) {
      throw new WireFormatException("not a message of the store: " + e.getMessage(), e);
    }
  }

  private static List<StoreMessage.Part> parts(WireReader in) throws IOException {
    List<StoreMessage.Part> parts = new ArrayList<>();
    while (in.hasNext()) {
      int bucket = bucket(in.currentNumber("a bucket"));
      ByteString delta = in.bytes("a delta");
      parts.add(new StoreMessage.Part(bucket, delta));
    }
    return parts;
  }

  private static int bucket(long index) {
    if (index < 0 || index >= Buckets.COUNT) {
      throw new WireFormatException("there is no bucket " + index);
    }
    return (int) index;
  }
}
