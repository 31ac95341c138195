package dev.converge.node.store;

import dev.converge.crdt.ORMap;
import dev.converge.crdt.Variant;
import dev.converge.crdt.causal.CausalCrdt;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.node.cluster.ClusterListener;
import dev.converge.node.config.NodeConfig;
import dev.converge.pekko.NodeClock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ClassicActorSystemProvider;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.PoisonPill;
import org.apache.pekko.pattern.Patterns;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@link DistributedData} over Pekko's Replicator.
 *
 * <p>The data belongs to this object and lives as long as the process; {@link #attach} lends it to
 * a cluster's ActorSystem, {@link #detach} takes it back. Local operations work at any time, also
 * before the first and between two; those that wait for other nodes go on waiting over a change of
 * ActorSystem. So one writer id serves for the whole life of the process: its memory, and with it
 * the dots it has used, is never lost while the process lives.
 */
public final class ReplicatorStore implements DistributedData, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ReplicatorStore.class);
  private static final Duration HAND_OVER_TIME = Duration.ofSeconds(2);
  private static final int MAX_PREFIX_KEYS = Integer.MAX_VALUE;

  private final Writer writer;
  private final int nodes;
  private final LocalStore local;
  private final Subscriptions subscriptions;
  private final AtomicLong numbers = new AtomicLong();

  /**
   * What waits for other nodes. Registered before {@link #actor} is read, so an attach in between
   * finds it.
   */
  private final Map<Long, Quorum> open = new ConcurrentHashMap<>();

  private volatile int members = 1;
  private volatile @Nullable ActorRef actor;

  /**
   * An empty store.
   *
   * @param name the node's configured name
   * @param incarnations gives a number that no earlier process of this name has used; asked once
   * @param clock the node's clock
   * @param nodes how many nodes are configured, this one included: what majority and all are
   *     counted against
   * @param limits how large values may grow
   * @param listeners runs listeners to changes
   */
  public ReplicatorStore(
      String name,
      LongSupplier incarnations,
      NodeClock clock,
      int nodes,
      StoreLimits limits,
      Executor listeners) {
    if (nodes < 1) {
      throw new IllegalArgumentException("a cluster has at least one node, not " + nodes);
    }
    this.writer = new Writer(new ReplicaId(name, incarnations.getAsLong()), clock);
    this.nodes = nodes;
    this.subscriptions = new Subscriptions(listeners);
    this.local = new LocalStore(limits, subscriptions);
  }

  /**
   * An empty store with the limits that all nodes of a cluster share, for the nodes that {@code
   * config} names.
   *
   * @param incarnations gives a number that no earlier process of this name has used; asked once
   * @param clock the node's clock
   */
  public ReplicatorStore(NodeConfig config, LongSupplier incarnations, NodeClock clock) {
    this(
        config.name(),
        incarnations,
        clock,
        config.peers().size() + 1,
        StoreLimits.DEFAULT,
        ForkJoinPool.commonPool());
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
            .systemActorOf(StoreActor.props(local, this::membersAre), StoreActor.NAME);
    actor = started;
    for (int bucket = 0; bucket < Buckets.COUNT; bucket++) {
      started.tell(new StoreActor.Flush(bucket), ActorRef.noSender());
    }
    open.values().forEach(q -> started.tell(new StoreActor.Await(q), ActorRef.noSender()));
  }

  /**
   * Stops to exchange, after taking in all that the Replicator has; call it before the ActorSystem
   * ends. Idempotent.
   *
   * @return completes, never exceptionally, when that is done, or after 2 s if the Replicator does
   *     not answer: what it had and this store had not, other nodes have
   */
  public synchronized CompletionStage<Void> detach() {
    ActorRef ending = actor;
    if (ending == null) {
      return CompletableFuture.completedFuture(null);
    }
    actor = null;
    return Patterns.ask(ending, StoreActor.HandOver.ASK, HAND_OVER_TIME)
        .handle(
            (done, error) -> {
              if (error != null) {
                LOG.warn("The Replicator did not hand over its state: {}", error.getMessage());
              }
              ending.tell(PoisonPill.getInstance(), ActorRef.noSender());
              return null;
            });
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

  /** Detaches. What waits for other nodes fails when its time is up. */
  @Override
  public void close() {
    detach();
  }

  private void membersAre(int count) {
    members = count;
  }

  @Override
  public <V extends CausalCrdt<V>> CompletionStage<V> update(
      Key<V> key, Mutation<V> mutation, Consistency consistency) {
    return attempt(
        () -> {
          LocalBucket.Step step = local.update(key, mutation, writer);
          V value = valueIn(step.after(), key).orElseGet(key.type().causal()::empty);
          return spread(Buckets.of(key.name()), step, consistency).thenApply(done -> value);
        });
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
          LocalBucket.Step step = local.remove(key);
          return spread(Buckets.of(key), step, consistency).thenApply(done -> step.isChange());
        });
  }

  /** Has others told of a write, and waits for as many as asked. */
  private CompletionStage<Void> spread(int bucket, LocalBucket.Step step, Consistency consistency) {
    int required = consistency.required(Math.max(nodes, members));
    if (!step.isChange() && required <= 1) {
      return CompletableFuture.completedFuture(null);
    }
    if (required <= 1) {
      if (local.bucket(bucket).keep(step.delta())) {
        tell(new StoreActor.Flush(bucket));
      }
      return CompletableFuture.completedFuture(null);
    }
    ByteString delta = ByteString.fromArrayUnsafe(BucketCodec.encode(step.delta()));
    return await(
        new Quorum(numbers.incrementAndGet(), bucket, delta, required),
        consistency.timeout(),
        QuorumNotReachedException::ofWrite);
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
          int required = consistency.required(Math.max(nodes, members));
          if (required <= 1) {
            return CompletableFuture.completedFuture(local.entry(key));
          }
          Quorum read =
              new Quorum(
                  numbers.incrementAndGet(),
                  Buckets.of(key),
                  ByteString.emptyByteString(),
                  required);
          return await(read, consistency.timeout(), QuorumNotReachedException::ofRead)
              .thenApply(done -> local.entry(key));
        });
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
