package dev.converge.crdt.testing;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Damage to bytes: by accident, and as someone would do it who knows that there are lengths. */
public final class Mutations {
  private static final int[] EVIL = {
    0, 1, 2, 0x7F, 0x80, 0x81, 0xFE, 0xFF, '"', '-', '9', '{', '['
  };
  private static final int MOST = 1 << 16;

  private Mutations() {}

  /** A damaged copy of one of {@code corpus}; now and then parts of two, or nothing but noise. */
  public static byte[] damaged(Random random, List<byte[]> corpus) {
    byte[] bytes = corpus.get(random.nextInt(corpus.size())).clone();
    for (int times = 1 + random.nextInt(4); times > 0; times--) {
      bytes = once(random, bytes, corpus);
    }
    return bytes;
  }

  private static byte[] once(Random random, byte[] bytes, List<byte[]> corpus) {
    if (bytes.length == 0) {
      return noise(random, 1 + random.nextInt(64));
    }
    int at = random.nextInt(bytes.length);
    switch (random.nextInt(10)) {
      case 0, 1 -> bytes[at] ^= (byte) (1 << random.nextInt(8));
      case 2 -> bytes[at] = (byte) EVIL[random.nextInt(EVIL.length)];
      case 3 -> bytes[at] += (byte) (random.nextBoolean() ? 1 : -1);
      case 4 -> {
        return Arrays.copyOf(bytes, at);
      }
      case 5 -> {
        byte[] other = corpus.get(random.nextInt(corpus.size()));
        int from = random.nextInt(other.length);
        return splice(bytes, at, at, other, from, from + random.nextInt(other.length - from));
      }
      case 6 -> {
        int to = at + random.nextInt(Math.min(16, bytes.length - at));
        return splice(bytes, at, to, bytes, 0, 0);
      }
      case 7 -> {
        int from = random.nextInt(bytes.length);
        int length = random.nextInt(Math.min(16, bytes.length - from) + 1);
        return splice(bytes, at, at, bytes, from, from + length);
      }
      case 8 -> {
        // A length that claims the most.
        byte[] claim = {-1, -1, -1, -1, (byte) (random.nextBoolean() ? 0x07 : -1), 0x7F};
        return splice(bytes, at, at + 1, claim, 0, 1 + random.nextInt(claim.length));
      }
      default -> {
        byte[] noise = noise(random, 1 + random.nextInt(24));
        return splice(bytes, at, Math.min(bytes.length, at + noise.length), noise, 0, noise.length);
      }
    }
    return bytes;
  }

  private static byte[] noise(Random random, int length) {
    byte[] noise = new byte[length];
    random.nextBytes(noise);
    return noise;
  }

  /** {@code bytes} with what is from {@code from} to {@code to} replaced by a part of another. */
  private static byte[] splice(
      byte[] bytes, int from, int to, byte[] other, int otherFrom, int otherTo) {
    int length = bytes.length - (to - from) + (otherTo - otherFrom);
    if (length > MOST) {
      return bytes;
    }
    byte[] result = new byte[length];
    System.arraycopy(bytes, 0, result, 0, from);
    System.arraycopy(other, otherFrom, result, from, otherTo - otherFrom);
    System.arraycopy(bytes, to, result, from + otherTo - otherFrom, bytes.length - to);
    return result;
  }
}
