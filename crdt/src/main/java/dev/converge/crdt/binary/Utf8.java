package dev.converge.crdt.binary;

import java.nio.charset.StandardCharsets;

/**
 * UTF-8 that also has surrogates without a partner (known as WTF-8), because a Java string can have
 * them. Each string has one spelling, and only that is read.
 */
final class Utf8 {
  private Utf8() {}

  /** Whether a surrogate pair begins at {@code i}. */
  private static boolean isPair(CharSequence text, int i, int to) {
    return Character.isHighSurrogate(text.charAt(i))
        && i + 1 < to
        && Character.isLowSurrogate(text.charAt(i + 1));
  }

  /** How many bytes {@link #encode} will write. */
  static int length(String text, int from, int to) {
    long length = 0;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c >= 0x800 && isPair(text, i, to)) {
        length += 4;
        i++;
      } else {
        length += c < 0x80 ? 1 : c < 0x800 ? 2 : 3;
      }
    }
    return Math.toIntExact(length);
  }

  /** Writes to {@code target} from {@code at}, which has room; returns where it ended. */
  static int encode(String text, int from, int to, byte[] target, int at) {
    int end = at;
    for (int i = from; i < to; i++) {
      char c = text.charAt(i);
      if (c < 0x80) {
        target[end++] = (byte) c;
      } else if (c < 0x800) {
        target[end++] = (byte) (0xC0 | (c >> 6));
        target[end++] = (byte) (0x80 | (c & 0x3F));
      } else if (isPair(text, i, to)) {
        int point = Character.toCodePoint(c, text.charAt(++i));
        target[end++] = (byte) (0xF0 | (point >> 18));
        target[end++] = (byte) (0x80 | ((point >> 12) & 0x3F));
        target[end++] = (byte) (0x80 | ((point >> 6) & 0x3F));
        target[end++] = (byte) (0x80 | (point & 0x3F));
      } else {
        target[end++] = (byte) (0xE0 | (c >> 12));
        target[end++] = (byte) (0x80 | ((c >> 6) & 0x3F));
        target[end++] = (byte) (0x80 | (c & 0x3F));
      }
    }
    return end;
  }

  /** Whether there is nothing but ASCII. */
  static boolean isAscii(byte[] bytes, int from, int to) {
    int all = 0;
    for (int i = from; i < to; i++) {
      all |= bytes[i];
    }
    return all >= 0;
  }

  /**
   * Reads what {@link #encode} wrote, and nothing else.
   *
   * @throws DecodingException if the bytes are not that
   */
  static String decode(byte[] bytes, int from, int to) {
    char[] chars = new char[to - from];
    int length = 0;
    int i = from;
    while (i < to) {
      int first = bytes[i] & 0xFF;
      int more = first < 0x80 ? 0 : first < 0xE0 ? 1 : first < 0xF0 ? 2 : 3;
      if ((first >= 0x80 && (first < 0xC2 || first > 0xF4)) || i + more >= to) {
        throw invalid(i);
      }
      int point = more == 0 ? first : first & (0x3F >> more);
      for (int k = 1; k <= more; k++) {
        int next = bytes[i + k];
        if ((next & 0xC0) != 0x80) {
          throw invalid(i);
        }
        point = point << 6 | (next & 0x3F);
      }
      boolean tooLong = (more == 2 && point < 0x800) || (more == 3 && point < 0x10000);
      // After a high surrogate that stands alone; with its partner it is written as one character.
      boolean splitPair =
          more == 2
              && Character.isLowSurrogate((char) point)
              && length > 0
              && Character.isHighSurrogate(chars[length - 1]);
      if (tooLong || splitPair || point > Character.MAX_CODE_POINT) {
        throw invalid(i);
      }
      length += Character.toChars(point, chars, length);
      i += more + 1;
    }
    return new String(chars, 0, length);
  }

  /** A string of bytes that are all ASCII. */
  static String ascii(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
  }

  /**
   * A string of the bytes.
   *
   * @throws DecodingException if the bytes are not UTF-8, with {@code in}'s position
   */
  static String string(byte[] bytes, int from, int to, BinaryReader in) {
    if (isAscii(bytes, from, to)) {
      return ascii(bytes, from, to);
    }
    try {
      return decode(bytes, from, to);
    } catch (DecodingException e) {
      throw in.malformed("not UTF-8");
    }
  }

  /** The order of the encoded bytes, without encoding. */
  static int compare(String a, String b) {
    int both = Math.min(a.length(), b.length());
    for (int i = 0; i < both; i++) {
      char x = a.charAt(i);
      char y = b.charAt(i);
      if (x != y) {
        return rank(a, i) - rank(b, i);
      }
    }
    return a.length() - b.length();
  }

  /** The char at {@code i}, with halves of pairs moved above all else. */
  private static int rank(String text, int i) {
    char c = text.charAt(i);
    boolean paired =
        isPair(text, i, text.length())
            || (Character.isLowSurrogate(c) && i > 0 && isPair(text, i - 1, text.length()));
    return paired ? c + 0x10000 : c;
  }

  private static DecodingException invalid(int offset) {
    return new DecodingException("not UTF-8", offset);
  }
}
