package dev.converge.pekko;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a client has seen: positions in the logs of replicas, {origin → LSN}. Handed out with every
 * answer, and given back with the next request, at whichever node. The idea is that of the session
 * guarantees of Terry et al., <em>Session Guarantees for Weakly Consistent Replicated Data</em>
 * (1994).
 *
 * <p>The token of an answer names, of each replica, the last event <em>of that entity</em> that is
 * in the state shown. So it says exactly which of the entity's events the client saw: those at or
 * below it. It says more than that of other entities: whoever holds those rows of the logs holds
 * all that their authors held when they wrote them, as rows are stored in causal order. Merged
 * tokens ({@link #merge}) therefore carry a session from one entity to the others; give the token
 * of the very answer that a person looked at as {@link RunOptions#seen} where conflicts with what
 * came later shall be found.
 *
 * <p>As text it is opaque: {@code A-Z a-z 0-9 - _}, about 20 characters for each replica. Immutable
 * and thread-safe.
 */
public final class SessionToken {
  /** Nothing seen. */
  public static final SessionToken EMPTY = new SessionToken(VersionVector.empty());

  /** The most replicas in a token that is read: far more than a cluster ever had. */
  private static final int MAX_ENTRIES = 1_000;

  private static final int FORM = 1;

  private final VersionVector positions;

  private SessionToken(VersionVector positions) {
    this.positions = positions;
  }

  /** A token of these positions, {origin → LSN}. */
  public static SessionToken of(VersionVector positions) {
    return positions.isEmpty() ? EMPTY : new SessionToken(positions);
  }

  /** {origin → LSN}. */
  public VersionVector positions() {
    return positions;
  }

  /** All that either has seen. */
  public SessionToken merge(SessionToken other) {
    return of(positions.merge(other.positions));
  }

  /** Whether all that {@code other} has seen is in this. */
  public boolean covers(SessionToken other) {
    return positions.covers(other.positions);
  }

  /** The text, for {@link #parse}. Equal tokens have equal texts. */
  public String text() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(FORM);
    Map<ReplicaId, Long> entries = positions.entries();
    writeNumber(out, entries.size());
    entries.forEach(
        (replica, lsn) -> {
          byte[] name = replica.name().getBytes(StandardCharsets.US_ASCII);
          out.write(name.length);
          out.writeBytes(name);
          writeNumber(out, replica.incarnation());
          writeNumber(out, lsn);
        });
    return Base64.getUrlEncoder().withoutPadding().encodeToString(out.toByteArray());
  }

  private static void writeNumber(ByteArrayOutputStream out, long number) {
    long rest = number;
    while (rest > 0x7F) {
      out.write((int) (rest & 0x7F) | 0x80);
      rest >>>= 7;
    }
    out.write((int) rest);
  }

  /**
   * Reads what {@link #text} gave.
   *
   * @throws IllegalArgumentException if it is anything else, saying what is wrong with it
   */
  public static SessionToken parse(String text) {
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "not a session token: it has characters other than A-Z a-z 0-9 - _, or was cut;"
              + " give back what an answer carried",
          e);
    }
    ByteArrayInputStream in = new ByteArrayInputStream(bytes);
    int form = in.read();
    if (form != FORM) {
      throw bad(form < 0 ? "it is empty" : "it is of form " + form + ", this node reads " + FORM);
    }
    long count = readNumber(in);
    if (count > MAX_ENTRIES) {
      throw bad("it names " + count + " replicas");
    }
    Map<ReplicaId, Long> entries = new TreeMap<>();
    for (long i = 0; i < count; i++) {
      ReplicaId replica = readReplica(in);
      long lsn = readNumber(in);
      if (lsn < 1 || entries.put(replica, lsn) != null) {
        throw bad("it names " + replica + " twice, or without a position");
      }
    }
    if (in.available() > 0) {
      throw bad("it goes on behind its end");
    }
    SessionToken token = of(VersionVector.of(entries));
    if (!token.text().equals(text)) {
      throw bad("it is not written as a node writes it");
    }
    return token;
  }

  private static ReplicaId readReplica(ByteArrayInputStream in) {
    int length = in.read();
    byte[] name = new byte[Math.max(0, length)];
    if (in.readNBytes(name, 0, name.length) < name.length || length < 1) {
      throw bad("it was cut");
    }
    try {
      return new ReplicaId(new String(name, StandardCharsets.US_ASCII), readNumber(in));
    } catch (IllegalArgumentException e) {
      throw bad(String.valueOf(e.getMessage()));
    }
  }

  private static long readNumber(ByteArrayInputStream in) {
    long number = 0;
    for (int shift = 0; shift < 63; shift += 7) {
      int next = in.read();
      if (next < 0) {
        throw bad("it was cut");
      }
      number |= (long) (next & 0x7F) << shift;
      if (next < 0x80) {
        return number;
      }
    }
    throw bad("a number in it is too large");
  }

  private static IllegalArgumentException bad(String why) {
    return new IllegalArgumentException(
        "not a session token: " + why + "; give back what an answer carried");
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof SessionToken other && positions.equals(other.positions);
  }

  @Override
  public int hashCode() {
    return positions.hashCode();
  }

  /** For logs: the positions. */
  @Override
  public String toString() {
    return "SessionToken" + positions;
  }
}
