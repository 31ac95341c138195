package dev.converge.node.store;

import dev.converge.crdt.ORMap;
import dev.converge.crdt.Variant;
import dev.converge.crdt.causal.CausalCrdt;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.node.cluster.ClusterListener;
import dev.converge.pekko.NodeClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.PoisonPill;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * {@link DistributedData} on this node, kept the same as on the others by an {@link Exchange}.
 *
 * <p>The data belongs to this object and lives as long as the process; {@link #attach} lends it to
 * a cluster's ActorSystem, {@link #detach} takes it back. Local operations work at any time, also
 * before the first and between two; those that wait for other nodes go on waiting over a change of
 * ActorSystem. So one writer serves for the whole life of the process: its memory, and with it the
 * dots it has used, is never lost while the process lives.
 *
 * <p>With a {@link StoreDatabase}, writes are complete when they are saved, other nodes hear of
 * them then, and a new process finds all there.
 */
public final class ReplicatedStore implements DistributedData, AutoCloseable {
  private static final int MAX_PREFIX_KEYS = Integer.MAX_VALUE;

  private final Writer writer;
  private final long process;
  private final int nodes;
  private final LocalStore local;
  private final Subscriptions subscriptions;
  private final @Nullable Saver saver;
  private final @Nullable Expirer expirer;
  private final AtomicLong numbers = new AtomicLong();

  /** Whether the actor has been told that there are writes, and has not looked yet. */
  private final AtomicBoolean isFlushTold = new AtomicBoolean();

  /**
   * What waits for other nodes. Registered before {@link #actor} is read, so an attach in between
   * finds it.
   */
  private final Map<Long, Quorum> open = new ConcurrentHashMap<>();

  private volatile int members = 1;
  private volatile @Nullable ActorRef actor;

  /**
   * A store in memory.
   *
   * @param name the node's configured name
   * @param incarnations gives a number that no earlier process of this name has used, larger than
   *     theirs, and with room between two for the writes of a life; asked once
   * @param clock the node's clock
   * @param nodes how many nodes are configured, this one included: what majority and all are
   *     counted against
   * @param limits how large values may grow
   * @param listeners runs listeners to changes
   */
  public ReplicatedStore(
      String name,
      LongSupplier incarnations,
      NodeClock clock,
      int nodes,
      StoreLimits limits,
      Executor listeners) {
    this(name, incarnations, clock, nodes, limits, listeners, null);
  }

  /**
   * A store with what {@code database} has of it. Reads all of it: O(bytes).
   *
   * @param database where it is kept, which is closed with the store; null for memory alone
   * @throws StoreDatabaseException if it cannot be read
   */
  public ReplicatedStore(
      String name,
      LongSupplier incarnations,
      NodeClock clock,
      int nodes,
      StoreLimits limits,
      Executor listeners,
      @Nullable StoreDatabase database) {
    this(name, incarnations, clock, nodes, limits, listeners, database, StoreExpiry.NONE);
  }

  /**
   * The same, of which keys expire that nobody writes.
   *
   * @param expiry which
   * @throws StoreDatabaseException as above
   */
  public ReplicatedStore(
      String name,
      LongSupplier incarnations,
      NodeClock clock,
      int nodes,
      StoreLimits limits,
      Executor listeners,
      @Nullable StoreDatabase database,
      StoreExpiry expiry) {
    if (nodes < 1) {
      throw new IllegalArgumentException("a cluster has at least one node, not " + nodes);
    }
    this.process = incarnations.getAsLong();
    this.nodes = nodes;
    this.subscriptions = new Subscriptions(listeners);
    this.local = new LocalStore(limits, database != null, subscriptions, expiry);
    this.writer = new Writer(ReplicaId.of(name), clock, process);
    if (database == null) {
      this.saver = null;
      local.onChange(this::tellFlush);
    } else {
      database.load(local);
      this.saver = new Saver(local, database, name, parts -> tell(new StoreActor.Tell(parts)));
      local.onChange(saver::wake);
    }
    if (expiry.rules().isEmpty()) {
      this.expirer = null;
    } else {
      this.expirer = new Expirer(local, writer, expiry.peers(), database, StoreActor::now);
      expirer.start();
    }
  }

  /** In whose name this process writes. */
  public ReplicaId replica() {
    return writer.replica();
  }

  /**
   * Starts to exchange with other nodes through {@code system}, whose settings include {@code
   * converge-store.conf}. The system need not be a member of a cluster yet.
   *
   * @throws IllegalStateException if the store is attached
   */
  public synchronized void attach(ClassicActorSystemProvider system) {
    if (actor != null) {
      throw new IllegalStateException("the store is attached already; detach it first");
    }
    ActorRef started =
        ((ExtendedActorSystem) system.classicSystem())
            .systemActorOf(
                StoreActor.props(local, writer, process, nodes, this::membersAre, this::flushing),
                StoreActor.NAME);
    actor = started;
    if (!local.isDurable()) {
      started.tell(StoreActor.Flush.FLUSH, ActorRef.noSender());
    }
    open.values().forEach(q -> started.tell(new StoreActor.Await(q), ActorRef.noSender()));
  }

  /**
   * Stops to exchange; call it before the ActorSystem ends. Idempotent.
   *
   * @return completes at once: all that matters is here already
   */
  public synchronized CompletionStage<Void> detach() {
    ActorRef ending = actor;
    actor = null;
    if (ending != null) {
      ending.tell(PoisonPill.getInstance(), ActorRef.noSender());
    }
    return CompletableFuture.completedFuture(null);
  }

  /** Attaches the store to each cluster system in turn. */
  public ClusterListener listener() {
    return new ClusterListener() {
      @Override
      public void systemStarted(ActorSystem system) {
        attach(system);
      }

      @Override
      public CompletionStage<Void> systemStopping(ActorSystem system) {
        return detach();
      }
    };
  }

  /**
   * Detaches, saves what is not saved yet, and closes the database. What waits for other nodes
   * fails when its time is up.
   */
  @Override
  public void close() {
    detach();
    if (expirer != null) {
      expirer.stop();
    }
    if (saver != null) {
      saver.stop();
    }
    if (expirer != null) {
      expirer.close();
    }
    if (saver != null) {
      saver.close();
    }
  }

  private void membersAre(int count) {
    members = count;
  }

  private void tellFlush() {
    if (actor != null && isFlushTold.compareAndSet(false, true)) {
      tell(StoreActor.Flush.FLUSH);
    }
  }

  /** The actor looks for writes now. */
  private void flushing() {
    isFlushTold.set(false);
  }

  @Override
  public <V extends CausalCrdt<V>> CompletionStage<V> update(
      Key<V> key, Mutation<V> mutation, Consistency consistency) {
    return attempt(
        () -> {
          int required = required(consistency);
          LocalBucket.Step step = local.update(key, mutation, writer, required > 1);
          V value = valueIn(step.after(), key).orElseGet(key.type().causal()::empty);
          return spread(Buckets.of(key.name()), step, required, consistency)
              .thenApply(done -> value);
        });
  }

  private int required(Consistency consistency) {
    return consistency.required(Math.max(nodes, members));
  }

  private static <V extends CausalCrdt<V>> Optional<V> valueIn(
      ORMap<String, Variant> state, Key<V> key) {
    return state.get(key.name()).flatMap(v -> v.get(key.type().causal()));
  }

  @Override
  public CompletionStage<Boolean> delete(String key, Consistency consistency) {
    return attempt(
        () -> {
          Key.check(key);
          int required = required(consistency);
          LocalBucket.Step step = local.remove(key, writer, required > 1);
          return spread(Buckets.of(key), step, required, consistency)
              .thenApply(done -> step.isChange());
        });
  }

  /** Waits until a write is saved, and until as many others have it as asked. */
  private CompletionStage<Void> spread(
      int bucket, LocalBucket.Step step, int required, Consistency consistency) {
    CompletionStage<Void> saved = local.whenSaved(bucket);
    if (required <= 1) {
      return saved;
    }
    return saved.thenCompose(
        done -> {
          ByteString delta = StoreActor.encoded(step.delta());
          return await(
              new Quorum(numbers.incrementAndGet(), bucket, step.base(), delta, required),
              consistency.timeout(),
              QuorumNotReachedException::ofWrite);
        });
  }

  @Override
  public <V extends CausalCrdt<V>> CompletionStage<Optional<V>> get(
      Key<V> key, Consistency consistency) {
    return find(key.name(), consistency)
        .thenApply(
            entry -> {
              LocalBucket.requireType(entry.map(Entry::value), key.name(), key.type());
              return entry.flatMap(e -> e.get(key.type()));
            });
  }

  @Override
  public CompletionStage<Optional<Entry>> find(String key, Consistency consistency) {
    return attempt(
        () -> {
          Key.check(key);
          int required = required(consistency);
          if (required <= 1) {
            return CompletableFuture.completedFuture(local.entry(key));
          }
          Quorum read =
              new Quorum(
                  numbers.incrementAndGet(),
                  Buckets.of(key),
                  0,
                  ByteString.emptyByteString(),
                  required);
          return await(read, consistency.timeout(), QuorumNotReachedException::ofRead)
              .thenApply(done -> local.entry(key));
        });
  }

  @Override
  public CompletionStage<Optional<Entry>> find(String key, StoreSession session, Duration timeout) {
    return attempt(
        () -> {
          Key.check(key);
          Set<String> others = new TreeSet<>(session.nodesOf(key));
          others.remove(writer.replica().name());
          if (others.isEmpty()) {
            return CompletableFuture.completedFuture(local.entry(key));
          }
          Quorum read = Quorum.of(numbers.incrementAndGet(), Buckets.of(key), others);
          return await(read, timeout, QuorumNotReachedException::ofRead)
              .thenApply(done -> local.entry(key));
        });
  }

  @Override
  public StoreSession seen(String key) {
    return StoreSession.of(key, writer.replica().name());
  }

  private interface Failure {
    QuorumNotReachedException of(int reached, int required, Duration waited);
  }

  private CompletionStage<Void> await(Quorum quorum, Duration timeout, Failure failure) {
    open.put(quorum.number(), quorum);
    tell(new StoreActor.Await(quorum));
    return quorum
        .done()
        .orTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
        .handle(
            (done, error) -> {
              open.remove(quorum.number());
              if (error instanceof TimeoutException) {
                throw failure.of(quorum.reached(), quorum.required(), timeout);
              }
              if (error != null) {
                throw new CompletionException(error);
              }
              return null;
            });
  }

  private void tell(Object message) {
    ActorRef present = actor;
    if (present != null) {
      present.tell(message, ActorRef.noSender());
    }
  }

  /** Failures come by the stage, never by a throw. */
  private static <T> CompletionStage<T> attempt(Supplier<CompletionStage<T>> operation) {
    try {
      return operation.get();
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  @Override
  public List<Entry> keys(String prefix, String after, int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("a page has at least one key, not " + limit);
    }
    return local.keys(prefix, after, limit);
  }

  /** How many keys this node sees. O(1). */
  public int size() {
    return local.size();
  }

  @Override
  public Subscription subscribe(String key, Consumer<Change> listener) {
    Key.check(key);
    return subscriptions.toKey(key, local::entry, listener);
  }

  @Override
  public Subscription subscribePrefix(String prefix, Consumer<Change> listener) {
    return subscriptions.toPrefix(
        prefix, local::entry, () -> local.keys(prefix, "", MAX_PREFIX_KEYS).iterator(), listener);
  }
}
