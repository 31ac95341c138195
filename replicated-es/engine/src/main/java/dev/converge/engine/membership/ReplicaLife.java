package dev.converge.engine.membership;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;

/**
 * May this replica accept writes? One incarnation's life, from its database's making to its end.
 * Immutable; a step costs O(members).
 *
 * <p>A replica whose disk is as it left it writes at once, whoever can be reached. One whose disk
 * may be older than what it had acknowledged (restored from a backup, or power was lost with {@code
 * durability = process}) first asks every member what they have of its log: any of them may be the
 * only one that has a dot, which must not be used again. Whoever does not want to wait makes a new
 * incarnation.
 *
 * <table>
 * <caption>Transitions</caption>
 * <tr><th>is</th><th>on</th><th>becomes</th><th>effects</th></tr>
 * <tr><td>-</td><td>start, EMPTY</td><td>joining</td><td>AskToJoin</td></tr>
 * <tr><td>-</td><td>start, SURE; or UNSURE without others</td><td>active</td>
 *   <td>AcceptWrites</td></tr>
 * <tr><td>-</td><td>start, UNSURE</td><td>checking, asks all others</td><td></td></tr>
 * <tr><td>joining</td><td>Joined</td><td>active</td><td>RaisePromise to the record's time;
 *   AcceptWrites</td></tr>
 * <tr><td>checking</td><td>PeerHas, no more than here</td><td>checking the others; active if it was
 *   the last</td><td>RaisePromise; AcceptWrites if active</td></tr>
 * <tr><td>checking, active, fetching</td><td>PeerHas, more than here, a continuation</td>
 *   <td>fetching</td><td>RaisePromise; StopWrites if active; FetchOwnLog</td></tr>
 * <tr><td>fetching</td><td>GivenBack, all that was missing</td><td>checking the others, or
 *   active</td><td>AcceptWrites if active</td></tr>
 * <tr><td>checking, active, fetching</td><td>PeerHas, something else than here</td><td>over</td>
 *   <td>StopWrites; ComeBack behind what is the same</td></tr>
 * <tr><td>any but over</td><td>Retired</td><td>over</td><td>StopWrites; ComeBack behind the
 *   cut-off</td></tr>
 * <tr><td>over</td><td>anything</td><td>over</td><td></td></tr>
 * </table>
 *
 * <p>Invariant: a replica that accepts writes holds all of its own log that any peer that it heard
 * of holds.
 *
 * @param phase where it is
 * @param end the last LSN of the own log
 * @param wanted the LSN up to which the own log is being given back; not above {@code end} if none
 * @param awaited who has not said what it has, before the first write
 */
public record ReplicaLife(Phase phase, long end, long wanted, NavigableSet<ReplicaId> awaited) {
  /** The phases of a life. */
  public enum Phase {
    /** The database is new; nothing may be written before the join record. */
    JOINING,
    /** Asking the others for what may be lost here. */
    CHECKING,
    /** Getting back what is lost here. */
    FETCHING,
    /** Accepts writes. */
    ACTIVE,
    /** Never accepts a write again. */
    OVER
  }

  /** What is known of the database at the start of a process. */
  public enum Disk {
    /** Just made, with a new incarnation. */
    EMPTY,
    /** All that was acknowledged is there. */
    SURE,
    /** It may be older than what was acknowledged. */
    UNSURE
  }

  /** Copies the set. */
  public ReplicaLife {
    awaited = Sets.of(awaited);
  }

  /**
   * A process starts.
   *
   * @param end the last LSN of the own log
   * @param others the other members
   */
  public static Step<ReplicaLife, LifeEffect> start(
      Disk disk, long end, Collection<ReplicaId> others) {
    if (disk == Disk.EMPTY) {
      return Step.of(
          new ReplicaLife(Phase.JOINING, end, 0, Sets.NONE), List.of(new LifeEffect.AskToJoin()));
    }
    if (disk == Disk.UNSURE && !others.isEmpty()) {
      return Step.of(new ReplicaLife(Phase.CHECKING, end, 0, Sets.of(others)));
    }
    return Step.of(
        new ReplicaLife(Phase.ACTIVE, end, 0, Sets.NONE), List.of(new LifeEffect.AcceptWrites()));
  }

  /** Whether commands may be accepted. */
  public boolean acceptsWrites() {
    return phase == Phase.ACTIVE;
  }

  /**
   * One step.
   *
   * @throws IllegalStateException if something was written by a replica that may not write
   */
  public Step<ReplicaLife, LifeEffect> step(LifeInput input) {
    if (phase == Phase.OVER) {
      return Step.of(this);
    }
    if (input instanceof LifeInput.Retired retired) {
      return over(retired.cutOff());
    }
    if (input instanceof LifeInput.Joined joined) {
      return phase == Phase.JOINING
          ? Step.of(
              new ReplicaLife(Phase.ACTIVE, end, wanted, awaited),
              List.of(
                  new LifeEffect.RaisePromise(joined.record().time()),
                  new LifeEffect.AcceptWrites()))
          : Step.of(this);
    }
    if (input instanceof LifeInput.Wrote wrote) {
      if (phase != Phase.ACTIVE) {
        throw new IllegalStateException(
            "entry " + wrote.lsn() + " was written by a replica that is " + phase);
      }
      return Step.of(new ReplicaLife(phase, Math.max(end, wrote.lsn()), wanted, awaited));
    }
    if (input instanceof LifeInput.GivenBack back) {
      return givenBack(back.lsn());
    }
    return input instanceof LifeInput.PeerHas peer && phase != Phase.JOINING
        ? peerHas(peer)
        : Step.of(this);
  }

  private Step<ReplicaLife, LifeEffect> over(long after) {
    return Step.of(
        new ReplicaLife(Phase.OVER, end, 0, Sets.NONE),
        List.of(new LifeEffect.StopWrites(), new LifeEffect.ComeBack(after)));
  }

  private Step<ReplicaLife, LifeEffect> givenBack(long lsn) {
    long now = Math.max(end, lsn);
    if (phase != Phase.FETCHING || now < wanted) {
      return Step.of(new ReplicaLife(phase, now, wanted, awaited));
    }
    return goOn(now, awaited, new ArrayList<>());
  }

  private Step<ReplicaLife, LifeEffect> peerHas(LifeInput.PeerHas peer) {
    if (peer.sameUpTo() < Math.min(peer.lsn(), end)) {
      return over(peer.sameUpTo());
    }
    List<LifeEffect> effects = new ArrayList<>();
    NavigableSet<ReplicaId> others = Sets.without(awaited, List.of(peer.peer()));
    if (!peer.promise().time().equals(HybridTimestamp.ZERO)) {
      effects.add(new LifeEffect.RaisePromise(peer.promise().time()));
    }
    if (peer.lsn() > end) {
      if (phase == Phase.ACTIVE) {
        effects.add(new LifeEffect.StopWrites());
      }
      effects.add(new LifeEffect.FetchOwnLog(peer.peer(), end + 1, peer.lsn()));
      // Also while another peer gives back: that one may be gone. Entries that come twice do no
      // harm.
      long most = Math.max(wanted, peer.lsn());
      return Step.of(new ReplicaLife(Phase.FETCHING, end, most, others), effects);
    }
    return phase == Phase.CHECKING
        ? goOn(end, others, effects)
        : Step.of(new ReplicaLife(phase, end, wanted, others), effects);
  }

  private static Step<ReplicaLife, LifeEffect> goOn(
      long end, NavigableSet<ReplicaId> awaited, List<LifeEffect> effects) {
    Phase next = awaited.isEmpty() ? Phase.ACTIVE : Phase.CHECKING;
    if (next == Phase.ACTIVE) {
      effects.add(new LifeEffect.AcceptWrites());
    }
    return Step.of(new ReplicaLife(next, end, end, awaited), effects);
  }
}
