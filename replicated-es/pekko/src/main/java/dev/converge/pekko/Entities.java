package dev.converge.pekko;

import com.typesafe.config.Config;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.engine.fold.HistoryPage;
import dev.converge.pekko.entity.EntityActor;
import dev.converge.pekko.entity.EntityMsg;
import dev.converge.pekko.entity.Inbox;
import dev.converge.pekko.entity.Registry;
import dev.converge.pekko.journal.JournalBinding;
import dev.converge.pekko.journal.JournalDatabase;
import dev.converge.pekko.peer.Keys;
import dev.converge.pekko.peer.PeerTransport;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.ActorSystem;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.Props;

/**
 * The replicated entities of one node. Lives in an actor system without remoting, whose settings
 * include {@link #config}; needs no other node to work. Thread-safe.
 */
public final class Entities {
  private final JournalDatabase database;
  private final Map<String, EntityType<?, ?, ?>> types = new TreeMap<>();
  private final ReplicaNames names;
  private final Settings settings;
  private final ActorRef<Registry.Msg> registry;

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
              inbox,
              settings.idleTime(),
              passivate(key));
        };
    this.registry = system.systemActorOf(Registry.create(factory), "entities", Props.empty());
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

  /** Lets all entities leave memory; commands are refused from now on. */
  public CompletionStage<Done> stop() {
    CompletableFuture<Done> done = new CompletableFuture<>();
    registry.tell(new Registry.StopAll(done));
    return done;
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
    public CompletionStage<EntityAnswer<S>> run(C command) {
      return this.<EntityAnswer<Object>, EntityAnswer<S>>ask(
          answer -> new EntityMsg.Run(command, answer));
    }

    @Override
    public CompletionStage<EntityAnswer<S>> get() {
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
