package dev.converge.pekko.membership;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.frontier.Promise;
import dev.converge.engine.membership.Change;
import dev.converge.engine.membership.EpochChange;
import dev.converge.engine.membership.JoinRecord;
import dev.converge.engine.membership.LifeInput;
import dev.converge.engine.membership.Membership;
import dev.converge.engine.membership.MembershipInput;
import dev.converge.engine.membership.MembershipMessage;
import dev.converge.engine.membership.ReplicaLife;
import dev.converge.engine.membership.ReplicaSet;
import dev.converge.pekko.journal.ReplicaLog;
import dev.converge.pekko.replication.ReplicaState.Frontier;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A replica that belongs to a set: holds the parts together that drive the engine's machines. */
final class Member implements Epochs.Listener, Lifetime.Listener {
  private static final Logger LOG = LoggerFactory.getLogger(Member.class);

  /** Who hears what others need to know. */
  interface Listener {
    /** The set, the frontier, or whether writes are accepted may have changed. */
    void changed();

    /** Somebody may be waiting for what is held, or safe. */
    void settle();

    /** This incarnation is over. */
    void over(long after);
  }

  private final Shell shell;
  private final Peers peers;
  private final Listener listener;
  private final MarkRows markRows;
  private final Epochs epochs;
  private final Lifetime lifetime;
  private final Frontiers frontiers;
  private final Proposals proposals;
  private final Door door;
  private final Promises promises;
  private final Floors floors;
  private final CarryBack carryBack;
  private final Vouched vouched = new Vouched();
  private final BaseFetch base;
  private final List<String> notes = new ArrayList<>();
  private final @Nullable JoinRecord joins;

  /** {origin → LSN}: the rows whose meaning is known here; the journal may be ahead. */
  private VersionVector applied;

  private HybridTimestamp latest = HybridTimestamp.ZERO;
  private Promise promised;
  private boolean accepts;
  private boolean over;

  /**
   * @param disk what is known of the database
   * @param joins the record of this replica, if it begins with it
   */
  Member(
      Shell shell,
      Peers peers,
      Membership.Durable stored,
      Marks marks,
      ReplicaLife.Disk disk,
      @Nullable JoinRecord joins,
      List<ReplicaLog> attics,
      Listener listener) {
    this.shell = shell;
    this.peers = peers;
    this.listener = listener;
    this.joins = joins;
    this.epochs = new Epochs(shell, stored, this);
    this.applied = shell.log.held();
    this.promised = shell.log.promise();
    this.frontiers = new Frontiers(epochs.membership(), marks, applied, promised);
    TreeSet<ReplicaId> others = new TreeSet<>(epochs.set().members());
    others.remove(shell.self());
    this.lifetime =
        new Lifetime(
            shell,
            joins != null ? ReplicaLife.Disk.EMPTY : disk,
            others,
            epochs.membership().fenced(),
            this);
    this.proposals =
        new Proposals(
            shell,
            epochs,
            replica -> marks.recordOf(replica) != null || stored.first().contains(replica));
    this.door = new Door(shell, epochs, proposals, marks, peers::isAlive);
    this.promises = new Promises(shell, this::promised);
    this.floors = new Floors(shell, marks.floorOf(shell.self()), () -> frontiers.now().stable());
    this.carryBack = new CarryBack(shell, attics, epochs::membership);
    this.base = new BaseFetch(shell, epochs);
    this.markRows = new MarkRows(shell, marks, epochs, frontiers);
  }

  void start() {
    EpochChange end = epochs.membership().retirementOf(shell.self());
    if (end != null) {
      lifetime.take(new LifeInput.Retired(end.cutOff(shell.self())));
      return;
    }
    lifetime.start();
    if (joins != null) {
      lifetime.take(new LifeInput.Joined(joins));
    }
    // What the journal has may be later than the newest promise: one promise settles that.
    promises.stored(shell.clock.now());
    epochs.offer(new MembershipInput.Restarted());
    peers.greet(true);
    shell.later(shell.settings.floorInterval(), this::raiseFloor);
    listener.changed();
  }

  private void raiseFloor() {
    if (accepts) {
      floors.tick();
    }
    shell.later(shell.settings.floorInterval(), this::raiseFloor);
  }

  /** Once in a while. */
  void tick() {
    if (accepts) {
      proposals.tick();
      door.sponsor();
    }
    promised();
    if (isStuck()) {
      LOG.warn(
          "{} may lack what {} had, whose database is gone; it goes on as a new incarnation",
          shell.self(),
          lifetime.awaited());
      over(CarryBack.AS_RETIRED);
      return;
    }
    carryBack.settle(frontiers.now().stable());
  }

  /**
   * Whether this replica waits for somebody who can never answer, while the others can decide
   * without it. Without that, two failures at once (this disk may lack its end, that one is lost)
   * would wait for each other.
   */
  private boolean isStuck() {
    TreeSet<ReplicaId> gone = new TreeSet<>(lifetime.awaited());
    gone.removeIf(
        replica -> {
          Formation.Peer now = peers.met(replica.name());
          return now == null || now.id().incarnation() <= replica.incarnation();
        });
    TreeSet<ReplicaId> stay = new TreeSet<>(epochs.set().members());
    stay.removeAll(gone);
    stay.remove(shell.self());
    return !over && !gone.isEmpty() && epochs.membership().quorum().isAmong(stay);
  }

  // What the machines say

  @Override
  public void fenced(Collection<ReplicaId> replicas) {
    LOG.info("the logs of {} are closed: somebody proposes to retire them", replicas);
    frontiers.fence(replicas);
    shell.link.changed();
  }

  @Override
  public void began(ReplicaSet set, EpochChange change) {
    LOG.info("epoch {} begins, with {}", set.epoch(), set.members());
    frontiers.began(set, change, applied);
    proposals.began();
    lifetime.gone(change);
    shell.link.changed();
    settle();
    listener.changed();
  }

  @Override
  public void sponsors(EpochChange change) {
    door.sponsor();
  }

  @Override
  public void retired(long cutOff) {
    LOG.warn(
        "{} was retired: what it holds of its own log behind {} comes back under a new incarnation",
        shell.self(),
        cutOff);
    lifetime.take(new LifeInput.Retired(cutOff));
  }

  @Override
  public void gaveUp(Change change, String reason) {
    LOG.info("the proposal {} came to nothing for now: {}", change, reason);
    proposals.gaveUp();
  }

  @Override
  public void refused(Change change, String reason) {
    LOG.warn("the proposal {} is not possible: {}", change, reason);
    proposals.refused(change, reason);
  }

  @Override
  public void diverged(ReplicaId peer, EpochChange here, EpochChange there) {
    String note =
        "epoch "
            + here.epoch()
            + " is another one at "
            + peer
            + ": somebody used force on both sides. Choose one side, and give the nodes of the"
            + " other a new incarnation (restore)";
    if (!notes.contains(note)) {
      LOG.error("{}; here {}, there {}", note, here, there);
      notes.add(note);
    }
  }

  @Override
  public boolean takesPart() {
    return lifetime.isActive();
  }

  @Override
  public void acceptsWrites(boolean yes) {
    accepts = yes;
    promises.setActive(yes);
    if (yes) {
      carryBack.start();
      door.sponsor();
    }
    listener.changed();
  }

  @Override
  public void over(long after) {
    over = true;
    accepts = false;
    promises.setActive(false);
    listener.over(after);
  }

  // What is stored, and what others say

  void stored(List<LogRow> rows) {
    HybridTimestamp newest = HybridTimestamp.ZERO;
    boolean marked = false;
    for (LogRow row : rows) {
      applied = applied.with(row.origin(), row.lsn());
      if (row.entry() instanceof LogEntry.Event event) {
        newest = newest.max(MarkRows.timeOf(row, event));
        floors.stored(row.origin(), row.lsn());
      } else {
        marked = true;
        markRows.take(row);
      }
    }
    frontiers.received(applied);
    vouched.stored(applied);
    if (newest.compareTo(latest) > 0) {
      latest = newest;
      shell.clock.observe(newest);
      promises.stored(newest);
    }
    lifetime.stored();
    settle();
    if (marked) {
      markRows.store();
      shell.link.changed();
    }
  }

  /** Promises are made for more than one reason; all of them count. */
  private void promised() {
    Promise newest = shell.log.promise();
    if (newest.time().compareTo(promised.time()) > 0) {
      promised = newest;
      frontiers.promised(shell.self(), newest);
      shell.link.changed();
      listener.settle();
    }
  }

  /** The handshake with a peer is through. */
  void met(
      ReplicaId replica,
      long epoch,
      VersionVector held,
      Map<ReplicaId, Promise> promised,
      long ownLsn,
      long sameUpTo,
      Greeting greeting) {
    boolean isOther = greeting.state() == Greeting.State.FORMED && !peers.isOfSameSet(replica);
    if (isOther) {
      return;
    }
    lifetime.take(
        new LifeInput.PeerHas(
            replica,
            ownLsn,
            sameUpTo,
            held,
            promised.getOrDefault(shell.self(), new Promise(0, HybridTimestamp.ZERO))));
    if (!over && peers.isOfSameSet(replica)) {
      told(replica, epoch, held, promised);
    }
  }

  void told(ReplicaId from, long epoch, VersionVector held, Map<ReplicaId, Promise> promised) {
    epochs.meet(from, epoch);
    if (over) {
      return;
    }
    frontiers.confirmed(from, epoch, held);
    promised.forEach(
        (replica, promise) -> {
          if (!replica.equals(shell.self())) {
            vouched.heard(replica, promise, applied);
            frontiers.promised(replica, promise);
          }
        });
    base.fetch(from, held);
    settle();
  }

  void came(ReplicaId from, MembershipMessage message) {
    if (message instanceof MembershipMessage.Prepare) {
      proposals.makeRoom();
    }
    epochs.offer(new MembershipInput.Came(from, message));
  }

  private void settle() {
    promised();
    listener.settle();
  }

  // What others ask

  boolean mayStore(ReplicaId origin, long lsn) {
    return origin.equals(shell.self())
        ? lifetime.mayStoreOwn(lsn)
        : !over && frontiers.isKnown(origin) && epochs.mayStore(origin, lsn);
  }

  void waits(LogRow row) {
    if (lifetime.phase() == ReplicaLife.Phase.FETCHING) {
      // Not from within what the link does with the rows that have come.
      shell.run(() -> lifetime.waits(row));
    }
  }

  boolean tells(ReplicaId peer) {
    return epochs.tells(peer);
  }

  Map<ReplicaId, Promise> promises() {
    Map<ReplicaId, Promise> all = new TreeMap<>(vouched.promises());
    all.put(shell.self(), shell.log.promise());
    return all;
  }

  ReplicaSet set() {
    return epochs.set();
  }

  TreeSet<ReplicaId> first() {
    return new TreeSet<>(epochs.membership().durable().first().members());
  }

  VersionVector safe() {
    return frontiers.safe();
  }

  Frontier frontier() {
    return frontiers.now();
  }

  VersionVector ownFloor() {
    return floors.own();
  }

  /** The time of the latest event that was stored since the start. */
  HybridTimestamp latest() {
    return latest;
  }

  Epochs epochs() {
    return epochs;
  }

  Door door() {
    return door;
  }

  Proposals proposals() {
    return proposals;
  }

  Lifetime lifetime() {
    return lifetime;
  }

  Frontiers frontiers() {
    return frontiers;
  }

  Map<ReplicaId, Promise> newestPromises() {
    return vouched.newest();
  }

  List<String> notes() {
    return notes;
  }

  /** Null if writes are accepted, else why not. */
  @Nullable String refusesWrites() {
    String waits = lifetime.waitsFor();
    return accepts ? null : waits.isEmpty() ? "this replica starts" : waits;
  }
}
