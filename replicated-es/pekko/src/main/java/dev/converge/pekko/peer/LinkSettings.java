package dev.converge.pekko.peer;

/**
 * How the link between nodes behaves. The defaults are for nodes up to some hundred milliseconds
 * apart.
 *
 * @param timing when things are done
 * @param limits how much of them
 */
public record LinkSettings(Timing timing, Limits limits) {
  /** The defaults. */
  public static final LinkSettings DEFAULT = new LinkSettings(Timing.DEFAULT, Limits.DEFAULT);

  /** With other times. */
  public LinkSettings with(Timing other) {
    return new LinkSettings(other, limits);
  }

  /** With other limits. */
  public LinkSettings with(Limits other) {
    return new LinkSettings(timing, other);
  }

  /**
   * Times, all in milliseconds.
   *
   * @param tick how often what waits is looked at; delays below are kept to that
   * @param heartbeat a peer that was told nothing for so long is told
   * @param lostAfter a peer that said nothing for so long is lost
   * @param greetAfter the first pause between attempts to reach a peer; they double
   * @param greetAtMost the longest such pause, before jitter of up to a half
   * @param resendAfter the least time after which rows without an acknowledgement are sent again;
   *     longer where round trips are, four times as long as none is known, and doubled each time
   * @param resendAtMost the longest such time
   * @param fetchAfter how long a reachable origin has to bring its rows itself before another is
   *     asked
   * @param fetchAgain how long an answer to that may take before the next one is asked; doubled
   *     each time
   * @param fetchAtMost the longest such time
   * @param tellWithin peers that wait for no acknowledgement are told of commits within this time
   * @param storeAgain the pause after the journal failed to store rows
   * @param skewLimit a peer's clock that is off by more is reported
   */
  public record Timing(
      long tick,
      long heartbeat,
      long lostAfter,
      long greetAfter,
      long greetAtMost,
      long resendAfter,
      long resendAtMost,
      long fetchAfter,
      long fetchAgain,
      long fetchAtMost,
      long tellWithin,
      long storeAgain,
      long skewLimit) {
    /** A heartbeat a second, lost after five. */
    public static final Timing DEFAULT =
        new Timing(20, 1_000, 5_000, 200, 10_000, 250, 5_000, 250, 1_000, 10_000, 50, 500, 2_000);

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a time is not positive, or {@code lostAfter} is less than
     *     two heartbeats
     */
    public Timing {
      if (tick < 1
          || heartbeat < 1
          || greetAfter < 1
          || greetAtMost < greetAfter
          || resendAfter < 1
          || resendAtMost < resendAfter
          || fetchAfter < 1
          || fetchAgain < 1
          || fetchAtMost < fetchAgain
          || tellWithin < 1
          || storeAgain < 1
          || skewLimit < 1) {
        throw new IllegalArgumentException(
            "times of the peer link are positive, and the longest not below the first");
      }
      if (lostAfter < 2 * heartbeat) {
        throw new IllegalArgumentException(
            "lostAfter is at least two heartbeats: " + lostAfter + " ms for " + heartbeat + " ms");
      }
    }
  }

  /**
   * Sizes. Bytes of rows are estimates of what they take on the wire, before compression.
   *
   * @param frameBytes the longest frame: well below the transport's own limit
   * @param chunkBytes rows in one message
   * @param windowBytes rows that are under way to one peer, without acknowledgement
   * @param windowRows the same in rows
   * @param recentBytes rows that were committed lately and are kept in memory, for all peers
   * @param earlyBytes rows that came before what they need, of all logs
   * @param earlyRows the same in rows
   * @param batchBytes rows that are stored in one transaction; twice as many may wait meanwhile
   * @param batchRows the same in rows
   * @param pageBytes rows that are read from the database at a time
   * @param pageRows the same in rows
   * @param asks questions without an answer, to one peer and from it
   */
  public record Limits(
      int frameBytes,
      long chunkBytes,
      long windowBytes,
      int windowRows,
      long recentBytes,
      long earlyBytes,
      int earlyRows,
      long batchBytes,
      int batchRows,
      long pageBytes,
      int pageRows,
      int asks) {
    /** Frames of 192 KiB, a window of 1 MiB, 16 MiB of recent rows. */
    public static final Limits DEFAULT =
        new Limits(
            192 << 10, 128 << 10, 1 << 20, 8_192, 16 << 20, 8 << 20, 32_768, 2 << 20, 8_192,
            512 << 10, 4_096, 256);

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a limit is not positive
     */
    public Limits {
      if (frameBytes < 1_024
          || chunkBytes < 1
          || windowBytes < 1
          || windowRows < 1
          || recentBytes < 1
          || earlyBytes < 1
          || earlyRows < 1
          || batchBytes < 1
          || batchRows < 1
          || pageBytes < 1
          || pageRows < 1
          || asks < 1) {
        throw new IllegalArgumentException(
            "limits of the peer link are positive, and a frame has at least 1024 bytes");
      }
    }
  }
}
