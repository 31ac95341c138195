package dev.converge.node.store;

/**
 * How large values may grow, in bytes of their encoded form.
 *
 * <p>A bucket travels in one message, so it has to stay well below the frame size of remoting: two
 * sides of a split can each fill it, and their join must still fit. With 256 buckets, the defaults
 * hold up to 256 MiB.
 *
 * @param valueBytes the largest value of one key
 * @param bucketBytes the largest bucket; at most half of {@code
 *     pekko.remote.artery.advanced.maximum-frame-size}
 */
public record StoreLimits(int valueBytes, int bucketBytes) {
  /** 256 KiB a value, 1 MiB a bucket: for frames of 2 MiB. */
  public static final StoreLimits DEFAULT = new StoreLimits(256 << 10, 1 << 20);

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if a limit is below 1 or a value may be larger than a bucket
   */
  public StoreLimits {
    if (valueBytes < 1 || bucketBytes < valueBytes) {
      throw new IllegalArgumentException(
          "limits are positive and a bucket holds at least one value, not "
              + valueBytes
              + " and "
              + bucketBytes
              + " bytes");
    }
  }
}
