package dev.converge.engine.frontier;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The time up to which events are final, as one node knows it: the least time that every member
 * promised, counting only promises whose logs have come. Single-threaded, mutable. Every call costs
 * O(members).
 *
 * <p>A promise counts once the log has come up to its LSN, and been applied: of events that are
 * earlier than the promise, none is still on its way then. Of the promises that do not count yet,
 * each member's oldest and newest are kept, so memory is bounded, and under a steady stream some
 * promise always comes to count.
 *
 * <table>
 * <caption>A member's transitions</caption>
 * <tr><th>is</th><th>on</th><th>becomes</th></tr>
 * <tr><td>unknown</td><td>join(start)</td><td>counting, promised up to start</td></tr>
 * <tr><td>counting</td><td>promise, its log has come</td><td>counting, promised up to it</td></tr>
 * <tr><td>counting</td><td>promise, its log has not come</td><td>counting; the promise waits</td></tr>
 * <tr><td>counting</td><td>received</td><td>promised up to the newest promise covered</td></tr>
 * <tr><td>counting</td><td>retire(cut-off), log is there</td><td>retired</td></tr>
 * <tr><td>counting</td><td>retire(cut-off), log is not there</td><td>leaving</td></tr>
 * <tr><td>leaving</td><td>received up to the cut-off</td><td>retired</td></tr>
 * <tr><td>retired</td><td>anything</td><td>retired: its incarnation never comes back</td></tr>
 * </table>
 *
 * <p>Invariant: {@link #time} never goes back.
 */
public final class FinalFrontier {
  private static final long STAYS = -1;

  private static final class Member {
    private Promise counted;
    private @Nullable Promise oldestWaiting;
    private @Nullable Promise newestWaiting;
    private long received;
    private long cutOff = STAYS;

    Member(Promise counted) {
      this.counted = counted;
    }

    boolean isRetired() {
      return cutOff != STAYS && received >= cutOff;
    }

    void promised(Promise promise) {
      if (!promise.isNewerThan(counted)) {
        return;
      }
      if (oldestWaiting != null && !promise.isNewerThan(oldestWaiting)) {
        newestWaiting = newestWaiting == null ? oldestWaiting : newestWaiting;
        oldestWaiting = promise;
      } else if (oldestWaiting == null) {
        oldestWaiting = promise;
      } else if (newestWaiting == null || promise.isNewerThan(newestWaiting)) {
        newestWaiting = promise;
      }
      settle();
    }

    void received(long lsn) {
      received = Math.max(received, lsn);
      settle();
    }

    private void settle() {
      if (newestWaiting != null && newestWaiting.lsn() <= received) {
        counted = newestWaiting;
        oldestWaiting = null;
        newestWaiting = null;
      } else if (oldestWaiting != null && oldestWaiting.lsn() <= received) {
        counted = oldestWaiting;
        oldestWaiting = newestWaiting;
        newestWaiting = null;
      }
    }

    @Override
    public String toString() {
      return counted
          + (oldestWaiting == null ? "" : " waits " + oldestWaiting)
          + (newestWaiting == null ? "" : " and " + newestWaiting)
          + " received "
          + received
          + (cutOff == STAYS ? "" : " of " + cutOff);
    }
  }

  private final Map<ReplicaId, Member> members = new TreeMap<>();
  private HybridTimestamp time = HybridTimestamp.ZERO;

  /**
   * A replica counts from now on; this one too must join. Known ones are passed over.
   *
   * @param start all its events are later: zero for the first members, the time of its join record
   *     for others
   * @throws IllegalArgumentException if the start is below what is final already: whoever sponsored
   *     it did not keep its own promise
   */
  public void join(ReplicaId replica, HybridTimestamp start) {
    if (members.containsKey(replica)) {
      return;
    }
    if (start.compareTo(time) < 0) {
      throw new IllegalArgumentException(
          replica + " joins with events from " + start + " on, but " + time + " is final already");
    }
    members.put(replica, new Member(new Promise(0, start)));
    advance();
  }

  /**
   * A member gave a promise. Older ones than known are passed over.
   *
   * @throws IllegalArgumentException if the replica is not known, or the promise contradicts one
   *     that it gave before
   */
  public void promised(ReplicaId replica, Promise promise) {
    Member member = member(replica);
    if (!member.isRetired()) {
      member.promised(promise);
      advance();
    }
  }

  /**
   * All of a member's log up to {@code lsn} has come and is applied here. For the own replica: is
   * committed.
   *
   * @throws IllegalArgumentException if the replica is not known
   */
  public void received(ReplicaId replica, long lsn) {
    member(replica).received(lsn);
    advance();
  }

  /**
   * A member is retired: its log ends at {@code cutOff}, and until that has come it goes on
   * counting.
   *
   * @throws IllegalArgumentException if the replica is not known, or retired at another cut-off
   */
  public void retire(ReplicaId replica, long cutOff) {
    Member member = member(replica);
    if (member.cutOff != STAYS && member.cutOff != cutOff) {
      throw new IllegalArgumentException(
          replica + " was retired at " + member.cutOff + ", and now at " + cutOff);
    }
    member.cutOff = cutOff;
    advance();
  }

  private Member member(ReplicaId replica) {
    Member member = members.get(replica);
    if (member == null) {
      throw new IllegalArgumentException(replica + " is no member; let it join first");
    }
    return member;
  }

  private void advance() {
    HybridTimestamp least = null;
    for (Member member : members.values()) {
      if (!member.isRetired() && (least == null || member.counted.time().compareTo(least) < 0)) {
        least = member.counted.time();
      }
    }
    if (least != null) {
      time = time.max(least);
    }
  }

  /** Events at or before this time are final. */
  public HybridTimestamp time() {
    return time;
  }

  /** Whether no event to come can be ordered before one of this time. */
  public boolean isFinal(HybridTimestamp eventTime) {
    return eventTime.compareTo(time) <= 0;
  }

  /** The members that hold the frontier where it is, sorted: whom to look at if it stands still. */
  public List<ReplicaId> heldBackBy() {
    List<ReplicaId> replicas = new ArrayList<>();
    members.forEach(
        (replica, member) -> {
          if (!member.isRetired() && member.counted.time().compareTo(time) <= 0) {
            replicas.add(replica);
          }
        });
    return replicas;
  }

  /** All of the state: equal texts go on alike. */
  @Override
  public String toString() {
    return time + " of " + members;
  }
}
