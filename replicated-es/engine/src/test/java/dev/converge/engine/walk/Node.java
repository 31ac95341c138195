package dev.converge.engine.walk;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.frontier.Promise;
import dev.converge.engine.membership.EpochChange;
import dev.converge.engine.membership.JoinRecord;
import dev.converge.engine.membership.LifeInput;
import dev.converge.engine.membership.Membership;
import dev.converge.engine.membership.MembershipInput;
import dev.converge.engine.membership.ReplicaLife;
import dev.converge.engine.membership.ReplicaSet;
import dev.converge.engine.support.Note;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One replica: what is on its disk, and what a crash takes. Copied before it is changed; no longer
 * changed once it is part of a {@link World} that was walked.
 */
final class Node {
  final int slot;
  final ReplicaSet first;
  final Fault fault;
  ReplicaId id;
  TreeMap<ReplicaId, List<Entry>> journal = new TreeMap<>();
  Promise promise = new Promise(0, HybridTimestamp.ZERO);
  Membership membership;
  ReplicaLife life;

  /** Retired events that come back under the present incarnation. Durable. */
  List<Entry> carry = List.of();

  /** Minted, not committed: lost in a crash. */
  @Nullable Entry buffer;

  Frontiers frontiers;
  TreeMap<ReplicaId, Flight.Tell> heard = new TreeMap<>();

  /** In the order in which they came; not part of what makes states different. */
  List<ReplicatedEvent<Note>> arrived = List.of();

  private long fingerprint;
  private final Print membershipPrint = new Print();
  private final Print frontiersPrint = new Print();

  /** The fingerprint of a value, made once for as long as it is the same object. */
  private static final class Print {
    private @Nullable Object value;
    private long print;

    long of(Object now) {
      if (now != value) {
        value = now;
        print = Fingerprints.of(now.toString());
      }
      return print;
    }

    void take(Print other) {
      value = other.value;
      print = other.print;
    }
  }

  Node(int slot, ReplicaId id, ReplicaSet first, ReplicaLife life, Fault fault) {
    this.slot = slot;
    this.id = id;
    this.first = first;
    this.life = life;
    this.fault = fault;
    this.membership = Membership.first(id, first);
    this.frontiers = Frontiers.of(id, first, fault);
  }

  private Node(Node other) {
    slot = other.slot;
    id = other.id;
    first = other.first;
    life = other.life;
    fault = other.fault;
    journal = new TreeMap<>(other.journal);
    promise = other.promise;
    membership = other.membership;
    carry = other.carry;
    buffer = other.buffer;
    frontiers = other.frontiers;
    heard = new TreeMap<>(other.heard);
    arrived = other.arrived;
    membershipPrint.take(other.membershipPrint);
    frontiersPrint.take(other.frontiersPrint);
  }

  Node copy() {
    return new Node(this);
  }

  List<Entry> log(ReplicaId origin) {
    return journal.getOrDefault(origin, List.of());
  }

  VersionVector held() {
    VersionVector held = VersionVector.empty();
    for (Map.Entry<ReplicaId, List<Entry>> log : journal.entrySet()) {
      held = held.with(log.getKey(), log.getValue().size());
    }
    return held;
  }

  /** How many events of each replica: the entity's vector. */
  VersionVector dots() {
    VersionVector dots = VersionVector.empty();
    for (Map.Entry<ReplicaId, List<Entry>> log : journal.entrySet()) {
      long events = 0;
      for (Entry entry : log.getValue()) {
        events += entry.event() == null ? 0 : 1;
      }
      dots = dots.with(log.getKey(), events);
    }
    return dots;
  }

  /** The latest time that its clock has seen. */
  HybridTimestamp seen() {
    HybridTimestamp seen = promise.time();
    for (List<Entry> log : journal.values()) {
      seen = log.isEmpty() ? seen : seen.max(log.get(log.size() - 1).time());
    }
    return seen;
  }

  boolean isJoining() {
    return life.phase() == ReplicaLife.Phase.JOINING;
  }

  /** Whether the next entry of a log may be stored, if it is this. */
  boolean takes(ReplicaId origin, Entry entry) {
    ReplicatedEvent<Note> event = entry.event();
    return !isJoining()
        && life.phase() != ReplicaLife.Phase.OVER
        && (!origin.equals(id) || life.phase() == ReplicaLife.Phase.FETCHING)
        && frontiers.get().isKnown(origin)
        && membership.mayStore(origin, log(origin).size() + 1)
        && (event == null || dots().covers(event.context().vector()));
  }

  /** Adds an entry to the journal, and to what came. */
  void append(ReplicaId origin, Entry entry) {
    List<Entry> log = new ArrayList<>(log(origin));
    log.add(entry);
    journal.put(origin, log);
    if (entry.event() != null) {
      List<ReplicatedEvent<Note>> more = new ArrayList<>(arrived);
      more.add(entry.event());
      arrived = more;
    }
  }

  /** A process starts on what the disk has. */
  void restart() {
    buffer = null;
    heard = new TreeMap<>();
    Membership.Durable old = membership.durable();
    membership =
        Membership.of(
            new Membership.Durable(
                old.self(),
                old.first(),
                old.changes(),
                held(),
                old.promised(),
                old.vote(),
                old.fenced()));
    frontiers = Frontiers.of(id, first, fault);
    ReplicaSet set = first;
    for (EpochChange change : old.changes()) {
      set = set.after(change);
      began(set, change);
    }
    for (List<Entry> log : journal.values()) {
      for (Entry entry : log) {
        if (entry.join() != null) {
          joined(entry);
        }
      }
    }
    held().forEach(this::received);
    Promise own = promise;
    frontiers = frontiers.with(real -> real.promised(id, own), f -> f.promised(id, own));
    Collection<ReplicaId> fenced = membership.fenced();
    frontiers = frontiers.with(real -> real.fence(fenced));
  }

  void began(ReplicaSet set, EpochChange change) {
    frontiers =
        frontiers.with(
            real -> real.began(set, change),
            careless ->
                change.retired().forEach(gone -> careless.retire(gone, change.cutOff(gone))));
  }

  void joined(Entry entry) {
    JoinRecord record = Objects.requireNonNull(entry.join());
    frontiers =
        frontiers.with(
            real -> real.joined(record), careless -> careless.join(record.joiner(), record.time()));
  }

  void received(ReplicaId origin, long lsn) {
    frontiers =
        frontiers.with(
            real -> real.received(origin, lsn), careless -> careless.received(origin, lsn));
  }

  void stored() {
    life = life.step(new LifeInput.Stored(held())).state();
    membership = membership.step(new MembershipInput.Stored(held())).state();
  }

  long fingerprint() {
    if (fingerprint == 0) {
      StringBuilder text = new StringBuilder(400);
      // Not the texts of records: making those costs more than all the rest of a step.
      text.append(id).append(journal).append(buffer).append(carry);
      text.append(promise.lsn()).append('@').append(promise.time());
      text.append(life.phase()).append(life.held()).append(life.wanted()).append(life.awaited());
      heard.forEach((from, tell) -> text.append(from).append(tell));
      long known = Fingerprints.join(membershipPrint.of(membership), frontiersPrint.of(frontiers));
      fingerprint = Fingerprints.join(Fingerprints.of(text), known);
    }
    return fingerprint;
  }

  @Override
  public String toString() {
    return id + " " + life.phase() + " " + journal + " " + frontiers.get();
  }
}
