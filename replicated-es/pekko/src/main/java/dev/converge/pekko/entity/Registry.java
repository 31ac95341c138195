package dev.converge.pekko.entity;

import dev.converge.pekko.EntityDamagedException;
import dev.converge.pekko.EntityUnavailableException;
import dev.converge.pekko.replication.ReplicaState.Frontier;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The local registry: finds the live actor of a key, wakes it if there is none, lets idle ones go.
 * Knows nothing of other nodes, so it works whatever the cluster does.
 *
 * <p>While an entity is leaving memory, what comes for it waits and wakes it again. When one stops
 * by a failure, everybody who waits for its answer is told why; one whose journal is damaged stays
 * down until it is repaired.
 */
public final class Registry extends AbstractBehavior<Registry.Msg> {
  private static final Logger LOG = LoggerFactory.getLogger(Registry.class);

  /** How many messages wait for an entity that is leaving memory; further ones are refused. */
  private static final int MAX_WAITING = 1_000;

  /** How many are looked at for one that can leave, when there are too many. */
  private static final int MAX_LOOKS = 100;

  private final BiFunction<String, Slot, Behavior<EntityMsg>> entities;
  private final int maxLive;
  private final long idleNanos;
  private final Directory directory;

  /** The same as in the directory, those first that were looked at longest ago. */
  private final LinkedHashMap<String, Slot> live = new LinkedHashMap<>(16, 0.75f, true);

  private final List<CompletableFuture<Done>> stopping = new ArrayList<>();
  private int leaving;

  /** What the registry is told. */
  public sealed interface Msg {}

  /**
   * For the entity of that key.
   *
   * @param key type and id
   * @param message what it shall get
   */
  public record Deliver(String key, EntityMsg.Work message) implements Msg {}

  /** What is stored was replaced: all entities leave memory, and who waits is asked to wait on. */
  public record Replaced() implements Msg {}

  /**
   * Time has passed: entities look at the frontier, and idle ones leave memory.
   *
   * @param frontier the newest when it is looked at
   */
  public record Sweep(Supplier<Frontier> frontier) implements Msg {}

  /**
   * An entity's journal is whole again.
   *
   * @param key type and id
   * @param done completed when it can be asked
   */
  public record Repaired(String key, CompletableFuture<Done> done) implements Msg {}

  /**
   * Let all entities leave memory.
   *
   * @param done completed when the last is gone
   */
  public record StopAll(CompletableFuture<Done> done) implements Msg {}

  private record Stopped(Slot slot, ActorRef<EntityMsg> actor) implements Msg {}

  /** What others see of the live entities. Thread-safe. */
  public static final class Directory {
    final Map<String, Slot> slots = new ConcurrentHashMap<>();
    final Map<String, String> damaged = new ConcurrentHashMap<>();
    final Underway underway = new Underway();

    /** Those that are to be told of the frontier at once. */
    final Set<Slot> waiting = ConcurrentHashMap.newKeySet();

    /** The slot of a live entity, or null. */
    @Nullable Slot slot(String key) {
      return slots.get(key);
    }
  }

  private Registry(
      ActorContext<Msg> context,
      BiFunction<String, Slot, Behavior<EntityMsg>> entities,
      int maxLive,
      Duration idleTime,
      Directory directory) {
    super(context);
    this.entities = entities;
    this.maxLive = maxLive;
    this.idleNanos = idleTime.toNanos();
    this.directory = directory;
  }

  /**
   * A registry that makes the actor of a key, with its slot, by {@code entities}.
   *
   * @param idleTime after so long without work an entity leaves memory
   */
  static Behavior<Msg> create(
      BiFunction<String, Slot, Behavior<EntityMsg>> entities,
      int maxLive,
      Duration idleTime,
      Directory directory) {
    return Behaviors.setup(
        context -> new Registry(context, entities, maxLive, idleTime, directory));
  }

  @Override
  public Receive<Msg> createReceive() {
    return newReceiveBuilder()
        .onMessage(Deliver.class, this::onDeliver)
        .onMessage(Replaced.class, this::onReplaced)
        .onMessage(Sweep.class, this::onSweep)
        .onMessage(Stopped.class, this::onStopped)
        .onMessage(Repaired.class, this::onRepaired)
        .onMessage(StopAll.class, this::onStopAll)
        .build();
  }

  private Behavior<Msg> onDeliver(Deliver deliver) {
    deliver(deliver.key(), deliver.message());
    directory.underway.arrived(deliver.key());
    return this;
  }

  private void deliver(String key, EntityMsg.Work work) {
    if (!stopping.isEmpty()) {
      if (work instanceof EntityMsg.Subscribe subscribe) {
        subscribe.answer().complete(Done.getInstance());
      } else {
        refuse(work, "the node is stopping");
      }
      return;
    }
    Slot slot = live.get(key);
    if (slot == null) {
      String damage = directory.damaged.get(key);
      if (damage != null) {
        work.answer().completeExceptionally(new EntityDamagedException(damage));
        return;
      }
      if (!makeRoom()) {
        refuse(work, "all " + maxLive + " entities that may be in memory are busy; try again");
        return;
      }
      slot = wake(key);
    }
    if (!slot.leaving && slot.give(work)) {
      return;
    }
    if (slot.waiting.size() < MAX_WAITING) {
      directory.underway.sent(key);
      slot.waiting.add(work);
    } else {
      refuse(work, "too many requests at once for this entity; try again");
    }
  }

  /** Lets the least recently asked of those go that nobody waits for. */
  private boolean makeRoom() {
    if (live.size() - leaving < maxLive) {
      return true;
    }
    // Most work does not pass here, so the order of the map is not that of the work.
    Slot longest = null;
    Iterator<Slot> slots = live.values().iterator();
    List<Slot> looked = new ArrayList<>();
    while (looked.size() < MAX_LOOKS && slots.hasNext()) {
      Slot slot = slots.next();
      looked.add(slot);
      if (!slot.leaving
          && slot.isIdle()
          && (longest == null || slot.idleNanos() > longest.idleNanos())) {
        longest = slot;
      }
    }
    looked.forEach(slot -> live.get(slot.key)); // others come first next time
    if (longest != null) {
      leave(longest);
    }
    return longest != null;
  }

  private void leave(Slot slot) {
    slot.leaving = true;
    leaving++;
    slot.tell(new EntityMsg.Stop());
  }

  private Slot wake(String key) {
    Slot slot = new Slot(key);
    live.put(key, slot);
    directory.slots.put(key, slot);
    ActorRef<EntityMsg> actor = getContext().spawnAnonymous(entities.apply(key, slot));
    slot.started(actor);
    getContext().watchWith(actor, new Stopped(slot, actor));
    return slot;
  }

  private Behavior<Msg> onReplaced(Replaced replaced) {
    for (Slot slot : directory.slots.values()) {
      if (!slot.leaving) {
        leave(slot);
      }
    }
    return this;
  }

  private Behavior<Msg> onSweep(Sweep sweep) {
    Frontier frontier = sweep.frontier().get();
    for (Slot slot : directory.slots.values()) {
      if (slot.leaving) {
        continue;
      }
      if (slot.idleNanos() > idleNanos && slot.isIdle()) {
        leave(slot);
      } else {
        slot.frontierMoved(frontier);
      }
    }
    return this;
  }

  private Behavior<Msg> onStopped(Stopped stopped) {
    Slot slot = stopped.slot();
    if (!live.remove(slot.key, slot)) {
      return this;
    }
    directory.slots.remove(slot.key, slot);
    directory.waiting.remove(slot);
    slot.inbox.close();
    if (slot.leaving) {
      leaving--;
    }
    RuntimeException reason = slot.reason;
    boolean goesOn = slot.fenced || (slot.clean && reason == null);
    List<EntityMsg.Work> again = goesOn ? unanswered(slot) : List.of();
    if (reason instanceof EntityDamagedException) {
      LOG.error(
          "{} stays down until it is repaired; the others go on: {}",
          slot.key,
          reason.getMessage());
      directory.damaged.put(slot.key, String.valueOf(reason.getMessage()));
    }
    if (!goesOn) {
      RuntimeException why =
          reason != null
              ? reason
              : new EntityUnavailableException(
                  "the entity stopped before it answered; the node's log says why", null);
      slot.asked.forEach(answer -> answer.completeExceptionally(why));
    }
    again.forEach(work -> deliver(slot.key, work));
    for (EntityMsg.Work work : slot.waiting) {
      deliver(slot.key, work);
      directory.underway.arrived(slot.key);
    }
    if (live.isEmpty()) {
      stopping.forEach(done -> done.complete(Done.getInstance()));
    }
    return this;
  }

  /** What an actor that has stopped had not answered, to be dealt with by the next. */
  private List<EntityMsg.Work> unanswered(Slot slot) {
    List<EntityMsg.Work> again = new ArrayList<>();
    for (EntityMsg.Work work : slot.committing) {
      if (work instanceof EntityMsg.Write write
          && slot.fenced
          && !write.fenced().compareAndSet(false, true)) {
        refuse(work, "the journal refused it twice as too old: the node may have been stopped");
      } else {
        again.add(work);
      }
    }
    again.addAll(slot.backlog);
    again.addAll(slot.waiters);
    slot.feeds.forEach(feed -> again.add(new EntityMsg.Subscribe(feed)));
    for (List<EntityMsg.Work> more = slot.inbox.take(); !more.isEmpty(); ) {
      again.addAll(more);
      more = slot.inbox.take();
    }
    again.removeIf(work -> work.answer().isDone());
    return again;
  }

  private Behavior<Msg> onRepaired(Repaired repaired) {
    directory.damaged.remove(repaired.key());
    repaired.done().complete(Done.getInstance());
    return this;
  }

  private Behavior<Msg> onStopAll(StopAll stop) {
    stopping.add(stop.done());
    new HashMap<>(live).values().stream().filter(slot -> !slot.leaving).forEach(this::leave);
    if (live.isEmpty()) {
      stop.done().complete(Done.getInstance());
    }
    return this;
  }

  private static void refuse(EntityMsg.Work work, String why) {
    work.answer().completeExceptionally(new EntityUnavailableException(why, null));
  }
}
