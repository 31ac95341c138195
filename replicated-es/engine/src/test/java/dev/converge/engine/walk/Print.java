package dev.converge.engine.walk;

/**
 * 128 bits that stand for a value, as model checkers do it. Among ten million states two are taken
 * for one with a chance of about 1 : 10^24.
 */
record Print(long high, long low) implements Comparable<Print> {
  static Print of(CharSequence text) {
    long a = 0xcbf29ce484222325L;
    long b = 0x9ae16a3b2f90404fL;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      a = (a ^ c) * 0x9E3779B97F4A7C15L;
      a ^= a >>> 29;
      b = (b + c) * 0xD6E8FEB86659FD93L;
      b ^= b >>> 32;
    }
    return new Print(mix(a), mix(b));
  }

  Print and(Print other) {
    return and(other.high, other.low);
  }

  Print and(long value) {
    return and(value, ~value);
  }

  private Print and(long a, long b) {
    return new Print(mix(high * 31 + mix(a)), mix(low * 37 + mix(b ^ 0x5851F42D4C957F2DL)));
  }

  @Override
  public int compareTo(Print other) {
    return high != other.high ? Long.compare(high, other.high) : Long.compare(low, other.low);
  }

  private static long mix(long value) {
    long z = value;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
