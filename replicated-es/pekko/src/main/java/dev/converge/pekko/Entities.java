package dev.converge.pekko;

import com.typesafe.config.Config;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.fold.Folded;
import dev.converge.engine.fold.HistoryPage;
import dev.converge.pekko.entity.EntityActor;
import dev.converge.pekko.entity.EntityMsg;
import dev.converge.pekko.entity.Inbox;
import dev.converge.pekko.entity.Registry;
import dev.converge.pekko.journal.JournalBinding;
import dev.converge.pekko.journal.JournalDatabase;
import dev.converge.pekko.journal.JournalException;
import dev.converge.pekko.peer.Keys;
import dev.converge.pekko.peer.PeerLink;
import dev.converge.pekko.peer.PeerSync;
import dev.converge.pekko.peer.PeerTransport;
import dev.converge.pekko.wire.EventRecordCodec;
import dev.converge.pekko.wire.PeerMessage;
import dev.converge.pekko.wire.WireException;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The replicated entities of one node. Lives in an actor system without remoting, whose settings
 * include {@link #config}; needs no other node to work. Thread-safe.
 */
public final class Entities {
  private static final Logger LOG = LoggerFactory.getLogger(Entities.class);

  /**
   * How many messages of peers may be under way to entities; further ones are dropped, anti-entropy
   * repairs.
   */
  private static final int MAX_PEER_MESSAGES = 2_000;

  private final ActorSystem<?> system;
  private final JournalDatabase database;
  private final Map<String, EntityType<?, ?, ?>> types = new TreeMap<>();
  private final ReplicaNames names;
  private final Settings settings;
  private final PeerLink link;
  private final ActorRef<Registry.Msg> registry;
  private final Semaphore peerMessages = new Semaphore(MAX_PEER_MESSAGES);

  /**
   * How entities behave.
   *
   * @param idleTime how long an entity stays in memory that nobody asks
   * @param askTimeout how long an answer may take
   * @param syncInterval how often nodes compare what they hold
   */
  public record Settings(Duration idleTime, Duration askTimeout, Duration syncInterval) {
    /** One minute, ten seconds, one second. */
    public static final Settings DEFAULT =
        new Settings(Duration.ofMinutes(1), Duration.ofSeconds(10), Duration.ofSeconds(1));
  }

  /** What the actor system needs to host entities on {@code database}. */
  public static Config config(JournalDatabase database) {
    return database.pluginConfig();
  }

  /**
   * Hosts {@code types} in {@code system}, and begins to talk to the peers.
   *
   * @param clock the node's clock
   */
  public Entities(
      ActorSystem<?> system,
      JournalDatabase database,
      PeerTransport transport,
      NodeClock clock,
      Collection<? extends EntityType<?, ?, ?>> types,
      Settings settings) {
    this.system = system;
    this.database = database;
    JournalBinding.of(system.classicSystem()).bind(database);
    this.settings = settings;
    for (EntityType<?, ?, ?> type : types) {
      if (this.types.put(type.name(), type) != null) {
        throw new IllegalArgumentException("two entity types by the name '" + type.name() + "'");
      }
    }
    SortedSet<ReplicaId> known = database.knownReplicas();
    this.names = new ReplicaNames(known);
    this.link =
        new PeerLink(
            transport,
            new PeerSync(database.self(), known, transport.peers()),
            new Gate(),
            this::learned);
    BiFunction<String, Inbox, Behavior<EntityMsg>> factory =
        (key, inbox) -> {
          EntityType<?, ?, ?> type = this.types.get(Keys.typeOf(key));
          if (type == null) {
            throw new IllegalStateException("no entity type for '" + key + "'");
          }
          return EntityActor.create(
              type,
              Keys.idOf(key),
              database.self(),
              clock,
              link,
              inbox,
              settings.idleTime(),
              passivate(key));
        };
    this.registry = system.systemActorOf(Registry.create(factory), "entities", Props.empty());
    system
        .scheduler()
        .scheduleAtFixedRate(
            settings.syncInterval(),
            settings.syncInterval(),
            link::tick,
            system.executionContext());
    CompletableFuture.runAsync(this::buildIndex, task -> startThread("converge-index", task));
  }

  private static void startThread(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  private Runnable passivate(String key) {
    return () -> registry.tell(new Registry.Passivate(key));
  }

  /** This node's replica id. */
  public ReplicaId self() {
    return database.self();
  }

  /** How replicas are shown. */
  public ReplicaNames names() {
    return names;
  }

  /** The local replica of an entity; it wakes when it is first asked. */
  public <C, E, S> EntityRef<C, E, S> get(EntityType<C, E, S> type, String id) {
    if (types.get(type.name()) != type) {
      throw new IllegalArgumentException("entity type '" + type.name() + "' is not hosted here");
    }
    return new Ref<>(type.key(id), id);
  }

  /**
   * Ids with at least one event in the local journal, sorted. Blocks on the database.
   *
   * @param after only ids after this one; empty for all
   */
  public List<String> ids(EntityType<?, ?, ?> type, String prefix, String after, int limit) {
    return database
        .persistenceIds(type.key(prefix), after.isEmpty() ? "" : type.key(after), limit)
        .stream()
        .map(Keys::idOf)
        .toList();
  }

  /**
   * The entities of which this node knows that a conflict waits for a person, sorted. Of a type
   * {@linkplain EntityType#withEscalation with escalation} those are all, a moment after the events
   * have come; of other types those that have been in memory. {@link EntityRef#conflicts} tells
   * more.
   */
  public List<EntityKey> conflicted() {
    throw new UnsupportedOperationException("not there yet");
  }

  /** How the entities of this node are. From memory. */
  public EntitiesStatus status() {
    throw new UnsupportedOperationException("not there yet");
  }

  /**
   * Reads all rows of an entity's journal and gets those that are damaged from peers. If nobody has
   * one of them, nothing is changed, and the report says what would be lost. Afterwards the entity
   * answers again.
   *
   * @return fails with {@link EntityUnavailableException} if the journal or the peers cannot be
   *     reached
   */
  public CompletionStage<RepairReport> repair(EntityType<?, ?, ?> type, String id) {
    throw new UnsupportedOperationException("not there yet");
  }

  /**
   * What the entity's state comes to here; empty if its type has no {@linkplain EntityType#states
   * codec for states}. Wakes the entity.
   */
  public CompletionStage<Optional<StateHash>> stateHash(EntityType<?, ?, ?> type, String id) {
    throw new UnsupportedOperationException("not there yet");
  }

  /** Lets all entities leave memory; commands are refused from now on. */
  public CompletionStage<Done> stop() {
    CompletableFuture<Done> done = new CompletableFuture<>();
    registry.tell(new Registry.StopAll(done));
    return done;
  }

  private void learned(ReplicaId replica) {
    names.learn(replica);
    LOG.info("met replica {}, shown as {}", replica, names.display(replica));
    // Off the caller's thread: it may be the one that receives from peers.
    system.executionContext().execute(() -> remember(replica));
  }

  private void remember(ReplicaId replica) {
    try {
      database.addKnownReplica(replica);
    } catch (JournalException e) {
      LOG.warn("{}; it will be learned again", e.getMessage());
    }
  }

  /**
   * Reads the journal once, so that differences to the peers can be found without waking every
   * entity.
   */
  private void buildIndex() {
    IndexBuilder builder = new IndexBuilder();
    try {
      database.scan(builder::row);
      builder.finish();
      link.indexComplete();
      LOG.info("indexed {} entities for anti-entropy", builder.entities);
    } catch (JournalException e) {
      LOG.error(
          "anti-entropy stays off until the next start, because the journal cannot be read: {}",
          e.getMessage());
    }
  }

  private final class IndexBuilder {
    private String key = "";
    private VersionVector vector = VersionVector.empty();
    private int entities;

    void row(String persistenceId, byte[] payload) {
      if (!persistenceId.equals(key)) {
        finish();
        key = persistenceId;
        vector = VersionVector.empty();
      }
      try {
        var dot = EventRecordCodec.decode(payload).dot();
        vector = vector.with(dot.replica(), dot.sequence());
      } catch (WireException e) {
        LOG.error("a damaged row in the journal of {}: {}", persistenceId, e.getMessage());
      }
    }

    void finish() {
      if (!key.isEmpty()) {
        link.found(key, vector);
        entities++;
      }
    }
  }

  private final class Gate implements PeerLink.EntityGate {
    @Override
    public void deliver(String key, String from, PeerMessage message) {
      if (message instanceof PeerMessage.Events events) {
        offer(key, done -> new EntityMsg.PeerEvents(from, events, done));
      } else if (message instanceof PeerMessage.Digest digest) {
        offer(key, done -> new EntityMsg.PeerDigest(from, digest, done));
      }
    }

    @Override
    public void startSync(String key, String peer) {
      offer(key, done -> new EntityMsg.StartSync(peer, done));
    }

    private void offer(String key, Function<CompletableFuture<Done>, EntityMsg> message) {
      if (!types.containsKey(Keys.typeOf(key))) {
        LOG.warn("a peer has entity '{}', whose type is not hosted here; it is left alone", key);
      } else if (peerMessages.tryAcquire()) {
        CompletableFuture<Done> done = new CompletableFuture<>();
        done.whenComplete((value, error) -> peerMessages.release());
        registry.tell(new Registry.Deliver(key, message.apply(done)));
      }
    }
  }

  private final class Ref<C, E, S> implements EntityRef<C, E, S> {
    private final String key;
    private final String id;

    Ref(String key, String id) {
      this.key = key;
      this.id = id;
    }

    @Override
    public String id() {
      return id;
    }

    @Override
    public CompletionStage<EntityAnswer<S>> run(C command, RunOptions options) {
      return this.<EntityAnswer<Object>, EntityAnswer<S>>ask(
          answer -> new EntityMsg.Run(command, answer));
    }

    @Override
    public CompletionStage<EntityAnswer<S>> get(ReadLevel level, @Nullable Duration limit) {
      return this.<EntityAnswer<Object>, EntityAnswer<S>>ask(EntityMsg.Get::new);
    }

    @Override
    public CompletionStage<HistoryPage<E>> history(int from, int limit) {
      if (from < 0 || limit < 1) {
        throw new IllegalArgumentException("from is at least 0 and limit at least 1");
      }
      return this.<HistoryPage<Object>, HistoryPage<E>>ask(
          answer -> new EntityMsg.GetHistory(from, limit, answer));
    }

    @Override
    public CompletionStage<Optional<Folded<E>>> awaitFinal(Dot event, Duration limit) {
      throw new UnsupportedOperationException("not there yet");
    }

    @Override
    public CompletionStage<EntityAnswer<S>> awaitFinal(VersionVector version, Duration limit) {
      throw new UnsupportedOperationException("not there yet");
    }

    @Override
    public Flow.Publisher<EntityAnswer<S>> changes() {
      throw new UnsupportedOperationException("not there yet");
    }

    @Override
    public CompletionStage<List<OpenConflict<E>>> conflicts() {
      throw new UnsupportedOperationException("not there yet");
    }

    @Override
    public CompletionStage<EntityAnswer<S>> decide(
        Dot conflict, Choice<C> choice, RunOptions options) {
      throw new UnsupportedOperationException("not there yet");
    }

    /** The actor answers with its type's own objects; the reference gives them their types back. */
    @SuppressWarnings("unchecked")
    private <A, B> CompletionStage<B> ask(Function<CompletableFuture<A>, EntityMsg> message) {
      CompletableFuture<A> answer = new CompletableFuture<>();
      registry.tell(new Registry.Deliver(key, message.apply(answer)));
      return (CompletionStage<B>)
          answer
              .orTimeout(settings.askTimeout().toMillis(), TimeUnit.MILLISECONDS)
              .handle(
                  (value, error) -> {
                    if (error instanceof TimeoutException) {
                      throw new EntityUnavailableException(
                          "no answer within " + settings.askTimeout().toMillis() + " ms", error);
                    }
                    if (error != null) {
                      throw error instanceof RuntimeException e
                          ? e
                          : new EntityUnavailableException(String.valueOf(error), error);
                    }
                    return value;
                  });
    }
  }
}
