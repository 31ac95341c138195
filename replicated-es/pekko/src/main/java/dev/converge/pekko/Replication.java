package dev.converge.pekko;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.frontier.Promise;
import dev.converge.pekko.membership.Replicas;
import dev.converge.pekko.membership.ReplicasHost;
import dev.converge.pekko.membership.ReplicasSettings;
import dev.converge.pekko.peer.LinkSettings;
import dev.converge.pekko.peer.PeerLink;
import dev.converge.pekko.peer.PeerTransport;
import dev.converge.pekko.replication.MembershipSide;
import dev.converge.pekko.replication.ReplicationLoop;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.LogRow;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * All of a node's replication but the entities: the link to the peers, and the set of replicas,
 * over the node's journal. Lives as long as the journal is open, whatever actor systems come and
 * go. Thread-safe.
 */
public final class Replication implements AutoCloseable {
  private static final int BLOCKING_THREADS = 3;

  private final ReplicaHome home;
  private final NodeClock clock;
  private final ReplicationLoop loop = new ReplicationLoop();
  private final ExecutorService blocking;
  private final PeerLink link;
  private final Replicas replicas;
  private final Late late = new Late();
  private final CompletableFuture<Void> over = new CompletableFuture<>();

  /** Replicas and link need each other, and the entities need both: these come last. */
  private static final class Late {
    private volatile @Nullable EntitySide entities;
    private volatile @Nullable MembershipSide membership;

    MembershipSide membership() {
      MembershipSide made = membership;
      if (made == null) {
        throw new IllegalStateException("the link was started before the set of replicas");
      }
      return made;
    }
  }

  /** What the set of replicas needs of the entities. Must not block. */
  public interface EntitySide {
    /** All that is stored was replaced: entities read it anew. */
    void imported();

    /** The dots of an entity that are stored here. */
    CompletionStage<VersionVector> dots(String key);

    /** See {@link ReplicasHost#bring}. */
    CompletionStage<Dot> bring(String key, EventRecord former, OriginId origin, CausalContext seen);
  }

  /**
   * How it behaves.
   *
   * @param link of the link between nodes
   * @param replicas of the set of replicas
   */
  public record Settings(LinkSettings link, ReplicasSettings replicas) {
    /** The defaults of both. */
    public static final Settings DEFAULT =
        new Settings(LinkSettings.DEFAULT, ReplicasSettings.DEFAULT);
  }

  /**
   * Puts the parts together; {@link #start} begins.
   *
   * @param peers the names of the configured peers, which the transport knows
   */
  public Replication(
      ReplicaHome home,
      PeerTransport transport,
      Set<String> peers,
      NodeClock clock,
      Settings settings) {
    this.home = home;
    this.clock = clock;
    this.blocking =
        Executors.newFixedThreadPool(
            BLOCKING_THREADS,
            task -> {
              Thread thread = new Thread(task, "converge-replication-io");
              thread.setDaemon(true);
              return thread;
            });
    SecureRandom seeds = new SecureRandom();
    this.link =
        new PeerLink(
            home.database(),
            transport,
            peers,
            new LateMembership(late),
            loop,
            blocking,
            settings.link(),
            new Random(seeds.nextLong()),
            () -> TimeUnit.NANOSECONDS.toMillis(System.nanoTime()),
            clock.wallMillis());
    this.replicas =
        new Replicas(
            loop,
            blocking,
            home.database(),
            link,
            clock,
            new Host(),
            home.attics(),
            settings.replicas(),
            new Random(seeds.nextLong()));
    late.membership = replicas.side();
  }

  /**
   * Begins, once the entities are there. Blocks on the database.
   *
   * @throws dev.converge.pekko.journal.JournalException if it cannot be read
   */
  public void start(EntitySide entities) {
    late.entities = entities;
    clock.observe(home.database().promise().time());
    replicas.start();
    link.start();
  }

  /** The set of replicas. */
  public Replicas replicas() {
    return replicas;
  }

  /** The link to the peers. */
  public PeerLink link() {
    return link;
  }

  /** The node's databases. */
  public ReplicaHome home() {
    return home;
  }

  /** The node's clock. */
  public NodeClock clock() {
    return clock;
  }

  /**
   * Completes when this incarnation is over: the node is to be stopped, and started again, by which
   * it gets a new one.
   */
  public CompletionStage<Void> over() {
    return over;
  }

  /** Ends. The databases stay open. */
  @Override
  public void close() {
    try {
      replicas.close().toCompletableFuture().get(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      // The next start takes longer: it asks the peers what may be lost here.
    }
    link.close();
    loop.close();
    blocking.shutdown();
  }

  private final class Host implements ReplicasHost {
    private EntitySide entities() {
      EntitySide side = late.entities;
      if (side == null) {
        throw new IllegalStateException("the set of replicas was started before the entities");
      }
      return side;
    }

    @Override
    public void comeBack() {
      over.complete(null);
    }

    @Override
    public void imported() {
      entities().imported();
    }

    @Override
    public void atticDone(ReplicaId former) {
      blocking.execute(() -> home.done(former));
    }

    @Override
    public CompletionStage<VersionVector> dots(String key) {
      return entities().dots(key);
    }

    @Override
    public CompletionStage<Dot> bring(
        String key, EventRecord former, OriginId origin, CausalContext seen) {
      return entities().bring(key, former, origin, seen);
    }
  }

  private record LateMembership(Late late) implements MembershipSide {
    @Override
    public long epoch() {
      return late.membership().epoch();
    }

    @Override
    public boolean mayStore(ReplicaId origin, long lsn) {
      return late.membership().mayStore(origin, lsn);
    }

    @Override
    public void waits(LogRow row) {
      late.membership().waits(row);
    }

    @Override
    public boolean tells(ReplicaId peer) {
      return late.membership().tells(peer);
    }

    @Override
    public Map<ReplicaId, Promise> promises() {
      return late.membership().promises();
    }

    @Override
    public byte[] greeting() {
      return late.membership().greeting();
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
      late.membership().met(peer, replica, epoch, held, promises, ownLsn, sameUpTo, greeting);
    }

    @Override
    public void lost(String peer) {
      late.membership().lost(peer);
    }

    @Override
    public void told(
        ReplicaId from, long epoch, VersionVector held, Map<ReplicaId, Promise> promises) {
      late.membership().told(from, epoch, held, promises);
    }

    @Override
    public void came(String peer, ReplicaId from, byte[] message) {
      late.membership().came(peer, from, message);
    }

    @Override
    public void stored(List<LogRow> rows) {
      late.membership().stored(rows);
    }
  }
}
