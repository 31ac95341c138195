package dev.converge.pekko;

import com.typesafe.config.Config;
import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.event.OriginId;
import dev.converge.pekko.entity.EntityCare;
import dev.converge.pekko.entity.Hosting;
import dev.converge.pekko.entity.LocalRef;
import dev.converge.pekko.journal.JournalBinding;
import dev.converge.pekko.journal.JournalDatabase;
import dev.converge.pekko.peer.Keys;
import dev.converge.pekko.wire.EventRecord;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorSystem;

/**
 * The replicated entities of one node. Lives in an actor system without remoting, whose settings
 * include {@link #config}; needs no other node to work. Thread-safe.
 */
public final class Entities {
  private final NodeParts parts;
  private final Map<String, EntityType<?, ?, ?>> types = new TreeMap<>();
  private final ReplicaNames names;
  private final Hosting hosting;
  private final EntityCare care;
  private final FinalFeed feed;

  /**
   * How entities behave.
   *
   * @param idleTime how long an entity stays in memory that nobody asks
   * @param askTimeout how long an answer may take, where nothing else is said
   * @param maxLive how many may be in memory at once; beyond that idle ones leave, then requests
   *     are refused
   * @param checkpointEvents a checkpoint is written when so many events have left memory since the
   *     last; when the entity leaves memory, a tenth of that is enough
   * @param checkpointInterval and no sooner than after this time
   */
  public record Settings(
      Duration idleTime,
      Duration askTimeout,
      int maxLive,
      long checkpointEvents,
      Duration checkpointInterval) {
    /** One minute, ten seconds, 100,000, a thousand, ten seconds. */
    public static final Settings DEFAULT =
        new Settings(
            Duration.ofMinutes(1), Duration.ofSeconds(10), 100_000, 1_000, Duration.ofSeconds(10));

    /**
     * Checks the numbers.
     *
     * @throws IllegalArgumentException if one is out of range
     */
    public Settings {
      if (idleTime.isNegative()
          || idleTime.isZero()
          || askTimeout.isNegative()
          || askTimeout.isZero()
          || maxLive < 1
          || checkpointEvents < 1
          || checkpointInterval.isNegative()) {
        throw new IllegalArgumentException(
            "times are longer than nothing and numbers at least 1: idleTime "
                + idleTime
                + ", askTimeout "
                + askTimeout
                + ", maxLive "
                + maxLive
                + ", checkpointEvents "
                + checkpointEvents
                + ", checkpointInterval "
                + checkpointInterval);
      }
    }
  }

  /** What the actor system needs to host entities on {@code database}. */
  public static Config config(JournalDatabase database) {
    return database.pluginConfig();
  }

  /**
   * Hosts {@code types} in {@code system}, on a database that the system's journal is then bound
   * to.
   */
  public static Entities on(
      ActorSystem<?> system,
      JournalDatabase database,
      NodeParts parts,
      Collection<? extends EntityType<?, ?, ?>> types,
      Settings settings) {
    JournalBinding.of(system.classicSystem()).bind(database);
    return new Entities(system, parts, types, settings);
  }

  /**
   * Hosts {@code types} in {@code system}, whose journal writes to {@code parts.log()}. Blocks
   * shortly on the database.
   *
   * @throws IllegalArgumentException if two types have one name
   */
  public Entities(
      ActorSystem<?> system,
      NodeParts parts,
      Collection<? extends EntityType<?, ?, ?>> types,
      Settings settings) {
    this.parts = parts;
    for (EntityType<?, ?, ?> type : types) {
      if (this.types.put(type.name(), type) != null) {
        throw new IllegalArgumentException("two entity types by the name '" + type.name() + "'");
      }
    }
    this.names = new ReplicaNames(parts.log().held().entries().keySet());
    names.learn(parts.log().self());
    parts.log().addRowListener(rows -> rows.forEach(row -> names.learn(row.origin())));
    this.hosting = new Hosting(system, parts, this.types, settings);
    this.care = new EntityCare(hosting);
    this.feed = new FinalFeed(parts, this.types, hosting);
  }

  /** This node's replica id. */
  public ReplicaId self() {
    return parts.log().self();
  }

  /** How replicas are shown. */
  public ReplicaNames names() {
    return names;
  }

  /** The local replica of an entity; it wakes when it is first asked. */
  public <C, E, S> EntityRef<C, E, S> get(EntityType<C, E, S> type, String id) {
    requireHosted(type);
    return new LocalRef<>(hosting, type, id);
  }

  private void requireHosted(EntityType<?, ?, ?> type) {
    if (types.get(type.name()) != type) {
      throw new IllegalArgumentException("entity type '" + type.name() + "' is not hosted here");
    }
  }

  /**
   * Ids with at least one event in the local journal, sorted, but for erased ones. Blocks on the
   * database.
   *
   * @param after only ids after this one; empty for all
   */
  public List<String> ids(EntityType<?, ?, ?> type, String prefix, String after, int limit) {
    List<String> ids = new ArrayList<>();
    String last = after.isEmpty() ? "" : type.key(after);
    while (ids.size() < limit) {
      int wanted = limit - ids.size();
      List<String> keys = parts.rows().keys(type.key(prefix), last, wanted);
      keys.stream().filter(key -> !parts.log().isErased(key)).map(Keys::idOf).forEach(ids::add);
      if (keys.size() < wanted) {
        break;
      }
      last = keys.get(keys.size() - 1);
    }
    return ids;
  }

  /**
   * Erases an entity with its history, for good, at every replica: what its events said, its
   * checkpoints, what an archive has of it. That is an event of the entity itself, so it reaches
   * every replica, also one that is away or that joins later, and events of the entity that were
   * written without knowing of it lose their contents where they meet it. What stays is the record
   * ({@link #erasure}), and of each event its place: dot, time and context. Commands and reads fail
   * with {@link EntityErasedException} from then on; listings leave it out.
   *
   * <p>An entity that is not known here can be erased too: it may be known elsewhere, and then is
   * erased there. One that is erased already stays erased as it is.
   *
   * @param reason for the record, 1 to {@value Erasure#MAX_REASON} characters; it is kept, so it
   *     names nobody
   * @param options the level says at how many replicas it is to be before the answer; the rest does
   *     not count
   * @return fails with {@link EntityUnavailableException} if it cannot be written, or has not
   *     reached the level in time; with {@link EntityDamagedException} if the entity is to be
   *     repaired first
   */
  public CompletionStage<Erasure> erase(
      EntityType<?, ?, ?> type, String id, String reason, RunOptions options) {
    requireHosted(type);
    return new LocalRef<>(hosting, type, id).erase(reason, options);
  }

  /** Whether an entity is erased, as far as this node knows. From memory. */
  public boolean isErased(EntityType<?, ?, ?> type, String id) {
    return parts.log().isErased(type.key(id));
  }

  /** The record that an entity is erased; empty if it is not, as far as this node knows. */
  public Optional<Erasure> erasure(EntityType<?, ?, ?> type, String id) {
    return parts.log().erasure(type.key(id)).map(Erasure::of);
  }

  /**
   * The entities of which this node knows that a conflict waits for a person, sorted. Of a type
   * {@linkplain EntityType#withEscalation with escalation} those are all, a moment after the events
   * have come; of other types those that have been in memory. {@link EntityRef#conflicts} tells
   * more.
   */
  public List<EntityKey> conflicted() {
    return hosting.conflicted();
  }

  /** All final events of all entities, in one order. */
  public FinalFeed feed() {
    return feed;
  }

  /** How the entities of this node are. From memory. */
  public EntitiesStatus status() {
    return care.status();
  }

  /**
   * Reads all rows of an entity's journal and gets those that are damaged from peers. If nobody has
   * one of them, nothing is changed, and the report says what would be lost. Afterwards the entity
   * answers again.
   *
   * @return fails with {@link EntityUnavailableException} if the journal cannot be reached
   */
  public CompletionStage<RepairReport> repair(EntityType<?, ?, ?> type, String id) {
    requireHosted(type);
    return care.repair(type, id);
  }

  /**
   * What the entity's state comes to here; empty if its type has no {@linkplain EntityType#states
   * codec for states}. Wakes the entity.
   */
  public CompletionStage<Optional<StateHash>> stateHash(EntityType<?, ?, ?> type, String id) {
    requireHosted(type);
    return care.stateHash(type, id);
  }

  /**
   * Compares the state of the next entity, in the order of keys, with each peer that can be
   * reached; {@link #status} tells what differs. To be called now and then: it costs a query, and
   * wakes the entity here and there. Blocks on the database.
   *
   * @return completed when the answers are there, with the entity's key; empty at the end of a
   *     round
   */
  public CompletionStage<Optional<String>> compareNext() {
    return care.compareNext();
  }

  /** What the set of replicas needs of the entities, for {@link Replication#start}. */
  public Replication.EntitySide side() {
    return new Replication.EntitySide() {
      @Override
      public void imported() {
        parts.log().held().entries().keySet().forEach(names::learn);
        hosting.imported();
      }

      @Override
      public CompletionStage<VersionVector> dots(String key) {
        return hosting.dots(key);
      }

      @Override
      public CompletionStage<Dot> bring(
          String key, EventRecord former, OriginId origin, CausalContext seen) {
        return hosting.bring(key, former, origin, seen);
      }
    };
  }

  /** Lets all entities leave memory; commands are refused from now on. */
  public CompletionStage<Done> stop() {
    return hosting.stop();
  }
}
