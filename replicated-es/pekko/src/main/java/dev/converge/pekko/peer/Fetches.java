package dev.converge.pekko.peer;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.replication.MembershipSide;
import dev.converge.pekko.wire.PeerMessage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What to ask of whom, besides what comes by itself: rows whose origin is out of reach, gaps, what
 * other rows come after, and what the set of replicas wants.
 *
 * <p>A log that its origin can send itself gets a while for that. Then, or at once if the origin is
 * out of reach, one of those who say that they hold the rows is asked, and the next one if nothing
 * comes. One request to a peer at a time, answered by a page: so a request cannot multiply.
 * Single-threaded, without clock or I/O. A plan costs O(peers × replicas).
 */
final class Fetches {
  /** The most logs in one request. */
  static final int MAX_LOGS = 64;

  /** What is wanted of one log. */
  private static final class Want {
    /** Up to where the log has come, and when it got there. */
    long end = -1;

    long since;
    int attempts;
    long notBefore;
  }

  private record Pending(Map<ReplicaId, PeerMessage.Range> wanted, long until) {}

  /** A peer that is up. */
  record Source(ReplicaId replica, VersionVector held) {}

  /** What to ask of a peer. */
  record Request(String peer, PeerMessage.Fetch fetch) {}

  private record Target(long upTo, @Nullable String askFirst, boolean isGoal) {
    Target max(Target other) {
      if (isGoal != other.isGoal) {
        return isGoal ? this : other;
      }
      Target farther = upTo >= other.upTo ? this : other;
      Target nearer = farther == this ? other : this;
      // What a row waits for is little of what is wanted, if two wrote in turn; who sent the row
      // is still the one to ask first.
      return new Target(
          farther.upTo, farther.askFirst != null ? farther.askFirst : nearer.askFirst, isGoal);
    }
  }

  private final ReplicaId self;
  private final LogReceiver receiver;
  private final MembershipSide membership;
  private final LinkSettings.Timing timing;
  private final int maxRows;

  private final Map<ReplicaId, Want> wants = new HashMap<>();
  private final Map<String, Pending> pending = new HashMap<>();
  private final Map<String, VersionVector> goals = new TreeMap<>();

  Fetches(ReplicaId self, LogReceiver receiver, MembershipSide membership, LinkSettings settings) {
    this.self = self;
    this.receiver = receiver;
    this.membership = membership;
    this.timing = settings.timing();
    this.maxRows = settings.limits().pageRows();
  }

  /** These rows are wanted of that peer, until they are held or the peer is lost. */
  void goal(String peer, VersionVector upTo) {
    goals.merge(peer, upTo, VersionVector::merge);
    upTo.forEach((origin, lsn) -> wants.remove(origin));
  }

  /** A peer begins anew, and knows nothing of what was asked. */
  void restarted(String peer) {
    pending.remove(peer);
  }

  /** A peer is gone. */
  void lost(String peer) {
    goals.remove(peer);
    pending.remove(peer);
  }

  /** A peer has sent all that it sends to the last request. */
  void answered(String peer, long now) {
    Pending done = pending.remove(peer);
    if (done == null) {
      return;
    }
    for (Map.Entry<ReplicaId, PeerMessage.Range> entry : done.wanted().entrySet()) {
      Want want = wants.get(entry.getKey());
      if (want != null && receiver.end(entry.getKey()) > entry.getValue().after()) {
        want.attempts = 0;
        want.notBefore = now;
        // What had to be asked for does not come by itself: the next page is not waited for.
        want.end = receiver.end(entry.getKey());
        want.since = now - timing.fetchAfter();
      }
    }
  }

  /**
   * What to ask now.
   *
   * @param sources the peers that are up
   */
  List<Request> plan(long now, Map<String, Source> sources) {
    pending.values().removeIf(asked -> now >= asked.until() || hasCome(asked));
    Map<ReplicaId, Target> targets = targets(sources);
    wants.keySet().retainAll(targets.keySet());
    Map<String, Map<ReplicaId, PeerMessage.Range>> requests = new TreeMap<>();
    targets.forEach((origin, target) -> want(now, origin, target, sources, requests));
    List<Request> plan = new ArrayList<>();
    requests.forEach(
        (peer, wanted) -> {
          int attempts = 0;
          for (ReplicaId origin : wanted.keySet()) {
            attempts = Math.max(attempts, wantOf(origin).attempts);
          }
          pending.put(peer, new Pending(wanted, now + pause(attempts)));
          plan.add(new Request(peer, new PeerMessage.Fetch(wanted)));
        });
    return plan;
  }

  private boolean hasCome(Pending asked) {
    for (Map.Entry<ReplicaId, PeerMessage.Range> entry : asked.wanted().entrySet()) {
      if (receiver.end(entry.getKey()) < entry.getValue().upTo()) {
        return false;
      }
    }
    return true;
  }

  private Map<ReplicaId, Target> targets(Map<String, Source> sources) {
    VersionVector given = receiver.given();
    Map<ReplicaId, Target> targets = new TreeMap<>();
    sources.forEach(
        (peer, source) -> {
          if (!given.covers(source.held())) {
            source
                .held()
                .forEach(
                    (origin, lsn) -> {
                      if (!origin.equals(self)) {
                        target(targets, origin, new Target(lsn, null, false));
                      }
                    });
          }
        });
    receiver
        .needs()
        .forEach(
            (origin, need) -> {
              if (!origin.equals(self)) {
                target(targets, origin, new Target(need.upTo(), need.askFirst(), false));
              }
            });
    goals.values().removeIf(given::covers);
    goals.forEach(
        (peer, upTo) ->
            upTo.forEach((origin, lsn) -> target(targets, origin, new Target(lsn, peer, true))));
    return targets;
  }

  private void target(Map<ReplicaId, Target> targets, ReplicaId origin, Target target) {
    long given = receiver.given().get(origin);
    if (target.upTo() > given && membership.mayStore(origin, given + 1)) {
      targets.merge(origin, target, Target::max);
    }
  }

  private Want wantOf(ReplicaId origin) {
    return wants.computeIfAbsent(origin, o -> new Want());
  }

  private void want(
      long now,
      ReplicaId origin,
      Target target,
      Map<String, Source> sources,
      Map<String, Map<ReplicaId, PeerMessage.Range>> requests) {
    Want want = wantOf(origin);
    long end = receiver.end(origin);
    if (end > want.end) {
      want.end = end;
      want.since = now;
      want.attempts = 0;
      want.notBefore = now;
    }
    boolean isMissing = end == receiver.given().get(origin);
    if (end >= target.upTo() || isAsked(origin) || (!isMissing && !receiver.hasRoom())) {
      return;
    }
    boolean comesByItself =
        !target.isGoal()
            && sources.values().stream().anyMatch(source -> source.replica().equals(origin));
    if (now < want.notBefore || (comesByItself && now < want.since + timing.fetchAfter())) {
      return;
    }
    String peer = choose(origin, end, target, want.attempts, sources);
    if (peer == null) {
      return;
    }
    long upTo = Math.min(target.upTo(), receiver.firstBehind(origin, end) - 1);
    upTo = Math.min(upTo, end + maxRows);
    Map<ReplicaId, PeerMessage.Range> request =
        requests.computeIfAbsent(peer, p -> new TreeMap<>());
    if (request.size() < MAX_LOGS) {
      request.put(origin, new PeerMessage.Range(end, upTo));
      want.notBefore = now + pause(want.attempts);
      want.attempts++;
    }
  }

  private boolean isAsked(ReplicaId origin) {
    return pending.values().stream().anyMatch(asked -> asked.wanted().containsKey(origin));
  }

  private long pause(int attempts) {
    return Math.min(timing.fetchAgain() << Math.min(attempts, 16), timing.fetchAtMost());
  }

  /** One that has it, and is not asked for something else: another one at each attempt. */
  private @Nullable String choose(
      ReplicaId origin, long end, Target target, int attempts, Map<String, Source> sources) {
    String first = target.askFirst();
    TreeSet<String> free = new TreeSet<>();
    sources.forEach(
        (peer, source) -> {
          if (source.held().get(origin) > end || peer.equals(first)) {
            free.add(peer);
          }
        });
    free.removeAll(pending.keySet());
    if (first != null && free.contains(first) && (target.isGoal() || attempts == 0)) {
      return first;
    }
    if (target.isGoal() || free.isEmpty()) {
      return null;
    }
    List<String> choice = List.copyOf(free);
    return choice.get(Math.floorMod(attempts + self.name().hashCode(), choice.size()));
  }
}
