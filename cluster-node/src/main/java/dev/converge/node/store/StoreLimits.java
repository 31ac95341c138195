package dev.converge.node.store;

/**
 * How large writes and values may grow, in bytes of their encoded form, which is estimated.
 *
 * <p>A value of many parts (a set, a map, a text) travels in pieces, so only what one write brings
 * has to fit into a message.
 *
 * @param valueBytes the largest value of one key
 * @param writeBytes the largest single write; well below {@code
 *     pekko.remote.artery.advanced.maximum-frame-size}
 * @param keys how many keys; what other nodes have comes beyond that
 */
public record StoreLimits(int valueBytes, int writeBytes, int keys) {
  /** 64 MiB a value, 512 KiB a write (for frames of 2 MiB), 10 million keys. */
  public static final StoreLimits DEFAULT = new StoreLimits(64 << 20, 512 << 10, 10_000_000);

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if a limit is below 1 or a write may be larger than a value
   */
  public StoreLimits {
    if (writeBytes < 1 || valueBytes < writeBytes || keys < 1) {
      throw new IllegalArgumentException(
          "limits are positive and a value holds at least one write, not "
              + valueBytes
              + " and "
              + writeBytes
              + " bytes, and "
              + keys
              + " keys");
    }
  }
}
