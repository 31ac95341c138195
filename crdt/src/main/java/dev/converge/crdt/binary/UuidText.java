package dev.converge.crdt.binary;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Strings that are all UUIDs as they are commonly written (36 characters, lower case), in 16 bytes
 * each.
 */
final class UuidText {
  private static final int LENGTH = 36;

  /** By character: the value of a digit, else -1. */
  private static final byte[] DIGITS = new byte[256];

  /** By byte: its two digits, the higher one above. */
  private static final short[] PAIRS = new short[256];

  /** Where each byte's two digits stand. */
  private static final int[] PLACES = {0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34};

  static {
    Arrays.fill(DIGITS, (byte) -1);
    for (int value = 0; value < 16; value++) {
      DIGITS[Character.forDigit(value, 16)] = (byte) value;
    }
    for (int value = 0; value < 256; value++) {
      PAIRS[value] =
          (short) (Character.forDigit(value >> 4, 16) << 8 | Character.forDigit(value & 15, 16));
    }
  }

  private UuidText() {}

  /** Writes them if all are UUIDs, and there is one; if not, nothing is written, and false. */
  static boolean writeAll(BinaryWriter out, List<? extends String> values) {
    int mark = out.size();
    byte[] uuid = new byte[16];
    for (String text : values) {
      if (!parse(text, uuid)) {
        out.truncate(mark);
        return false;
      }
      out.writeRaw(uuid, 0, uuid.length);
    }
    return !values.isEmpty();
  }

  /** Whether all are UUIDs, and there is one: such must not be written otherwise. */
  static boolean areAll(List<String> values) {
    byte[] uuid = new byte[16];
    for (String text : values) {
      if (!parse(text, uuid)) {
        return false;
      }
    }
    return !values.isEmpty();
  }

  private static boolean parse(String text, byte[] uuid) {
    if (text.length() != LENGTH || text.charAt(8) != '-') {
      return false;
    }
    byte[] chars = text.getBytes(StandardCharsets.ISO_8859_1);
    int wrong = (chars[13] ^ '-') | (chars[18] ^ '-') | (chars[23] ^ '-');
    for (int i = 0; i < uuid.length; i++) {
      int high = DIGITS[chars[PLACES[i]] & 0xFF];
      int low = DIGITS[chars[PLACES[i] + 1] & 0xFF];
      wrong |= (high | low) >> 4;
      uuid[i] = (byte) (high << 4 | low);
    }
    return wrong == 0;
  }

  static List<String> readAll(BinaryReader in, int count) {
    in.checkCount(count, 16);
    List<String> values = new ArrayList<>(count);
    byte[] uuid = new byte[16];
    byte[] chars = new byte[LENGTH];
    Arrays.fill(chars, (byte) '-');
    for (int i = 0; i < count; i++) {
      in.readInto(uuid, 0, uuid.length);
      for (int k = 0; k < uuid.length; k++) {
        int digits = PAIRS[uuid[k] & 0xFF];
        chars[PLACES[k]] = (byte) (digits >> 8);
        chars[PLACES[k] + 1] = (byte) digits;
      }
      values.add(Utf8.ascii(chars, 0, LENGTH));
    }
    return values;
  }
}
