package dev.converge.node.entity;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridLogicalClock;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.replica.EntityReplica;
import dev.converge.engine.sync.SyncLimits;
import dev.converge.pekko.Choice;
import dev.converge.pekko.Effect;
import dev.converge.pekko.EventCodec;
import dev.converge.pekko.OpenConflict;
import dev.converge.pekko.ReplicatedEntity;
import dev.converge.pekko.SessionToken;
import java.util.List;

/** One entity at one replica, with a clock that a test turns by hand. */
final class Rig<C, E, S> {
  private final ReplicatedEntity<C, E, S> entity;
  private final EventCodec<E> codec;
  private final EntityReplica<S, E> replica;

  Rig(String name, ReplicatedEntity<C, E, S> entity, EventCodec<E> codec) {
    this.entity = entity;
    this.codec = codec;
    this.replica =
        new EntityReplica<>(ReplicaId.of(name), entity.model(), 100, SyncLimits.events(1_000));
  }

  /** Runs a command at wall time {@code millis}; false if the entity refuses. */
  boolean run(long millis, C command) {
    return perform(millis, entity.onCommand(replica.state(), command));
  }

  /** What a person decides on the first conflict that is open here; false if it is refused. */
  boolean decide(long millis, Choice<C> choice) {
    return perform(millis, entity.onDecision(replica.state(), conflicts().get(0), choice));
  }

  /**
   * Chooses the side of the first conflict at whose dot stands this text, such as {@code "b:2"}.
   */
  boolean choose(long millis, String side) {
    return decide(millis, new Choice.Side<>(Dot.parse(side)));
  }

  /** What waits for a person. */
  List<OpenConflict<E>> conflicts() {
    SessionToken token = SessionToken.of(VersionVector.empty());
    return replica.openConflicts().stream()
        .map(one -> new OpenConflict<>("type", "id", one, replica.sides(one.id()), token))
        .toList();
  }

  private boolean perform(long millis, Effect<E> effect) {
    if (effect instanceof Effect.Persist<E> persist) {
      for (E event : persist.events()) {
        byte[] bytes = codec.encode(event);
        E read = codec.decode(bytes);
        replica.applied(
            List.of(
                replica.mint(
                    read,
                    bytes,
                    new HybridLogicalClock(replica.latestTime()).tick(millis).last(),
                    1,
                    null)));
      }
    }
    return !(effect instanceof Effect.Refuse<E>);
  }

  /** Takes in all that {@code other} holds. */
  void pull(Rig<C, E, S> other) {
    List<ReplicatedEvent<E>> missing =
        other.replica.missingFor(replica.vector(), SyncLimits.events(1_000)).events();
    replica.applied(replica.admit(missing).toPersist());
  }

  S state() {
    return replica.state();
  }

  /** The decisions in the order of the fold: the kind, and the reason if there is one. */
  List<String> decisions() {
    return replica.history(0, 1_000).events().stream()
        .map(
            folded ->
                folded.decision().getClass().getSimpleName()
                    + folded.decision().why().map(why -> ": " + why).orElse(""))
        .toList();
  }

  /** Both exchange all they hold. */
  static <C, E, S> void meet(Rig<C, E, S> a, Rig<C, E, S> b) {
    a.pull(b);
    b.pull(a);
  }
}
