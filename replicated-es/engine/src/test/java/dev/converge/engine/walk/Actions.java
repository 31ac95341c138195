package dev.converge.engine.walk;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.frontier.Promise;
import dev.converge.engine.membership.CarryOver;
import dev.converge.engine.membership.EpochChange;
import dev.converge.engine.membership.JoinRecord;
import dev.converge.engine.membership.LifeEffect;
import dev.converge.engine.membership.LifeInput;
import dev.converge.engine.membership.Membership;
import dev.converge.engine.membership.MembershipEffect;
import dev.converge.engine.membership.MembershipInput;
import dev.converge.engine.membership.MembershipMessage;
import dev.converge.engine.membership.ReplicaLife;
import dev.converge.engine.membership.Step;
import dev.converge.engine.support.Note;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What replicas do when all is well: changes a world that is a copy. */
final class Actions {
  private final World world;
  private final Fault fault;

  Actions(World world, Fault fault) {
    this.world = world;
    this.fault = fault;
  }

  Failures failures() {
    return new Failures(world, fault, this);
  }

  static ReplicatedEvent<Note> mint(
      Node node, int write, OriginId origin, CausalContext context, HybridTimestamp time) {
    Note note = Note.on("k", "w" + write);
    Dot dot = node.dots().next(node.id);
    return ReplicatedEvent.of(dot, time, context, 1, origin, note, note.bytes());
  }

  void write(Node node) {
    int write = ++world.writes;
    OriginId origin = new OriginId("w" + write);
    CausalContext context = CausalContext.of(node.dots());
    node.buffer = Entry.of(write, mint(node, write, origin, context, node.seen().next()));
  }

  /** The transaction that holds the row of LSN and promise. */
  void commit(Node node) {
    Entry minted = Objects.requireNonNull(node.buffer);
    ReplicatedEvent<Note> event = Objects.requireNonNull(minted.event());
    List<Entry> log = node.log(node.id);
    HybridTimestamp after = log.isEmpty() ? HybridTimestamp.ZERO : log.get(log.size() - 1).time();
    if (fault != Fault.PROMISE_BEFORE_COMMIT) {
      after = after.max(node.promise.time());
    }
    if (event.time().compareTo(after) <= 0) {
      // Refused by the journal: minted again, later.
      OriginId origin = CarryOver.originOf(event);
      event = mint(node, minted.write(), origin, event.context(), node.seen().next());
    }
    node.buffer = null;
    own(node, Entry.of(minted.write(), event));
    world.acknowledged |= 1 << minted.write();
    push(node, node.log(node.id).size(), node.log(node.id).get(node.log(node.id).size() - 1));
  }

  void own(Node node, Entry entry) {
    node.append(node.id, entry);
    node.stored();
    node.call(new Frontiers.Received(node.id, node.log(node.id).size()));
  }

  private void push(Node node, long lsn, Entry entry) {
    for (ReplicaId to : node.membership.set().members()) {
      if (!to.equals(node.id) && world.has(Scope.Event.PUSH)) {
        world.spend(Scope.Event.PUSH);
        Flight.Push body = new Flight.Push(lsn, entry);
        world.send(new Flight(node.slot, node.id, World.slotOf(to), to, body));
        if (fault == Fault.RELEASE_ONE_STEP_EARLY) {
          VersionVector sent = VersionVector.of(Map.of(node.id, lsn));
          long epoch = node.membership.set().epoch();
          node.call(new Frontiers.Confirmed(to, epoch, sent));
        }
      }
    }
  }

  void promise(Node node) {
    node.promise = new Promise(node.log(node.id).size(), world.latestTime().next());
    node.hasPromised = true;
    node.call(new Frontiers.Promised(node.id, node.promise));
  }

  Flight.Tell tell(Node node) {
    return new Flight.Tell(node.membership.set().epoch(), node.held(), node.promise);
  }

  /** The next entry of a log goes from one journal into another. */
  void ship(Node to, ReplicaId origin, Entry entry) {
    JoinRecord join = entry.join();
    Invariants.inTime(to, entry);
    if (join != null) {
      about(to, origin, new MembershipMessage.Decided(List.of(join.change())));
    }
    to.append(origin, entry);
    to.stored();
    if (join != null && !join.joiner().equals(to.id)) {
      to.call(new Frontiers.Joined(join));
    }
    to.call(new Frontiers.Received(origin, to.log(origin).size()));
  }

  void deliver(Node to, Flight flight) {
    Flight.Body body = flight.body();
    if (!flight.receiver().equals(to.id) || to.isJoining()) {
      return;
    }
    if (body instanceof Flight.Push push) {
      List<Entry> log = to.log(flight.sender());
      if (push.lsn() == log.size() + 1 && to.takes(flight.sender(), push.entry())) {
        ship(to, flight.sender(), push.entry());
      } else if (push.lsn() <= log.size()) {
        Invariants.sameEntry(flight.sender(), log.get((int) push.lsn() - 1), push.entry());
      }
    } else if (body instanceof Flight.Tell tell) {
      told(to, flight.sender(), tell);
    } else if (body instanceof Flight.About about
        && (to.life.isActive() || about.message() instanceof MembershipMessage.Decided)) {
      about(to, flight.sender(), about.message());
    }
  }

  private void told(Node to, ReplicaId from, Flight.Tell tell) {
    to.heard.merge(from, tell, (old, now) -> now.held().covers(old.held()) ? now : old);
    if (to.isKnown(from)) {
      to.call(new Frontiers.Confirmed(from, tell.epoch(), tell.held()));
      to.call(new Frontiers.Promised(from, tell.promise()));
    }
  }

  /** Part of each handshake: what was decided since. */
  void catchUp(Node to, Node from) {
    List<EpochChange> changes = from.membership.durable().changes();
    int known = (int) to.membership.set().epoch();
    about(to, from.id, new MembershipMessage.Decided(changes.subList(known, changes.size())));
  }

  private void about(Node to, ReplicaId from, MembershipMessage message) {
    membership(to, new MembershipInput.Came(from, message));
  }

  /** One step of the real machine, and what it asks for. */
  void membership(Node node, MembershipInput input) {
    Step<Membership, MembershipEffect> step = node.membership.step(input);
    node.membership = step.state();
    for (MembershipEffect effect : step.effects()) {
      if (effect instanceof MembershipEffect.Send send) {
        Flight.About body = new Flight.About(send.message());
        ReplicaId to = send.to();
        world.send(new Flight(node.slot, node.id, World.slotOf(to), to, body));
      } else if (effect instanceof MembershipEffect.Fence fence) {
        node.call(new Frontiers.Fence(fence.replicas()));
      } else if (effect instanceof MembershipEffect.Began began) {
        node.call(new Frontiers.Began(began.set(), began.change()));
        if (fault == Fault.JOIN_WITHOUT_RECORD && began.change().admission() != null) {
          node.call(new Frontiers.Joined(unrecorded(node, began.change())));
        }
      } else if (effect instanceof MembershipEffect.Retired retired) {
        live(node, new LifeInput.Retired(retired.cutOff()));
      } else if (effect instanceof MembershipEffect.Diverged diverged) {
        throw new AssertionError(
            "two sets of replicas: " + diverged.here() + " and " + diverged.there());
      }
    }
  }

  /** {@link Fault#JOIN_WITHOUT_RECORD}: counted from what is final here and now. */
  private static JoinRecord unrecorded(Node node, EpochChange change) {
    return new JoinRecord(change, node.frontiers.finalTime, node.frontiers.stable);
  }

  void live(Node node, LifeInput input) {
    Step<ReplicaLife, LifeEffect> step = node.life.step(input);
    node.life = step.state();
    for (LifeEffect effect : step.effects()) {
      if (effect instanceof LifeEffect.ComeBack back) {
        node.comesBackAfter = back.after();
        node.buffer = null;
      }
    }
  }

  /** Writes the record that lets the joiner count. */
  void sponsor(Node node, EpochChange change) {
    HybridTimestamp reading = node.seen().next();
    Entry entry = Entry.of(JoinRecord.write(change, node.promise, reading, node.held()));
    node.append(node.id, entry);
    node.stored();
    node.call(new Frontiers.Joined(Objects.requireNonNull(entry.join())));
    node.call(new Frontiers.Received(node.id, node.log(node.id).size()));
  }

  /** A joiner gets all that a member holds, the record that lets it in among it. */
  void snapshot(Node from, Node joiner, @Nullable JoinRecord record) {
    joiner.copyFrom(from);
    joiner.membership = Membership.joining(joiner.id, from.membership, from.held());
    if (record == null) {
      ReplicaLife.Disk sure = ReplicaLife.Disk.SURE;
      joiner.life = ReplicaLife.start(joiner.id, sure, from.held(), List.of()).state();
      joiner.restart();
      for (EpochChange change : joiner.membership.durable().changes()) {
        joiner.call(new Frontiers.Joined(unrecorded(joiner, change)));
      }
      return;
    }
    joiner.life = joiner.life.step(new LifeInput.Joined(record)).state();
    joiner.promise = record.start();
    joiner.restart();
    joiner.stored();
  }
}
