package dev.converge.pekko.membership;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.membership.EpochChange;
import dev.converge.engine.membership.JoinRecord;
import dev.converge.engine.membership.Membership;
import dev.converge.engine.membership.ReplicaLife;
import dev.converge.engine.membership.ReplicaSet;
import dev.converge.pekko.journal.ReplicaLog;
import dev.converge.pekko.replication.ReplicaState.Frontier;
import dev.converge.pekko.wire.LogRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One incarnation's way: unformed or joining, then a member, then over. What comes over the link
 * goes through {@link FromLink}. Called on the loop, but for {@link #start} and what is said to be
 * thread-safe.
 */
final class Incarnation {
  /** Joins and floors, in the journal. */
  static final String MARKS = "marks";

  private static final Logger LOG = LoggerFactory.getLogger(Incarnation.class);

  private final Shell shell;
  private final List<ReplicaLog> attics;
  private final Peers peers;
  private final Confirmations confirmations;
  private final DiskCheck disk;
  private final List<Runnable> frontierListeners = new CopyOnWriteArrayList<>();
  private Marks marks = new Marks();
  private @Nullable Unformed unformed;
  private @Nullable Joining joining;
  private volatile @Nullable Member member;
  private volatile Frontier frontier = Frontier.NONE;
  private volatile @Nullable ReplicaSet set;
  private volatile @Nullable String refusal = "this node starts";
  private boolean over;

  Incarnation(Shell shell, List<ReplicaLog> attics) {
    this.shell = shell;
    this.attics = List.copyOf(attics);
    this.peers = new Peers(shell, this::state, this::first);
    this.confirmations = new Confirmations(shell, new KnownSet());
    this.disk = new DiskCheck(shell);
  }

  /** Reads what is stored, and begins; blocks on the database. */
  void start() {
    ReplicaLog log = shell.log;
    Optional<byte[]> end = log.state(CarryBack.OVER);
    Optional<Membership.Durable> stored = log.state(Epochs.STATE).map(MembershipForms::durable);
    Formation.Durable formation =
        log.state(Unformed.STATE).map(Formation.Durable::decode).orElse(Formation.Durable.NONE);
    List<EpochChange> former = new ArrayList<>();
    for (ReplicaLog attic : attics) {
      attic
          .state(Epochs.STATE)
          .map(MembershipForms::durable)
          .filter(durable -> durable.changes().size() > former.size())
          .ifPresent(
              durable -> {
                former.clear();
                former.addAll(durable.changes());
              });
    }
    marks = log.state(MARKS).map(Marks::decode).orElseGet(Marks::new);
    marks.load(log);
    peers.load();
    ReplicaLife.Disk found = disk.check();
    new Answers(shell, peers, () -> member).register();
    shell.run(
        () -> {
          peers.start();
          if (end.isPresent()) {
            comeBack();
          } else if (stored.isPresent()) {
            formed(stored.get(), found);
          } else if (formation.joining() || !attics.isEmpty()) {
            join(former);
          } else {
            form(formation, former);
          }
          shell.later(shell.settings.retryInterval(), this::tick);
        });
  }

  private void tick() {
    Unformed open = unformed;
    if (open != null) {
      open.take(new Formation.Input.Tick());
    }
    if (member != null) {
      member.tick();
    }
    if (shell.random.nextInt(4) == 0) {
      peers.greet(false);
    }
    shell.later(shell.settings.retryInterval(), this::tick);
  }

  // From one phase to the next

  private void form(Formation.Durable stored, List<EpochChange> former) {
    Unformed open =
        new Unformed(
            shell,
            peers,
            stored,
            new Unformed.Listener() {
              @Override
              public void formed(Membership.Durable durable) {
                unformed = null;
                Incarnation.this.formed(durable, ReplicaLife.Disk.SURE);
              }

              @Override
              public void joins() {
                unformed = null;
                join(former);
              }

              @Override
              public void changed() {
                publish();
              }
            });
    unformed = open;
    open.start();
    publish();
  }

  /**
   * Joins a set that others have formed. A replica joins without a log of its own: if it has
   * written, also in a process before, what is here is carried over by another one.
   */
  private void join(List<EpochChange> former) {
    refusal = "this replica joins a set that others have formed";
    shell.then(
        // Behind what was handed to the journal before.
        shell.log.putState(Unformed.STATE, new Formation.Durable(null, null, true).encode()),
        stored -> {
          if (shell.log.held().get(shell.self()) > 0) {
            over(0);
          } else {
            beginToJoin(former);
          }
        },
        error -> {
          LOG.warn("that this replica joins cannot be stored: {}", error.toString());
          shell.later(Duration.ofMillis(500), () -> join(former));
        });
  }

  private void beginToJoin(List<EpochChange> former) {
    Joining fresh =
        new Joining(
            shell,
            attics,
            former,
            peers::addresses,
            new Joining.Listener() {
              @Override
              public void joined(JoinRecord record, Membership.Durable durable, Marks news) {
                joining = null;
                marks = news;
                shell.host.imported();
                begin(durable, ReplicaLife.Disk.EMPTY, record);
              }

              @Override
              public void tooLate() {
                over(0);
              }
            });
    joining = fresh;
    fresh.start();
    publish();
  }

  private void formed(Membership.Durable durable, ReplicaLife.Disk found) {
    JoinRecord record = marks.recordOf(shell.self());
    boolean isNew = record != null && shell.log.promise().time().compareTo(record.time()) < 0;
    begin(durable, found, isNew ? record : null);
  }

  private void begin(
      Membership.Durable durable, ReplicaLife.Disk found, @Nullable JoinRecord record) {
    Member now =
        new Member(
            shell,
            peers,
            durable,
            marks,
            found,
            record,
            attics,
            new Member.Listener() {
              @Override
              public void changed() {
                publish();
              }

              @Override
              public void settle() {
                publish();
                confirmations.settle();
              }

              @Override
              public void over(long after) {
                Incarnation.this.over(after);
              }
            });
    member = now;
    now.start();
    publish();
  }

  /** Nothing is acknowledged from now on; first it is stored that this is the end. */
  void over(long after) {
    over = true;
    refusal = Shell.over().getMessage();
    shell.then(
        shell.log.putState(CarryBack.OVER, CarryBack.over(after)),
        stored -> comeBack(),
        error -> {
          LOG.warn(
              "the end of {} cannot be stored, and is tried again: {}",
              shell.self(),
              error.toString());
          shell.later(Duration.ofMillis(500), () -> over(after));
        });
  }

  private void comeBack() {
    over = true;
    refusal = Shell.over().getMessage();
    shell.end();
    shell.host.comeBack();
  }

  /** Lets others see how it stands. */
  void publish() {
    Member now = member;
    if (over) {
      return;
    }
    if (now == null) {
      Unformed open = unformed;
      refusal =
          open != null
              ? open.refusesWrites()
              : joining != null ? "this replica joins: " + joining.status() : refusal;
      return;
    }
    refusal = now.refusesWrites();
    set = now.set();
    Frontier next = now.frontier();
    if (!next.equals(frontier)) {
      frontier = next;
      frontierListeners.forEach(Runnable::run);
    }
  }

  Greeting.State state() {
    return member != null
        ? Greeting.State.FORMED
        : unformed != null ? Greeting.State.UNFORMED : Greeting.State.JOINING;
  }

  private TreeSet<ReplicaId> first() {
    return member == null ? new TreeSet<>() : member.first();
  }

  // What has come over the link

  void heard(ReplicaId replica, Greeting said) {
    peers.heard(replica, said);
    if (unformed != null) {
      unformed.heard(replica, said);
    }
  }

  /** Rows were committed; before there is a member, only marks among them matter. */
  void stored(List<LogRow> rows) {
    if (member != null && !shell.isOver()) {
      member.stored(rows);
    } else {
      rows.forEach(row -> marks.take(row));
    }
    confirmations.settle();
  }

  // What is known; thread-safe

  Frontier frontier() {
    return frontier;
  }

  void onFrontier(Runnable listener) {
    frontierListeners.add(listener);
  }

  @Nullable String refusesWrites() {
    return refusal;
  }

  @Nullable ReplicaSet set() {
    return set;
  }

  /** The newest at any moment: who mints an event relies on that. */
  VersionVector ownFloor() {
    Member now = member;
    return now == null ? VersionVector.empty() : now.ownFloor();
  }

  // For the loop

  @Nullable Member member() {
    return member;
  }

  @Nullable Unformed unformed() {
    return unformed;
  }

  Peers peers() {
    return peers;
  }

  Confirmations confirmations() {
    return confirmations;
  }

  DiskCheck disk() {
    return disk;
  }

  /** What people should know of how this replica comes to belong to a set. */
  List<String> notes() {
    List<String> notes = new ArrayList<>();
    if (unformed != null) {
      notes.add(unformed.status());
    }
    if (joining != null) {
      notes.add("joins: " + joining.status());
    }
    return notes;
  }

  private final class KnownSet implements Confirmations.Known {
    @Override
    public boolean isMember(ReplicaId replica) {
      ReplicaSet now = set;
      return now == null || now.contains(replica);
    }

    @Override
    public VersionVector safe() {
      return member == null ? VersionVector.empty() : member.safe();
    }
  }
}
