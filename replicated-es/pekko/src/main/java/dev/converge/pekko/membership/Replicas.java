package dev.converge.pekko.membership;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.frontier.Promise;
import dev.converge.engine.membership.EpochChange;
import dev.converge.engine.membership.JoinRecord;
import dev.converge.engine.membership.Membership;
import dev.converge.engine.membership.ReplicaLife;
import dev.converge.engine.membership.ReplicaSet;
import dev.converge.pekko.NodeClock;
import dev.converge.pekko.journal.ReplicaLog;
import dev.converge.pekko.replication.LinkSide;
import dev.converge.pekko.replication.Loop;
import dev.converge.pekko.replication.MembershipSide;
import dev.converge.pekko.replication.ReplicaState;
import dev.converge.pekko.wire.LogRow;
import dev.converge.pekko.wire.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The set of replicas, as one node has part in it: who counts, what is final, whether this node may
 * write; and the ways in and out. One for each incarnation of the node's database.
 *
 * <p>What {@link MembershipSide} has is called on the loop. All else is thread-safe, and nothing
 * blocks but {@link #start}. Stages complete on the loop.
 */
public final class Replicas implements MembershipSide, ReplicaState {
  /** Joins and floors, in the journal. */
  static final String MARKS = "marks";

  private static final int PAGE = 1_000;
  private static final Logger LOG = LoggerFactory.getLogger(Replicas.class);

  private final Shell shell;
  private final List<ReplicaLog> attics;
  private final Peers peers;
  private final Confirmations confirmations;
  private final MajorityReads reads;
  private final DiskCheck disk;
  private final List<Runnable> frontierListeners = new CopyOnWriteArrayList<>();
  private Marks marks = new Marks();
  private @Nullable Unformed unformed;
  private @Nullable Joining joining;
  private @Nullable Member member;
  private volatile Frontier frontier = Frontier.NONE;
  private volatile @Nullable ReplicaSet set;
  private volatile @Nullable String refusal = "this node starts";
  private volatile VersionVector ownFloor = VersionVector.empty();
  private boolean over;

  /**
   * A node's part in its set of replicas; {@link #start} begins.
   *
   * @param loop runs all of it
   * @param blocking for what blocks on the database, a few tasks at a time
   * @param attics the databases of former incarnations that {@link ReplicasHost#atticDone} was not
   *     called for, the oldest first, open for reading
   * @param random for waits with chance in them
   */
  public Replicas(
      Loop loop,
      Executor blocking,
      ReplicaLog log,
      LinkSide link,
      NodeClock clock,
      ReplicasHost host,
      List<ReplicaLog> attics,
      ReplicasSettings settings,
      Random random) {
    this.shell = new Shell(loop, blocking, log, link, clock, host, settings, random);
    this.attics = List.copyOf(attics);
    this.peers = new Peers(shell, this::state, this::first);
    this.confirmations = new Confirmations(shell, new KnownSet());
    this.reads = new MajorityReads(shell, () -> set);
    this.disk = new DiskCheck(shell);
  }

  /**
   * Reads what is stored, and begins. Once, before anything else, with the link there and no
   * command accepted yet.
   *
   * @throws dev.converge.pekko.journal.JournalException if the database cannot be read
   * @throws WireException if what it has is damaged, or of a newer version
   */
  public void start() {
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
    loadMarks();
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

  private void loadMarks() {
    marks = shell.log.state(MARKS).map(Marks::decode).orElseGet(Marks::new);
    while (true) {
      List<LogRow> rows = shell.log.marks(marks.position(), PAGE);
      rows.forEach(marks::take);
      if (rows.size() < PAGE) {
        return;
      }
    }
  }

  /** Ends. A start after this knows that the disk has all. */
  public CompletionStage<Void> close() {
    CompletableFuture<Void> closed = new CompletableFuture<>();
    shell.runOrFail(
        closed,
        () ->
            shell.then(
                disk.closing(),
                stored -> {
                  shell.end();
                  closed.complete(null);
                },
                error -> {
                  shell.end();
                  closed.completeExceptionally(error);
                }));
    return closed.exceptionally(
        error -> {
          LOG.debug("not closed cleanly", error);
          return null;
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
                Replicas.this.formed(durable, ReplicaLife.Disk.SURE);
              }

              @Override
              public void joins() {
                unformed = null;
                if (shell.log.held().get(shell.self()) > 0) {
                  // A replica joins without a log of its own: what is here is carried over.
                  over(0);
                } else {
                  join(former);
                }
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

  private void join(List<EpochChange> former) {
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
                Replicas.this.over(after);
              }
            });
    member = now;
    now.start();
    publish();
  }

  /** Nothing is acknowledged from now on; first it is stored that this is the end. */
  private void over(long after) {
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

  private void publish() {
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
    ownFloor = now.ownFloor();
    Frontier next = now.frontier();
    if (!next.equals(frontier)) {
      frontier = next;
      frontierListeners.forEach(Runnable::run);
    }
  }

  private Greeting.State state() {
    return member != null
        ? Greeting.State.FORMED
        : unformed != null ? Greeting.State.UNFORMED : Greeting.State.JOINING;
  }

  private TreeSet<ReplicaId> first() {
    return member == null ? new TreeSet<>() : member.first();
  }

  // What the link asks and tells

  @Override
  public long epoch() {
    return member == null ? -1 : member.set().epoch();
  }

  @Override
  public boolean mayStore(ReplicaId origin, long lsn) {
    return member != null && member.mayStore(origin, lsn);
  }

  @Override
  public boolean tells(ReplicaId peer) {
    return member != null && member.tells(peer);
  }

  @Override
  public Map<ReplicaId, Promise> promises() {
    return member == null ? Map.of() : member.promises();
  }

  @Override
  public byte[] greeting() {
    return peers.greeting().encode();
  }

  @Override
  public void met(
      String peer,
      ReplicaId replica,
      long epoch,
      VersionVector held,
      Map<ReplicaId, Promise> promises,
      long ownLsn,
      long sameUpTo,
      byte[] greeting) {
    Greeting said = Peers.decode(peer, greeting);
    if (said == null || shell.isOver()) {
      return;
    }
    heard(replica, said);
    confirmations.told(replica, held);
    if (member != null) {
      member.met(replica, epoch, held, promises, ownLsn, sameUpTo, said);
    }
  }

  private void heard(ReplicaId replica, Greeting said) {
    peers.heard(replica, said);
    if (unformed != null) {
      unformed.heard(replica, said);
    }
  }

  @Override
  public void lost(String peer) {
    publish();
  }

  @Override
  public void told(
      ReplicaId from, long epoch, VersionVector held, Map<ReplicaId, Promise> promises) {
    if (shell.isOver()) {
      return;
    }
    if (member != null && peers.isOfSameSet(from)) {
      confirmations.told(from, held);
      member.told(from, epoch, held, promises);
    }
  }

  @Override
  public void came(String peer, ReplicaId from, byte[] message) {
    if (shell.isOver()) {
      return;
    }
    Message said;
    try {
      said = Message.decode(message);
    } catch (WireException e) {
      LOG.warn("{} says what this node cannot read: {}", peer, e.getMessage());
      return;
    }
    if (said instanceof Message.Hello hello) {
      heard(from, hello.greeting());
      if (hello.asks()) {
        peers.say(peer, new Message.Hello(peers.greeting(), false));
      }
    } else if (said instanceof Message.PledgeAsk ask && unformed != null) {
      unformed.take(new Formation.Input.PledgeAsked(from, ask.members()));
    } else if (said instanceof Message.Pledge pledge && unformed != null) {
      unformed.take(new Formation.Input.Pledged(from, pledge.founder()));
    } else if (said instanceof Message.About about
        && member != null
        && about.to().equals(shell.self())) {
      member.came(from, about.message());
    }
  }

  @Override
  public void stored(List<LogRow> rows) {
    if (member != null && !shell.isOver()) {
      member.stored(rows);
    } else {
      rows.forEach(row -> marks.take(row));
    }
    confirmations.settle();
  }

  // What the node's entities ask

  @Override
  public Frontier frontier() {
    return frontier;
  }

  @Override
  public void onFrontier(Runnable listener) {
    frontierListeners.add(listener);
  }

  @Override
  public @Nullable String refusesWrites() {
    return refusal;
  }

  @Override
  public @Nullable ReplicaSet set() {
    return set;
  }

  @Override
  public VersionVector ownFloor() {
    return ownFloor;
  }

  @Override
  public CompletionStage<Void> heldBy(int replicas, VersionVector rows, Duration limit) {
    return confirmations.await(replicas, rows, limit);
  }

  @Override
  public CompletionStage<VersionVector> majorityHolds(Duration limit) {
    return reads.read(limit);
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

  // What operators ask

  /**
   * Has replicas leave the set for good: the others decide it, and wait no more for them. Name all
   * that cannot be reached: all who stay have to answer. One that lives nevertheless comes back by
   * itself, as a new incarnation, with what it alone had acknowledged; stop a node first that is
   * not to come back.
   *
   * @param replicas configured names, or whole replica ids
   * @param force decide also without a majority. <strong>Unsafe</strong> if one of those who leave
   *     lives, and decides something else meanwhile
   * @return the set without them; fails with a {@link MembershipException} if it is not possible,
   *     with a {@link java.util.concurrent.TimeoutException} if it was not decided within {@code
   *     limit}; it may be decided later all the same
   */
  public CompletionStage<ReplicaSet> retire(
      Collection<String> replicas, boolean force, Duration limit) {
    CompletableFuture<ReplicaSet> answer = new CompletableFuture<>();
    List<String> names = List.copyOf(replicas);
    shell.runOrFail(
        answer,
        () -> {
          Member now = member;
          if (now == null || !now.lifetime().isActive()) {
            answer.completeExceptionally(
                new MembershipException(
                    "this node has no say in the set of replicas now: "
                        + (now == null ? "it belongs to none yet" : now.refusesWrites())
                        + "; ask another one"));
            return;
          }
          try {
            now.proposals()
                .retire(new TreeSet<>(Operators.resolve(names, now.set())), force, limit)
                .whenComplete(
                    (next, error) -> {
                      if (error == null) {
                        answer.complete(next);
                      } else {
                        answer.completeExceptionally(error);
                      }
                    });
          } catch (MembershipException e) {
            answer.completeExceptionally(e);
          }
        });
    return answer;
  }

  /**
   * Has this node's database taken for an old backup: nothing more is accepted on it, and the node
   * goes on with a new incarnation, into which what only this database has is carried over.
   *
   * @return completed before {@link ReplicasHost#comeBack} is called
   */
  public CompletionStage<Void> restored() {
    CompletableFuture<Void> answer = new CompletableFuture<>();
    shell.runOrFail(
        answer,
        () -> {
          over(CarryBack.AS_RETIRED);
          answer.complete(null);
        });
    return answer;
  }

  /**
   * The same, for the database of a node that does not run: the next start begins with it.
   *
   * @throws MembershipException if the set of replicas has no other member, so that there is nobody
   *     to be behind
   */
  public static CompletionStage<Void> markRestored(ReplicaLog log) {
    log.state(Epochs.STATE)
        .map(MembershipForms::durable)
        .map(Membership::of)
        .filter(membership -> membership.set().members().size() == 1)
        .ifPresent(
            membership -> {
              throw new MembershipException(
                  log.self() + " is the only replica; start the node, it is as the backup was");
            });
    return log.putState(CarryBack.OVER, CarryBack.over(CarryBack.AS_RETIRED));
  }

  /**
   * Makes a node known that no configuration names, so that it can join; the other nodes learn of
   * it from this one.
   *
   * @param address {@code host:port}
   */
  public void introduce(String name, String address) {
    shell.run(() -> peers.learn(name, Map.of(name, address)));
  }

  /** Says no more to a node that is gone for good, and that is in no configuration any more. */
  public void forget(String name) {
    shell.run(() -> peers.forget(name));
  }

  /** How it stands. */
  public CompletionStage<ReplicasStatus> status() {
    CompletableFuture<ReplicasStatus> answer = new CompletableFuture<>();
    shell.runOrFail(
        answer,
        () -> {
          publish();
          List<String> notes = new ArrayList<>();
          if (unformed != null) {
            notes.add(unformed.status());
          }
          if (joining != null) {
            notes.add("joins: " + joining.status());
          }
          answer.complete(
              new Operators(shell, peers, confirmations).status(member, state(), refusal, notes));
        });
    return answer;
  }
}
