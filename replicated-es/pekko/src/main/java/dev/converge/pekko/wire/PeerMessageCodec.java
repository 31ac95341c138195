package dev.converge.pekko.wire;

import dev.converge.crdt.binary.BinaryReader;
import dev.converge.crdt.binary.BinaryWriter;
import dev.converge.crdt.binary.DecodingException;
import dev.converge.crdt.binary.DecodingLimits;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.frontier.Promise;
import dev.converge.pekko.wire.PeerMessage.About;
import dev.converge.pekko.wire.PeerMessage.Answer;
import dev.converge.pekko.wire.PeerMessage.Ask;
import dev.converge.pekko.wire.PeerMessage.Fetch;
import dev.converge.pekko.wire.PeerMessage.Foreign;
import dev.converge.pekko.wire.PeerMessage.Hello;
import dev.converge.pekko.wire.PeerMessage.Holding;
import dev.converge.pekko.wire.PeerMessage.Range;
import dev.converge.pekko.wire.PeerMessage.Rows;
import dev.converge.pekko.wire.PeerMessage.Told;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of messages between nodes: {@code lowest version, highest version, sender, session,
 * kind, content}. What comes before the kind never changes, so that nodes of any versions can say
 * that they do not understand each other.
 *
 * <p>Reading takes the input as hostile: whatever it is, the outcome is a message or a {@link
 * WireException}. Thread-safe; O(bytes).
 */
public final class PeerMessageCodec {
  /** The longest message, in bytes, also after decompression. */
  public static final int MAX_BYTES = 64 << 20;

  /** The longest topic or error, in characters. */
  public static final int MAX_TEXT = 1_000;

  static final DecodingLimits LIMITS =
      DecodingLimits.DEFAULT.withMaxBytes(MAX_BYTES).withMaxStringBytes(MAX_BYTES);

  private static final int HELLO = 1;
  private static final int TOLD = 2;
  private static final int ROWS = 3;
  private static final int FETCH = 4;
  private static final int ABOUT = 5;
  private static final int ASK = 6;
  private static final int ANSWER = 7;

  private PeerMessageCodec() {}

  /**
   * The bytes of a message.
   *
   * @throws WireException if it is too long
   */
  public static byte[] encode(PeerEnvelope envelope) {
    return encode(envelope, PeerEnvelope.MIN_VERSION, PeerEnvelope.MAX_VERSION);
  }

  static byte[] encode(PeerEnvelope envelope, int minVersion, int maxVersion) {
    PeerMessage message = envelope.message();
    BinaryWriter out = new BinaryWriter(256);
    out.writeVarint(minVersion).writeVarint(maxVersion);
    Vectors.write(out, envelope.from());
    out.writeLong(envelope.session());
    if (message instanceof Hello hello) {
      write(out.writeByte(HELLO), hello);
    } else if (message instanceof Told told) {
      write(out.writeByte(TOLD), told);
    } else if (message instanceof Rows rows) {
      out.writeByte(ROWS).writeBoolean(rows.endsFetch());
      Sealed.write(out, RowsCodec.encode(rows.rows()));
    } else if (message instanceof Fetch fetch) {
      write(out.writeByte(FETCH), fetch);
    } else if (message instanceof About about) {
      out.writeByte(ABOUT).writeBytes(about.message());
    } else if (message instanceof Ask ask) {
      out.writeByte(ASK).writeVarint(ask.id()).writeString(ask.topic()).writeBytes(ask.body());
    } else if (message instanceof Answer answer) {
      out.writeByte(ANSWER).writeVarint(answer.id());
      String error = answer.error();
      out.writeBoolean(error != null);
      if (error != null) {
        out.writeString(error.substring(0, Math.min(error.length(), MAX_TEXT)));
      }
      out.writeBytes(answer.body());
    } else {
      throw new WireException("a " + message.getClass().getSimpleName() + " is not sent", null);
    }
    if (out.size() > MAX_BYTES) {
      throw new WireException(
          "a message of " + out.size() + " bytes is longer than the " + MAX_BYTES + " allowed",
          null);
    }
    return out.toByteArray();
  }

  private static void write(BinaryWriter out, Hello hello) {
    out.writeLong(hello.answers()).writeBoolean(hello.wantsAnswer()).writeVarint(hello.ownLsn());
    write(out, hello.state());
    Holding yours = hello.yours();
    out.writeBoolean(yours != null);
    if (yours != null) {
      Vectors.write(out, yours.origin());
      out.writeVarint(yours.lsn()).writeVarint(yours.at()).writeBytes(yours.hash());
    }
    out.writeBytes(hello.greeting());
  }

  private static void write(BinaryWriter out, Told told) {
    out.writeVarint(told.number()).writeZigZag(told.epoch());
    Vectors.write(out, told.held());
    out.writeBoolean(told.confirms()).writeVarint(told.promises().size());
    new TreeMap<>(told.promises())
        .forEach(
            (origin, promise) -> {
              Vectors.write(out, origin);
              out.writeVarint(promise.lsn()).writeVarint(promise.time().packed());
            });
    out.writeZigZag(told.wallMillis());
  }

  private static void write(BinaryWriter out, Fetch fetch) {
    out.writeVarint(fetch.wanted().size());
    new TreeMap<>(fetch.wanted())
        .forEach(
            (origin, range) -> {
              Vectors.write(out, origin);
              out.writeVarint(range.after()).writeVarint(range.upTo());
            });
  }

  /**
   * Reads what {@link #encode} wrote.
   *
   * @return with a {@link Foreign} message if the sender speaks other versions
   * @throws WireException if the bytes are anything else
   */
  public static PeerEnvelope decode(byte[] bytes) {
    try {
      BinaryReader in = new BinaryReader(bytes, LIMITS);
      int min = in.readInt(Integer.MAX_VALUE);
      int max = in.readInt(Integer.MAX_VALUE);
      if (min < 1 || max < min) {
        throw in.malformed("no versions are from " + min + " to " + max);
      }
      ReplicaId from = Vectors.readReplica(in);
      long session = in.readLong();
      if (min > PeerEnvelope.MAX_VERSION || max < PeerEnvelope.MIN_VERSION) {
        return new PeerEnvelope(from, session, new Foreign(min, max));
      }
      PeerMessage message = message(in, in.readByte());
      in.expectEnd();
      return new PeerEnvelope(from, session, message);
    } catch (DecodingException | IllegalArgumentException e) {
      throw new WireException("not a message from a peer: " + e.getMessage(), e);
    }
  }

  private static PeerMessage message(BinaryReader in, int kind) {
    return switch (kind) {
      case HELLO -> hello(in);
      case TOLD -> told(in);
      case ROWS -> {
        boolean endsFetch = in.readBoolean();
        yield new Rows(RowsCodec.decode(Sealed.read(in)), endsFetch);
      }
      case FETCH -> fetch(in);
      case ABOUT -> new About(in.readBytes());
      case ASK -> new Ask(in.readNatural(), text(in), in.readBytes());
      case ANSWER -> {
        long id = in.readNatural();
        String error = in.readBoolean() ? text(in) : null;
        yield new Answer(id, in.readBytes(), error);
      }
      default -> throw in.malformed("a message of the unknown kind " + kind);
    };
  }

  private static String text(BinaryReader in) {
    String text = in.readString();
    if (text.length() > MAX_TEXT) {
      throw in.malformed("a text of more than " + MAX_TEXT + " characters");
    }
    return text;
  }

  private static Hello hello(BinaryReader in) {
    long answers = in.readLong();
    boolean wantsAnswer = in.readBoolean();
    long ownLsn = in.readNatural();
    Told state = told(in);
    return new Hello(answers, wantsAnswer, ownLsn, state, holding(in), in.readBytes());
  }

  private static @Nullable Holding holding(BinaryReader in) {
    if (!in.readBoolean()) {
      return null;
    }
    ReplicaId origin = Vectors.readReplica(in);
    long lsn = in.readNatural();
    long at = in.readNatural();
    byte[] hash = in.readBytes();
    if (at > lsn || (hash.length != 0 && hash.length != RowHash.LENGTH)) {
      throw in.malformed("a hash of " + hash.length + " bytes at " + at + " of " + lsn);
    }
    return new Holding(origin, lsn, at, hash);
  }

  private static Told told(BinaryReader in) {
    long number = in.readNatural();
    long epoch = in.readZigZag();
    VersionVector held = Vectors.readVector(in);
    boolean confirms = in.readBoolean();
    int count = Vectors.readCount(in, 5);
    Map<ReplicaId, Promise> promises = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      ReplicaId origin = Vectors.readReplica(in);
      long lsn = in.readNatural();
      promises.put(origin, new Promise(lsn, HybridTimestamp.ofPacked(in.readNatural())));
    }
    return new Told(number, epoch, held, confirms, promises, in.readZigZag());
  }

  private static Fetch fetch(BinaryReader in) {
    int count = Vectors.readCount(in, 5);
    Map<ReplicaId, Range> wanted = new TreeMap<>();
    for (int i = 0; i < count; i++) {
      ReplicaId origin = Vectors.readReplica(in);
      wanted.put(origin, new Range(in.readNatural(), in.readNatural()));
    }
    return new Fetch(wanted);
  }
}
