package dev.converge.pekko.entity;

import dev.converge.pekko.EntityUnavailableException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.ActorRef;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.javadsl.AbstractBehavior;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.actor.typed.javadsl.Receive;

/**
 * The local registry: finds the live actor of a key, wakes it if there is none, lets idle ones go.
 * Knows nothing of other nodes, so it works whatever the cluster does.
 *
 * <p>While an entity is leaving memory, what comes for it waits and wakes it again. When one stops
 * by a failure, everybody who waits for its answer is told.
 */
public final class Registry extends AbstractBehavior<Registry.Msg> {
  /** How many messages wait for an entity that is leaving memory; further ones are refused. */
  private static final int MAX_WAITING = 1_000;

  private final BiFunction<String, Inbox, Behavior<EntityMsg>> entities;
  private final Map<String, Live> live = new HashMap<>();
  private final List<CompletableFuture<Done>> stopping = new ArrayList<>();

  /** What the registry is told. */
  public sealed interface Msg {}

  /**
   * For the entity of that key.
   *
   * @param key type and id
   * @param message what it shall get
   */
  public record Deliver(String key, EntityMsg message) implements Msg {}

  /**
   * An entity offers to leave memory.
   *
   * @param key type and id
   */
  public record Passivate(String key) implements Msg {}

  /**
   * Let all entities leave memory.
   *
   * @param done completed when the last is gone
   */
  public record StopAll(CompletableFuture<Done> done) implements Msg {}

  private record Stopped(String key, ActorRef<EntityMsg> actor) implements Msg {}

  private static final class Live {
    final ActorRef<EntityMsg> actor;
    final Inbox inbox;

    /** Who waits for an answer of the actor. */
    final Set<CompletableFuture<?>> asked = ConcurrentHashMap.newKeySet();

    /** What came since it was told to stop. */
    final Deque<EntityMsg> waiting = new ArrayDeque<>();

    boolean leaving;

    Live(ActorRef<EntityMsg> actor, Inbox inbox) {
      this.actor = actor;
      this.inbox = inbox;
    }
  }

  private Registry(
      ActorContext<Msg> context, BiFunction<String, Inbox, Behavior<EntityMsg>> entities) {
    super(context);
    this.entities = entities;
  }

  /** A registry that makes the actor of a key, with its inbox, by {@code entities}. */
  public static Behavior<Msg> create(BiFunction<String, Inbox, Behavior<EntityMsg>> entities) {
    return Behaviors.setup(context -> new Registry(context, entities));
  }

  @Override
  public Receive<Msg> createReceive() {
    return newReceiveBuilder()
        .onMessage(Deliver.class, this::onDeliver)
        .onMessage(Passivate.class, this::onPassivate)
        .onMessage(Stopped.class, this::onStopped)
        .onMessage(StopAll.class, this::onStopAll)
        .build();
  }

  private Behavior<Msg> onDeliver(Deliver deliver) {
    if (!stopping.isEmpty()) {
      refuse(deliver.message(), "the node is stopping");
      return this;
    }
    Live entity = live.computeIfAbsent(deliver.key(), this::wake);
    if (!entity.leaving) {
      tell(entity, deliver.message());
    } else if (entity.waiting.size() < MAX_WAITING) {
      entity.waiting.add(deliver.message());
    } else {
      refuse(deliver.message(), "too many requests at once for this entity; try again");
    }
    return this;
  }

  private Live wake(String key) {
    Inbox inbox = new Inbox();
    ActorRef<EntityMsg> actor = getContext().spawnAnonymous(entities.apply(key, inbox));
    getContext().watchWith(actor, new Stopped(key, actor));
    return new Live(actor, inbox);
  }

  @SuppressWarnings("CollectionUndefinedEquality") // which future it is, is what counts
  private static void tell(Live entity, EntityMsg message) {
    if (message instanceof EntityMsg.Ask ask) {
      CompletableFuture<?> answer = ask.answer();
      entity.asked.add(answer);
      answer.whenComplete((value, error) -> entity.asked.remove(answer));
    }
    if (!(message instanceof EntityMsg.Work work)) {
      entity.actor.tell(message);
    } else if (!entity.inbox.add(work)) {
      refuse(message, "too many requests at once for this entity; try again");
    } else if (entity.inbox.mustTell()) {
      entity.actor.tell(new EntityMsg.WorkCame());
    }
  }

  private Behavior<Msg> onPassivate(Passivate passivate) {
    Live entity = live.get(passivate.key());
    if (entity != null && !entity.leaving) {
      entity.leaving = true;
      entity.actor.tell(new EntityMsg.Stop());
    }
    return this;
  }

  private Behavior<Msg> onStopped(Stopped stopped) {
    Live entity = live.get(stopped.key());
    if (entity == null || !entity.actor.equals(stopped.actor())) {
      return this;
    }
    live.remove(stopped.key());
    for (CompletableFuture<?> answer : entity.asked) {
      answer.completeExceptionally(
          new EntityUnavailableException(
              "the entity stopped before it answered; the node's log says why", null));
    }
    for (EntityMsg message : entity.waiting) {
      onDeliver(new Deliver(stopped.key(), message));
    }
    if (live.isEmpty()) {
      stopping.forEach(done -> done.complete(Done.getInstance()));
    }
    return this;
  }

  private Behavior<Msg> onStopAll(StopAll stop) {
    stopping.add(stop.done());
    live.values().stream()
        .filter(entity -> !entity.leaving)
        .forEach(
            entity -> {
              entity.leaving = true;
              entity.actor.tell(new EntityMsg.Stop());
            });
    if (live.isEmpty()) {
      stop.done().complete(Done.getInstance());
    }
    return this;
  }

  private static void refuse(EntityMsg message, String why) {
    if (message instanceof EntityMsg.Ask ask) {
      ask.answer().completeExceptionally(new EntityUnavailableException(why, null));
    }
  }
}
