package dev.converge.pekko.wire;

import dev.converge.crdt.binary.BinaryReader;
import dev.converge.crdt.binary.BinaryWriter;
import dev.converge.crdt.binary.DecodingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Messages in frames of bounded length: a message that is longer goes in several and is put
 * together again. If one of them is lost, so is the message.
 *
 * <pre>
 * frame = 0, message  |  1, sender, number of the message, index, count, part
 * </pre>
 *
 * <p>What waits to be put together is bounded: for each sender {@value #INCOMPLETE} messages and
 * {@link PeerMessageCodec#MAX_BYTES}; the oldest makes room. Thread-safe.
 */
public final class Frames {
  /** How many messages of a sender may be incomplete. */
  static final int INCOMPLETE = 4;

  private static final int HEADER = 128;
  private static final int WHOLE = 0;
  private static final int PART = 1;

  private final int maxFrame;
  private final Map<String, Incomplete> incomplete = new HashMap<>();
  private long number;

  private static final class Incomplete {
    final LinkedHashMap<Long, byte[] @Nullable []> messages = new LinkedHashMap<>();
    long bytes;
  }

  /**
   * Frames of at most so many bytes.
   *
   * @param maxFrame at least 1,024
   * @param first where to begin to number messages: somewhere else in each life of a node, so that
   *     parts of two lives do not meet
   */
  public Frames(int maxFrame, long first) {
    if (maxFrame < 1_024) {
      throw new IllegalArgumentException("a frame has at least 1024 bytes, not " + maxFrame);
    }
    this.maxFrame = maxFrame;
    this.number = first >>> 2;
  }

  /** The frames of a message of {@code sender}. */
  public synchronized List<byte[]> split(String sender, byte[] message) {
    if (message.length < maxFrame) {
      BinaryWriter whole = new BinaryWriter(message.length + 1).writeByte(WHOLE);
      return List.of(whole.writeRaw(message, 0, message.length).toByteArray());
    }
    int size = maxFrame - HEADER;
    int count = (message.length + size - 1) / size;
    long id = ++number;
    List<byte[]> frames = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      int length = Math.min(size, message.length - i * size);
      BinaryWriter part = new BinaryWriter(length + HEADER).writeByte(PART);
      part.writeString(sender).writeVarint(id).writeVarint(i).writeVarint(count);
      frames.add(part.writeRaw(message, i * size, length).toByteArray());
    }
    return frames;
  }

  /**
   * Takes a frame.
   *
   * @param isKnown whether parts of messages of a sender are kept
   * @return the message that it completes; null if it completes none
   * @throws WireException if it is none
   */
  public byte @Nullable [] join(byte[] frame, Predicate<String> isKnown) {
    try {
      BinaryReader in = new BinaryReader(frame, PeerMessageCodec.LIMITS);
      int kind = in.readByte();
      if (kind == WHOLE) {
        return Arrays.copyOfRange(frame, 1, frame.length);
      }
      if (kind != PART) {
        throw in.malformed("a frame of the unknown kind " + kind);
      }
      String sender = in.readString();
      long id = in.readNatural();
      int index = in.readInt(Integer.MAX_VALUE);
      int count = in.readInt(PeerMessageCodec.MAX_BYTES / (1_024 - HEADER) + 1);
      if (index >= count) {
        throw in.malformed("part " + index + " of " + count);
      }
      if (!isKnown.test(sender)) {
        throw in.malformed("a part of a message of '" + sender + "', who is not known");
      }
      return add(sender, id, index, count, in.readRaw(in.remaining()));
    } catch (DecodingException e) {
      throw new WireException("not a frame: " + e.getMessage(), e);
    }
  }

  private synchronized byte @Nullable [] add(
      String sender, long id, int index, int count, byte[] part) {
    Incomplete of = incomplete.computeIfAbsent(sender, s -> new Incomplete());
    byte[] @Nullable [] parts = of.messages.computeIfAbsent(id, i -> new byte[count][]);
    if (parts.length != count) {
      drop(of, id);
      throw new WireException("a message of " + parts.length + " parts, and of " + count, null);
    }
    if (parts[index] == null) {
      parts[index] = part;
      of.bytes += part.length;
    }
    byte[] message = whole(parts);
    if (message != null) {
      drop(of, id);
    }
    while (of.messages.size() > INCOMPLETE || of.bytes > PeerMessageCodec.MAX_BYTES) {
      drop(of, of.messages.keySet().iterator().next());
    }
    if (of.messages.isEmpty()) {
      incomplete.remove(sender);
    }
    return message;
  }

  /** How many bytes wait for the rest of their message. */
  public synchronized long waitingBytes() {
    return incomplete.values().stream().mapToLong(of -> of.bytes).sum();
  }

  private static void drop(Incomplete of, long id) {
    byte[] @Nullable [] parts = of.messages.remove(id);
    if (parts != null) {
      for (byte[] part : parts) {
        of.bytes -= part == null ? 0 : part.length;
      }
    }
  }

  /** O(parts): messages of very many parts are rare, and bounded. */
  private static byte @Nullable [] whole(byte[] @Nullable [] parts) {
    int length = 0;
    for (byte[] part : parts) {
      if (part == null) {
        return null;
      }
      length += part.length;
    }
    byte[] message = new byte[length];
    int at = 0;
    for (byte[] part : parts) {
      if (part != null) {
        System.arraycopy(part, 0, message, at, part.length);
        at += part.length;
      }
    }
    return message;
  }
}
