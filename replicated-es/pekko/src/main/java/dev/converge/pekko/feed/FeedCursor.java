package dev.converge.pekko.feed;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How far somebody has read. Valid at every node of the cluster, and over restarts. Immutable.
 *
 * @param last the last event that was read; null before the first
 * @param whole {origin → LSN}: all of the log up to there was read; where reading goes on
 */
public record FeedCursor(@Nullable FeedPlace last, VersionVector whole) {
  /** Before the first event. */
  public static final FeedCursor START = new FeedCursor(null, VersionVector.empty());

  private static final String FORM = "1";

  boolean isBefore(FeedPlace place) {
    return last == null || last.compareTo(place) < 0;
  }

  /** Opaque text without characters that a URL or a header would escape. O(origins). */
  public String text() {
    if (last == null) {
      return "start";
    }
    StringBuilder plain = new StringBuilder(FORM);
    plain.append(' ').append(last.time().packed());
    plain.append(' ').append(last.origin()).append(' ').append(last.lsn());
    whole.forEach((origin, lsn) -> plain.append(' ').append(origin).append(' ').append(lsn));
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(plain.toString().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * Reads what {@link #text} gave.
   *
   * @throws IllegalArgumentException if it is anything else
   */
  public static FeedCursor parse(String text) {
    if (text.equals("start")) {
      return START;
    }
    try {
      String[] parts =
          new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8).split(" ", -1);
      if (parts.length < 4 || parts.length % 2 != 0 || !parts[0].equals(FORM)) {
        throw new IllegalArgumentException("of another form");
      }
      FeedPlace last =
          new FeedPlace(
              HybridTimestamp.ofPacked(Long.parseLong(parts[1])),
              ReplicaId.parse(parts[2]),
              number(parts[3]));
      Map<ReplicaId, Long> whole = new TreeMap<>();
      for (int i = 4; i < parts.length; i += 2) {
        whole.put(ReplicaId.parse(parts[i]), number(parts[i + 1]));
      }
      return new FeedCursor(last, VersionVector.of(whole));
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("no cursor of this feed: " + e.getMessage(), e);
    }
  }

  private static long number(String text) {
    long number = Long.parseLong(text);
    if (number < 1) {
      throw new IllegalArgumentException("log numbers begin at 1");
    }
    return number;
  }
}
