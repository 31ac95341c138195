package dev.converge.pekko.entity;

import dev.converge.pekko.EntityDamagedException;
import dev.converge.pekko.EntityUnavailableException;
import dev.converge.pekko.replication.ReplicaState.Frontier;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
  private final Directory directory;

  /** The same as in the directory, the least recently asked first. */
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

  /**
   * An entity offers to leave memory.
   *
   * @param key type and id
   */
  public record Passivate(String key) implements Msg {}

  /**
   * The frontier has moved.
   *
   * @param frontier to where: the newest when it is looked at
   */
  public record FrontierMoved(Supplier<Frontier> frontier) implements Msg {}

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

  /** What others see of the live entities. Written by the registry alone. Thread-safe. */
  public static final class Directory {
    final Map<String, Slot> slots = new ConcurrentHashMap<>();
    final Map<String, String> damaged = new ConcurrentHashMap<>();

    /** The slot of a live entity, or null. */
    @Nullable Slot slot(String key) {
      return slots.get(key);
    }
  }

  private Registry(
      ActorContext<Msg> context,
      BiFunction<String, Slot, Behavior<EntityMsg>> entities,
      int maxLive,
      Directory directory) {
    super(context);
    this.entities = entities;
    this.maxLive = maxLive;
    this.directory = directory;
  }

  /** A registry that makes the actor of a key, with its slot, by {@code entities}. */
  static Behavior<Msg> create(
      BiFunction<String, Slot, Behavior<EntityMsg>> entities, int maxLive, Directory directory) {
    return Behaviors.setup(context -> new Registry(context, entities, maxLive, directory));
  }

  @Override
  public Receive<Msg> createReceive() {
    return newReceiveBuilder()
        .onMessage(Deliver.class, this::onDeliver)
        .onMessage(Passivate.class, this::onPassivate)
        .onMessage(FrontierMoved.class, this::onFrontierMoved)
        .onMessage(Stopped.class, this::onStopped)
        .onMessage(Repaired.class, this::onRepaired)
        .onMessage(StopAll.class, this::onStopAll)
        .build();
  }

  private Behavior<Msg> onDeliver(Deliver deliver) {
    deliver(deliver.key(), deliver.message());
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
    if (!slot.leaving) {
      tell(slot, work);
    } else if (slot.waiting.size() < MAX_WAITING) {
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
    Iterator<Slot> eldest = live.values().iterator();
    for (int i = 0; i < MAX_LOOKS && eldest.hasNext(); i++) {
      Slot slot = eldest.next();
      if (!slot.leaving && isIdle(slot)) {
        leave(slot);
        return true;
      }
    }
    return false;
  }

  private static boolean isIdle(Slot slot) {
    return slot.asked.isEmpty() && slot.inbox.isEmpty();
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

  @SuppressWarnings("CollectionUndefinedEquality") // which future it is, is what counts
  private static void tell(Slot slot, EntityMsg.Work work) {
    CompletableFuture<?> answer = work.answer();
    slot.asked.add(answer);
    answer.whenComplete((value, error) -> slot.asked.remove(answer));
    if (slot.inbox.add(work)) {
      slot.wake();
    } else {
      refuse(work, "too many requests at once for this entity; try again");
    }
  }

  private Behavior<Msg> onPassivate(Passivate passivate) {
    Slot slot = directory.slots.get(passivate.key());
    if (slot != null && !slot.leaving && isIdle(slot)) {
      leave(slot);
    }
    return this;
  }

  private Behavior<Msg> onFrontierMoved(FrontierMoved moved) {
    Frontier frontier = moved.frontier().get();
    directory.slots.values().forEach(slot -> slot.frontierMoved(frontier));
    return this;
  }

  private Behavior<Msg> onStopped(Stopped stopped) {
    Slot slot = stopped.slot();
    if (!live.remove(slot.key, slot)) {
      return this;
    }
    directory.slots.remove(slot.key, slot);
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
    slot.waiting.forEach(work -> deliver(slot.key, work));
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
