package dev.converge.engine.walk;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.frontier.FinalFrontier;
import dev.converge.engine.frontier.Promise;
import dev.converge.engine.membership.EpochChange;
import dev.converge.engine.membership.JoinRecord;
import dev.converge.engine.membership.MemberFrontiers;
import dev.converge.engine.membership.ReplicaSet;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.NavigableSet;
import org.jspecify.annotations.Nullable;

/**
 * The real {@link MemberFrontiers} of a node as a value. They are mutable, so they are made anew
 * from the calls that led to them; and what a call makes of which state is remembered, so that this
 * is done once a walk. With {@link Fault#FINAL_WITHOUT_MAJORITY} a {@link FinalFrontier} that does
 * not wait for a majority says what is final.
 */
final class Frontiers {
  /** A call of one of them. */
  sealed interface Call {}

  record Began(ReplicaSet set, EpochChange change) implements Call {}

  record Joined(JoinRecord record) implements Call {}

  record Received(ReplicaId origin, long lsn) implements Call {}

  record Promised(ReplicaId replica, Promise promise) implements Call {}

  record Confirmed(ReplicaId from, long epoch, VersionVector held) implements Call {}

  record Fence(NavigableSet<ReplicaId> replicas) implements Call {}

  /** The machines themselves, while calls are made. */
  private static final class Machines {
    final MemberFrontiers real;
    final @Nullable FinalFrontier careless;

    Machines(ReplicaId self, Pool pool) {
      real = new MemberFrontiers(self, pool.first);
      careless = pool.fault == Fault.FINAL_WITHOUT_MAJORITY ? new FinalFrontier() : null;
      if (careless != null) {
        for (ReplicaId member : pool.first.members()) {
          careless.join(member, HybridTimestamp.ZERO);
        }
      }
    }

    void take(Call call) {
      if (call instanceof Began began) {
        real.began(began.set, began.change);
      } else if (call instanceof Joined joined) {
        real.joined(joined.record);
      } else if (call instanceof Received received) {
        real.received(received.origin, received.lsn);
      } else if (call instanceof Promised promised) {
        real.promised(promised.replica, promised.promise);
      } else if (call instanceof Confirmed confirmed) {
        real.confirmed(confirmed.from, confirmed.epoch, confirmed.held);
      } else if (call instanceof Fence fence) {
        real.fence(fence.replicas);
      }
      if (careless != null) {
        carelessly(careless, call);
      }
    }

    private static void carelessly(FinalFrontier careless, Call call) {
      if (call instanceof Began began) {
        for (ReplicaId gone : began.change.retired()) {
          careless.retire(gone, began.change.cutOff(gone));
        }
      } else if (call instanceof Joined joined) {
        careless.join(joined.record.joiner(), joined.record.time());
      } else if (call instanceof Received received) {
        careless.received(received.origin, received.lsn);
      } else if (call instanceof Promised promised) {
        careless.promised(promised.replica, promised.promise);
      }
    }

    HybridTimestamp finalTime() {
      return careless == null ? real.finalTime() : careless.time();
    }

    @Override
    public String toString() {
      return real + (careless == null ? "" : ", careless " + careless);
    }
  }

  private final Pool pool;
  private final ReplicaId self;
  private final @Nullable Frontiers before;
  private final @Nullable Call call;
  private final Map<Call, Frontiers> after = new HashMap<>(4);
  private final String text;
  private final Print print;

  /** Events at or before this time are final. */
  final HybridTimestamp finalTime;

  /** What every member has. */
  final VersionVector stable;

  /** What no retirement can cut off. */
  final VersionVector safe;

  private Frontiers(
      Pool pool,
      ReplicaId self,
      @Nullable Frontiers before,
      @Nullable Call call,
      Machines machines) {
    this.pool = pool;
    this.self = self;
    this.before = before;
    this.call = call;
    this.text = machines.toString();
    this.print = Print.of(self + text);
    this.finalTime = machines.finalTime();
    this.stable = machines.real.stable();
    this.safe = machines.real.safe();
  }

  /** Those of a process that starts. */
  static Frontiers start(Pool pool, ReplicaId self) {
    return pool.frontiers.computeIfAbsent(
        self.toString(), text -> new Frontiers(pool, self, null, null, new Machines(self, pool)));
  }

  /** What becomes of them with one more call. */
  Frontiers with(Call next) {
    Frontiers known = after.get(next);
    if (known == null) {
      Machines machines = new Machines(self, pool);
      Deque<Call> calls = new ArrayDeque<>();
      for (Frontiers at = this; at != null && at.call != null; at = at.before) {
        calls.push(at.call);
      }
      calls.forEach(machines::take);
      machines.take(next);
      known =
          pool.frontiers.computeIfAbsent(
              self + ": " + machines, key -> new Frontiers(pool, self, this, next, machines));
      after.put(next, known);
    }
    return known;
  }

  Print print() {
    return print;
  }

  @Override
  public String toString() {
    return text;
  }
}
