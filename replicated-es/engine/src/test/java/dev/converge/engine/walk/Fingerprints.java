package dev.converge.engine.walk;

/** 64 bits that stand for a state, as model checkers do it: a walk keeps these alone. */
final class Fingerprints {
  private Fingerprints() {}

  static long of(CharSequence text) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x9E3779B97F4A7C15L;
      hash ^= hash >>> 29;
    }
    return mix(hash);
  }

  static long join(long a, long b) {
    return mix(a * 31 + mix(b));
  }

  private static long mix(long value) {
    long z = value;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** A set of them, in one array. */
  static final class Seen {
    private long[] table = new long[1 << 16];
    private int size;

    /** Adds one; says whether it is new. */
    boolean add(long fingerprint) {
      long value = fingerprint == 0 ? 1 : fingerprint;
      if (size * 2 > table.length) {
        long[] old = table;
        table = new long[old.length * 2];
        for (long one : old) {
          if (one != 0) {
            put(one);
          }
        }
      }
      boolean isNew = put(value);
      size += isNew ? 1 : 0;
      return isNew;
    }

    private boolean put(long value) {
      int i = (int) value & table.length - 1;
      while (table[i] != 0) {
        if (table[i] == value) {
          return false;
        }
        i = i + 1 & table.length - 1;
      }
      table[i] = value;
      return true;
    }

    int size() {
      return size;
    }
  }
}
