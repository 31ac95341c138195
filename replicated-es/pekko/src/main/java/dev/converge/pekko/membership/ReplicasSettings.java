package dev.converge.pekko.membership;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How a node takes part in its set of replicas. Immutable; make one from {@link #DEFAULT}.
 *
 * @param grace how long an empty database asks its peers whether it is expected, before it accepts
 *     writes on its own
 * @param promiseInterval how long after something that is not final is stored the next promise is
 *     made
 * @param retryInterval how often what was not answered is asked again
 * @param patience how long an own proposal may take before it makes room for others
 * @param floorInterval how often a floor is announced, if anything changed
 * @param floorLag for how long what every replica has is kept above the floor: as long as clients
 *     may be away
 * @param pageBytes how much of a snapshot is sent at once to a replica that joins
 * @param bootId names the machine's present boot, see {@link BootId}; null if it is not known
 * @param flushed whether what was acknowledged survives a loss of power
 * @param address where others find this node ({@code host:port}); null if they are configured with
 *     it
 */
public record ReplicasSettings(
    Duration grace,
    Duration promiseInterval,
    Duration retryInterval,
    Duration patience,
    Duration floorInterval,
    Duration floorLag,
    int pageBytes,
    @Nullable String bootId,
    boolean flushed,
    @Nullable String address) {
  /** For nodes on a local network; without a boot id and an address. */
  public static final ReplicasSettings DEFAULT =
      new ReplicasSettings(
          Duration.ofSeconds(3),
          Duration.ofMillis(75),
          Duration.ofMillis(250),
          Duration.ofSeconds(5),
          Duration.ofMinutes(5),
          Duration.ofHours(1),
          512 * 1024,
          null,
          false,
          null);

  private ReplicasSettings with(
      Duration promising, @Nullable String boot, boolean isFlushed, @Nullable String hostAndPort) {
    return new ReplicasSettings(
        grace,
        promising,
        retryInterval,
        patience,
        floorInterval,
        floorLag,
        pageBytes,
        boot,
        isFlushed,
        hostAndPort);
  }

  /** The same with another pause between promises. */
  public ReplicasSettings promisingEvery(Duration interval) {
    return with(interval, bootId, flushed, address);
  }

  /** The same, on a disk that has what was acknowledged also after a loss of power, or not. */
  public ReplicasSettings flushed(boolean isFlushed) {
    return with(promiseInterval, bootId, isFlushed, address);
  }

  /** The same, on this boot of the machine. */
  public ReplicasSettings onBoot(@Nullable String id) {
    return with(promiseInterval, id, flushed, address);
  }

  /** The same, found at this address. */
  public ReplicasSettings at(@Nullable String hostAndPort) {
    return with(promiseInterval, bootId, flushed, hostAndPort);
  }
}
