package dev.converge.engine.membership;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.NavigableSet;

/**
 * May this replica accept writes? One incarnation's life, from its database's making to its end.
 * Immutable; a step costs O(members).
 *
 * <p>A replica whose disk is as it left it writes at once, whoever can be reached. One whose disk
 * may lack the end of what it had acknowledged (power was lost with {@code durability = process})
 * first asks every member: any of them may be the only one that has a dot, which must not be used
 * again, and others count on what it confirmed to them. Whoever does not want to wait makes a new
 * incarnation. What is stored of {@link Membership}, promises and join records must survive a loss
 * of power in any case.
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
 * <tr><td>checking</td><td>PeerHas, and all it has is here</td><td>checking the others; active if it was
 *   the last</td><td>RaisePromise; AcceptWrites if active</td></tr>
 * <tr><td>checking, active, fetching</td><td>PeerHas, and it has more than is here (if active: of the own log)</td>
 *   <td>fetching</td><td>RaisePromise; StopWrites if active; Fetch</td></tr>
 * <tr><td>fetching</td><td>Stored, all that was wanted</td><td>checking the others, or
 *   active</td><td>AcceptWrites if active</td></tr>
 * <tr><td>checking, active, fetching</td><td>PeerHas, something else than here</td><td>over</td>
 *   <td>StopWrites; ComeBack behind what is the same</td></tr>
 * <tr><td>any but over</td><td>Retired</td><td>over</td><td>StopWrites; ComeBack behind the
 *   cut-off</td></tr>
 * <tr><td>over</td><td>anything</td><td>over</td><td></td></tr>
 * </table>
 *
 * <p>Invariant: a replica that accepts writes after an unsure start holds all that any member held
 * when it answered; of its own log, all that any peer it heard of holds.
 *
 * @param self this replica
 * @param phase where it is
 * @param held {origin → LSN}: what is stored here
 * @param wanted {origin → LSN}: what must be here before writes are accepted
 * @param awaited who has not said what it has, before the first write
 */
public record ReplicaLife(
    ReplicaId self,
    Phase phase,
    VersionVector held,
    VersionVector wanted,
    NavigableSet<ReplicaId> awaited) {
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
    /**
     * The end of what was stored may be missing. Not for a disk restored from a backup: make that
     * one EMPTY, with a new incarnation.
     */
    UNSURE
  }

  /** Copies the set. */
  public ReplicaLife {
    awaited = Sets.of(awaited);
  }

  /**
   * A process starts.
   *
   * @param held {origin → LSN}: what the journal has
   * @param others the other members
   */
  public static Step<ReplicaLife, LifeEffect> start(
      ReplicaId self, Disk disk, VersionVector held, Collection<ReplicaId> others) {
    VersionVector none = VersionVector.empty();
    if (disk == Disk.EMPTY) {
      return Step.of(
          new ReplicaLife(self, Phase.JOINING, held, none, Sets.NONE),
          List.of(new LifeEffect.AskToJoin()));
    }
    if (disk == Disk.UNSURE && !others.isEmpty()) {
      return Step.of(new ReplicaLife(self, Phase.CHECKING, held, none, Sets.of(others)));
    }
    return Step.of(
        new ReplicaLife(self, Phase.ACTIVE, held, none, Sets.NONE),
        List.of(new LifeEffect.AcceptWrites()));
  }

  /**
   * Whether commands may be accepted, and whether {@link Membership} may answer: what it says it
   * holds must be all that it ever said it holds.
   */
  public boolean isActive() {
    return phase == Phase.ACTIVE;
  }

  private ReplicaLife in(Phase next) {
    return new ReplicaLife(self, next, held, wanted, awaited);
  }

  private ReplicaLife holding(VersionVector more) {
    return new ReplicaLife(self, phase, held.merge(more), wanted, awaited);
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
              in(Phase.ACTIVE).holding(joined.record().holds()),
              List.of(
                  new LifeEffect.RaisePromise(joined.record().time()),
                  new LifeEffect.AcceptWrites()))
          : Step.of(this);
    }
    if (input instanceof LifeInput.Stored stored) {
      return stored(stored.held());
    }
    return input instanceof LifeInput.PeerHas peer && phase != Phase.JOINING
        ? peerHas(peer)
        : Step.of(this);
  }

  private Step<ReplicaLife, LifeEffect> over(long after) {
    return Step.of(
        in(Phase.OVER), List.of(new LifeEffect.StopWrites(), new LifeEffect.ComeBack(after)));
  }

  private Step<ReplicaLife, LifeEffect> stored(VersionVector more) {
    long own = more.get(self);
    if (own > held.get(self) && phase != Phase.ACTIVE && phase != Phase.FETCHING) {
      throw new IllegalStateException(
          "entry " + own + " was written by a replica that is " + phase);
    }
    ReplicaLife now = holding(more);
    return phase == Phase.FETCHING ? now.goOn(new ArrayList<>()) : Step.of(now);
  }

  private Step<ReplicaLife, LifeEffect> peerHas(LifeInput.PeerHas peer) {
    if (peer.sameUpTo() < Math.min(peer.lsn(), held.get(self))) {
      return over(peer.sameUpTo());
    }
    List<LifeEffect> effects = new ArrayList<>();
    if (!peer.promise().time().equals(HybridTimestamp.ZERO)) {
      effects.add(new LifeEffect.RaisePromise(peer.promise().time()));
    }
    // Once active, others' logs that a peer has more of are everyday life.
    VersionVector counted =
        phase == Phase.ACTIVE
            ? VersionVector.empty().with(self, peer.lsn())
            : peer.holds().with(self, peer.lsn());
    ReplicaLife heard =
        new ReplicaLife(
            self, phase, held, wanted.merge(counted), Sets.without(awaited, List.of(peer.peer())));
    if (!held.covers(counted)) {
      // Also while another peer gives back: that one may be gone. What comes twice does no harm.
      if (phase == Phase.ACTIVE) {
        effects.add(new LifeEffect.StopWrites());
      }
      effects.add(new LifeEffect.Fetch(peer.peer(), counted));
      return Step.of(heard.in(Phase.FETCHING), effects);
    }
    return phase == Phase.CHECKING ? heard.goOn(effects) : Step.of(heard, effects);
  }

  private Step<ReplicaLife, LifeEffect> goOn(List<LifeEffect> effects) {
    if (!held.covers(wanted)) {
      return Step.of(in(Phase.FETCHING), effects);
    }
    if (!awaited.isEmpty()) {
      return Step.of(in(Phase.CHECKING), effects);
    }
    effects.add(new LifeEffect.AcceptWrites());
    return Step.of(in(Phase.ACTIVE), effects);
  }
}
