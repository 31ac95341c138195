package dev.converge.engine.walk;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.frontier.Promise;
import dev.converge.engine.membership.EpochChange;
import dev.converge.engine.membership.LifeInput;
import dev.converge.engine.membership.Membership;
import dev.converge.engine.membership.MembershipInput;
import dev.converge.engine.membership.ReplicaLife;
import dev.converge.engine.membership.ReplicaSet;
import dev.converge.engine.support.Note;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One replica: what is on its disk, and what a crash takes. Copied before it is changed; no longer
 * changed once it is part of a {@link World} that was walked.
 */
final class Node {
  final int slot;
  private final Pool pool;
  ReplicaId id;
  private TreeMap<ReplicaId, List<Entry>> journal = new TreeMap<>();
  Promise promise = new Promise(0, HybridTimestamp.ZERO);

  /** Whether this incarnation has given a promise. */
  boolean hasPromised;

  Membership membership;
  ReplicaLife life;

  /** Retired events that come back under the present incarnation. Durable. */
  List<Entry> carry = List.of();

  /** If it is over: up to where its log counts. */
  long comesBackAfter;

  /** Minted, not committed: lost in a crash. */
  @Nullable Entry buffer;

  /** Whether its frontiers are followed; what they are changes nothing else. */
  final boolean watches;

  Frontiers frontiers;
  TreeMap<ReplicaId, Flight.Tell> heard = new TreeMap<>();

  /** In the order in which they came; not part of what makes states different. */
  List<Entry> arrived = List.of();

  private @Nullable Print print;
  private @Nullable VersionVector held;
  private @Nullable VersionVector dots;
  private @Nullable List<Dot> finals;

  Node(Pool pool, int slot, ReplicaId id, ReplicaLife life, boolean watches) {
    this.pool = pool;
    this.watches = watches;
    this.slot = slot;
    this.id = id;
    this.life = life;
    this.membership = Membership.first(id, pool.first);
    this.frontiers = Frontiers.start(pool, id);
  }

  private Node(Node other) {
    watches = other.watches;
    slot = other.slot;
    id = other.id;
    pool = other.pool;
    life = other.life;
    journal = new TreeMap<>(other.journal);
    promise = other.promise;
    hasPromised = other.hasPromised;
    membership = other.membership;
    carry = other.carry;
    buffer = other.buffer;
    comesBackAfter = other.comesBackAfter;
    frontiers = other.frontiers;
    heard = new TreeMap<>(other.heard);
    arrived = other.arrived;
    held = other.held;
    dots = other.dots;
  }

  Node copy() {
    return new Node(this);
  }

  List<Entry> log(ReplicaId origin) {
    return journal.getOrDefault(origin, List.of());
  }

  Map<ReplicaId, List<Entry>> journal() {
    return journal;
  }

  VersionVector held() {
    if (held == null) {
      TreeMap<ReplicaId, Long> sizes = new TreeMap<>();
      journal.forEach((origin, log) -> sizes.put(origin, (long) log.size()));
      held = VersionVector.of(sizes);
    }
    return held;
  }

  /** How many events of each replica: the entity's vector. */
  VersionVector dots() {
    if (dots == null) {
      TreeMap<ReplicaId, Long> events = new TreeMap<>();
      arrived.forEach(
          entry -> {
            if (entry.event() != null) {
              events.merge(entry.event().replica(), 1L, Long::sum);
            }
          });
      dots = VersionVector.of(events);
    }
    return dots;
  }

  /** The events that it calls final, in order. */
  List<Dot> finals() {
    if (finals == null) {
      List<ReplicatedEvent<Note>> events = new ArrayList<>();
      for (Entry entry : arrived) {
        if (entry.event() != null && entry.time().compareTo(frontiers.finalTime) <= 0) {
          events.add(entry.event());
        }
      }
      events.sort(ReplicatedEvent.TOTAL_ORDER);
      finals = events.stream().map(ReplicatedEvent::dot).toList();
    }
    return finals;
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

  /** Whether the record that lets a replica join has come. */
  boolean isKnown(ReplicaId origin) {
    if (pool.first.contains(origin)) {
      return true;
    }
    for (List<Entry> log : journal.values()) {
      for (Entry entry : log) {
        if (entry.join() != null && entry.join().joiner().equals(origin)) {
          return true;
        }
      }
    }
    return pool.fault == Fault.JOIN_WITHOUT_RECORD && membership.set().contains(origin);
  }

  /** Whether the next entry of a log may be stored, if it is this. */
  boolean takes(ReplicaId origin, Entry entry) {
    ReplicatedEvent<Note> event = entry.event();
    return !isJoining()
        && life.phase() != ReplicaLife.Phase.OVER
        && (!origin.equals(id) || life.phase() == ReplicaLife.Phase.FETCHING)
        && isKnown(origin)
        && membership.mayStore(origin, log(origin).size() + 1)
        && (event == null
            || pool.fault == Fault.NO_CAUSAL_CHECK
            || dots().covers(event.context().vector()));
  }

  /** Adds an entry to the journal, and to what came. */
  void append(ReplicaId origin, Entry entry) {
    List<Entry> log = new ArrayList<>(log(origin));
    log.add(entry);
    journal.put(origin, log);
    if (entry.event() != null) {
      List<Entry> more = new ArrayList<>(arrived);
      more.add(entry);
      arrived = more;
    }
    held = null;
    dots = null;
  }

  /** The end of a log was not flushed. */
  void loseLast(ReplicaId origin) {
    List<Entry> log = log(origin);
    Entry last = log.get(log.size() - 1);
    journal.put(origin, List.copyOf(log.subList(0, log.size() - 1)));
    arrived = arrived.stream().filter(entry -> !entry.equals(last)).toList();
    held = null;
    dots = null;
  }

  /** A snapshot. */
  void copyFrom(Node other) {
    journal = new TreeMap<>(other.journal);
    arrived = other.arrived;
    held = null;
    dots = null;
  }

  /** A new database. */
  void empty(ReplicaId next) {
    id = next;
    journal = new TreeMap<>();
    arrived = List.of();
    held = null;
    dots = null;
    promise = new Promise(0, HybridTimestamp.ZERO);
    hasPromised = false;
    buffer = null;
    carry = List.of();
    comesBackAfter = 0;
    heard = new TreeMap<>();
    membership = Membership.first(id, pool.first);
    frontiers = Frontiers.start(pool, id);
    life = ReplicaLife.start(id, ReplicaLife.Disk.EMPTY, VersionVector.empty(), List.of()).state();
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
    frontiers = Frontiers.start(pool, id);
    ReplicaSet set = pool.first;
    for (EpochChange change : old.changes()) {
      set = set.after(change);
      call(new Frontiers.Began(set, change));
    }
    for (List<Entry> log : journal.values()) {
      for (Entry entry : log) {
        if (entry.join() != null) {
          call(new Frontiers.Joined(entry.join()));
        }
      }
    }
    held().forEach((origin, lsn) -> call(new Frontiers.Received(origin, lsn)));
    call(new Frontiers.Promised(id, promise));
    call(new Frontiers.Fence(membership.fenced()));
  }

  void call(Frontiers.Call call) {
    if (watches) {
      frontiers = frontiers.with(call);
    }
  }

  void stored() {
    life = life.step(new LifeInput.Stored(held())).state();
    membership = membership.step(new MembershipInput.Stored(held())).state();
  }

  Print print() {
    if (print == null) {
      StringBuilder text = new StringBuilder(600);
      // Not the texts of records where that can be helped: they cost more than the rest of a step.
      text.append(id).append(journal).append(buffer).append(carry);
      text.append(promise.lsn())
          .append('@')
          .append(promise.time())
          .append(hasPromised)
          .append(comesBackAfter);
      text.append(life.phase()).append(life.held()).append(life.wanted()).append(life.awaited());
      heard.forEach((from, tell) -> text.append(from).append(tell));
      print = Print.of(text).and(pool.print(membership)).and(frontiers.print());
    }
    return print;
  }

  @Override
  public String toString() {
    return id + " " + life.phase() + " " + journal + " " + frontiers;
  }
}
