package dev.converge.node.store;

import dev.converge.crdt.binary.BinaryReader;
import dev.converge.crdt.binary.BinaryWriter;
import dev.converge.crdt.binary.DecodingException;
import dev.converge.crdt.binary.DecodingLimits;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.node.store.StoreMessage.Ask;
import dev.converge.node.store.StoreMessage.Body;
import dev.converge.node.store.StoreMessage.Close;
import dev.converge.node.store.StoreMessage.Closed;
import dev.converge.node.store.StoreMessage.Compare;
import dev.converge.node.store.StoreMessage.Digests;
import dev.converge.node.store.StoreMessage.Equal;
import dev.converge.node.store.StoreMessage.Given;
import dev.converge.node.store.StoreMessage.Pages;
import dev.converge.node.store.StoreMessage.Part;
import dev.converge.node.store.StoreMessage.Place;
import dev.converge.node.store.StoreMessage.Push;
import dev.converge.node.store.StoreMessage.PushAck;
import dev.converge.node.store.StoreMessage.Sender;
import dev.converge.node.store.StoreMessage.Want;
import dev.converge.node.store.StoreMessage.Wanted;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.apache.pekko.serialization.SerializerWithStringManifest;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * Pekko's door to the store's messages, made by Pekko from {@code converge-store.conf}: one
 * manifest, then the version of the form, the sender, a number for the kind of the body, and its
 * fields in their order. Thread-safe.
 */
public final class StoreSerializer extends SerializerWithStringManifest {
  /** Part of the wire format: never change it. */
  static final int IDENTIFIER = 170_522;

  private static final int FORM = 2;
  private static final String MANIFEST = "store";
  private static final int PUSH = 1;
  private static final int PUSH_ACK = 2;
  private static final int COMPARE = 3;
  private static final int EQUAL = 4;
  private static final int DIGESTS = 5;
  private static final int ASK = 6;
  private static final int PAGES = 7;
  private static final int WANT = 8;
  private static final int GIVEN = 9;
  private static final int CLOSE = 10;
  private static final int CLOSED = 11;

  @Override
  public int identifier() {
    return IDENTIFIER;
  }

  @Override
  public String manifest(Object o) {
    if (o instanceof StoreMessage) {
      return MANIFEST;
    }
    throw new WireFormatException("cannot serialise a " + o.getClass().getName());
  }

  @Override
  public byte[] toBinary(Object o) {
    StoreMessage message = (StoreMessage) o;
    BinaryWriter out = new BinaryWriter(256);
    Sender from = message.from();
    out.writeByte(FORM).writeString(from.name()).writeVarint(from.process());
    out.writeLong(from.system());
    write(out, message.body());
    return out.toByteArray();
  }

  private static void write(BinaryWriter out, Body body) {
    if (body instanceof Push push) {
      out.writeByte(PUSH).writeVarint(push.batch()).writeBoolean(push.isAwaited());
      writeAll(out, push.parts(), StoreSerializer::writePart);
    } else if (body instanceof PushAck ack) {
      out.writeByte(PUSH_ACK).writeVarint(ack.batch());
    } else if (body instanceof Compare compare) {
      out.writeByte(COMPARE).writeLong(compare.root());
    } else if (body instanceof Equal equal) {
      out.writeByte(EQUAL).writeBoolean(equal.isAll());
    } else if (body instanceof Digests digests) {
      out.writeByte(DIGESTS);
      for (long digest : digests.digests()) {
        out.writeLong(digest);
      }
      out.writeBytes(digests.partial().toByteArray());
    } else if (body instanceof Ask ask) {
      out.writeByte(ASK).writeVarint(ask.pull());
      writeAll(
          out, ask.buckets(), (o, place) -> writeDot(o.writeVarint(place.bucket()), place.after()));
    } else if (body instanceof Pages pages) {
      out.writeByte(PAGES).writeVarint(pages.pull());
      writeAll(out, pages.pages(), StoreSerializer::writePage);
    } else if (body instanceof Want want) {
      out.writeByte(WANT).writeVarint(want.pull());
      writeAll(out, want.dots(), StoreSerializer::writeWanted);
    } else if (body instanceof Given given) {
      out.writeByte(GIVEN).writeVarint(given.pull()).writeBoolean(given.isLast());
      writeAll(out, given.parts(), StoreSerializer::writePart);
    } else if (body instanceof Close close) {
      out.writeByte(CLOSE);
      writeAll(out, close.known(), StoreSerializer::writeWanted);
    } else if (body instanceof Closed closed) {
      out.writeByte(CLOSED);
      writeAll(out, closed.buckets(), (o, bucket) -> o.writeVarint(bucket));
    }
  }

  private static void writeWanted(BinaryWriter out, Wanted wanted) {
    wanted.dots().write(out.writeVarint(wanted.bucket()));
  }

  private static <T> void writeAll(
      BinaryWriter out, List<T> all, BiConsumer<BinaryWriter, T> writer) {
    out.writeVarint(all.size());
    all.forEach(each -> writer.accept(out, each));
  }

  private static void writePart(BinaryWriter out, Part part) {
    out.writeVarint(part.bucket()).writeVarint(part.base());
    out.writeBytes(part.delta().toArrayUnsafe());
  }

  private static void writePage(BinaryWriter out, Page page) {
    page.seen().write(out.writeVarint(page.bucket()));
    page.alive().write(out);
    writeDot(out, page.end());
  }

  private static void writeDot(BinaryWriter out, @Nullable Dot dot) {
    out.writeBoolean(dot != null);
    if (dot != null) {
      out.writeString(dot.replica().name()).writeVarint(dot.replica().incarnation());
      out.writeVarint(dot.sequence());
    }
  }

  /**
   * Reads a message.
   *
   * @throws IllegalArgumentException if the bytes or the manifest are none of ours
   */
  @Override
  public Object fromBinary(byte[] bytes, String manifest) {
    if (!manifest.equals(MANIFEST)) {
      throw new WireFormatException(
          "bytes marked '" + manifest + "', which this node does not know; upgrade it");
    }
    try {
      BinaryReader in = new BinaryReader(bytes, DecodingLimits.DEFAULT);
      int form = in.readByte();
      if (form != FORM) {
        throw new WireFormatException(
            "a message of form " + form + "; this node reads form " + FORM + ", upgrade it");
      }
      Sender from = new Sender(in.readString(), in.readNatural(), in.readLong());
      StoreMessage message = new StoreMessage(from, body(in));
      in.expectEnd();
      return message;
    } catch (DecodingException | IllegalArgumentException | ArithmeticException e) {
      throw new WireFormatException("not a message of the store: " + e.getMessage(), e);
    }
  }

  private static Body body(BinaryReader in) {
    int kind = in.readByte();
    return switch (kind) {
      case PUSH ->
          new Push(in.readNatural(), in.readBoolean(), readAll(in, 2, StoreSerializer::part));
      case PUSH_ACK -> new PushAck(in.readNatural());
      case COMPARE -> new Compare(in.readLong());
      case EQUAL -> new Equal(in.readBoolean());
      case DIGESTS -> digests(in);
      case ASK -> new Ask(in.readNatural(), readAll(in, 2, i -> new Place(bucket(i), dot(i))));
      case PAGES -> new Pages(in.readNatural(), readAll(in, 4, StoreSerializer::page));
      case WANT -> new Want(in.readNatural(), readAll(in, 2, StoreSerializer::wanted));
      case GIVEN -> {
        long pull = in.readNatural();
        boolean isLast = in.readBoolean();
        yield new Given(pull, readAll(in, 2, StoreSerializer::part), isLast);
      }
      case CLOSE -> new Close(readAll(in, 2, StoreSerializer::wanted));
      case CLOSED -> new Closed(readAll(in, 1, StoreSerializer::bucket));
      default -> throw new WireFormatException("a message of kind " + kind + "; upgrade this node");
    };
  }

  private static Digests digests(BinaryReader in) {
    List<Long> digests = new ArrayList<>(Buckets.COUNT);
    for (int i = 0; i < Buckets.COUNT; i++) {
      digests.add(in.readLong());
    }
    return new Digests(digests, BitSet.valueOf(in.readBytes()));
  }

  private static <T> List<T> readAll(
      BinaryReader in, int bytesEach, Function<BinaryReader, T> reader) {
    int count = in.readCount(bytesEach);
    List<T> all = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      all.add(reader.apply(in));
    }
    return all;
  }

  private static Wanted wanted(BinaryReader in) {
    return new Wanted(bucket(in), DotRuns.read(in));
  }

  private static Part part(BinaryReader in) {
    return new Part(bucket(in), in.readNatural(), ByteString.fromArrayUnsafe(in.readBytes()));
  }

  private static Page page(BinaryReader in) {
    return new Page(bucket(in), DotRuns.read(in), DotRuns.read(in), dot(in));
  }

  private static @Nullable Dot dot(BinaryReader in) {
    return in.readBoolean()
        ? new Dot(new ReplicaId(in.readString(), in.readNatural()), in.readNatural())
        : null;
  }

  private static int bucket(BinaryReader in) {
    return in.readInt(Buckets.COUNT - 1);
  }
}
