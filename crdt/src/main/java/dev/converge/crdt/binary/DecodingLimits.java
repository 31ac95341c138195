package dev.converge.crdt.binary;

/**
 * How much of a reader's memory and stack a stranger's bytes may take.
 *
 * <p>Memory is bounded by more than these: a count is believed only as far as there are bytes left
 * that could hold so many, so a small input makes a small value whatever it claims. Immutable and
 * thread-safe.
 *
 * @param maxBytes how long an input may be, after decompression too
 * @param maxDepth how deep maps may be nested
 * @param maxElements how many elements, keys, dots or replicas one collection may have; it also
 *     bounds the dots of a causal context that have arrived out of order
 * @param maxStringBytes how long one string or byte array may be, in bytes
 */
public record DecodingLimits(int maxBytes, int maxDepth, int maxElements, int maxStringBytes) {
  /** 256 MiB, 32 levels, 4 million elements, strings of 16 MiB. */
  public static final DecodingLimits DEFAULT =
      new DecodingLimits(256 << 20, 32, 4_000_000, 16 << 20);

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if a limit is not positive
   */
  public DecodingLimits {
    if (maxBytes < 1 || maxDepth < 1 || maxElements < 1 || maxStringBytes < 1) {
      throw new IllegalArgumentException(
          "limits are positive: "
              + maxBytes
              + " bytes, "
              + maxDepth
              + " levels, "
              + maxElements
              + " elements, strings of "
              + maxStringBytes);
    }
  }

  /** With another {@link #maxBytes}. */
  public DecodingLimits withMaxBytes(int bytes) {
    return new DecodingLimits(bytes, maxDepth, maxElements, maxStringBytes);
  }

  /** With another {@link #maxDepth}. */
  public DecodingLimits withMaxDepth(int depth) {
    return new DecodingLimits(maxBytes, depth, maxElements, maxStringBytes);
  }

  /** With another {@link #maxElements}. */
  public DecodingLimits withMaxElements(int elements) {
    return new DecodingLimits(maxBytes, maxDepth, elements, maxStringBytes);
  }

  /** With another {@link #maxStringBytes}. */
  public DecodingLimits withMaxStringBytes(int bytes) {
    return new DecodingLimits(maxBytes, maxDepth, maxElements, bytes);
  }
}
