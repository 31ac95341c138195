package dev.converge.pekko.entity;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.pekko.CommandRefusedException;
import dev.converge.pekko.EntityAnswer;
import dev.converge.pekko.EntityType;
import dev.converge.pekko.NodeClock;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.LoggedEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
import org.apache.pekko.actor.typed.javadsl.ActorContext;
import org.apache.pekko.actor.typed.javadsl.Behaviors;
import org.apache.pekko.persistence.typed.PersistenceId;
import org.apache.pekko.persistence.typed.RecoveryCompleted;
import org.apache.pekko.persistence.typed.RecoveryFailed;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.Effect;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.EventSourcedBehavior;
import org.apache.pekko.persistence.typed.javadsl.SignalHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One live entity: commands and peers' events in, journal writes out, then answers and pushes. What
 * to write and what it means is {@link LiveEntity}'s and the engine's business.
 *
 * <p>The journal holds the events of every replica in the order in which this one stored them.
 * Nothing is answered or sent before it is stored.
 */
public final class EntityActor<C, E, S>
    extends EventSourcedBehavior<EntityMsg, LoggedEvent, LiveEntity<C, E, S>> {
  private static final Logger LOG = LoggerFactory.getLogger(EntityActor.class);

  private final ActorContext<EntityMsg> context;
  private final EntityType<C, E, S> type;
  private final String id;
  private final ReplicaId self;
  private final NodeClock clock;
  private final Inbox inbox;
  private final Runnable passivate;

  private boolean recovered;

  private EntityActor(
      ActorContext<EntityMsg> context,
      EntityType<C, E, S> type,
      String id,
      ReplicaId self,
      NodeClock clock,
      Inbox inbox,
      Runnable passivate) {
    super(PersistenceId.ofUniqueId(type.key(id)));
    this.context = context;
    this.type = type;
    this.id = id;
    this.self = self;
    this.clock = clock;
    this.inbox = inbox;
    this.passivate = passivate;
  }

  /**
   * The actor of an entity.
   *
   * @param inbox where its work comes from
   * @param idle after so much time without a message it offers to leave memory
   * @param passivate how it offers that
   */
  public static <C, E, S> Behavior<EntityMsg> create(
      EntityType<C, E, S> type,
      String id,
      ReplicaId self,
      NodeClock clock,
      Inbox inbox,
      Duration idle,
      Runnable passivate) {
    return Behaviors.setup(
        context -> {
          context.setReceiveTimeout(idle, new EntityMsg.Idle());
          return new EntityActor<>(context, type, id, self, clock, inbox, passivate);
        });
  }

  @Override
  public LiveEntity<C, E, S> emptyState() {
    return new LiveEntity<>(type, id, self, clock);
  }

  @Override
  public EventHandler<LiveEntity<C, E, S>, LoggedEvent> eventHandler() {
    return (entity, event) -> {
      if (!recovered) {
        entity.replay(event.record());
      } // else the batch as a whole counts as stored, after its last event
      return entity;
    };
  }

  @Override
  public SignalHandler<LiveEntity<C, E, S>> signalHandler() {
    return newSignalHandlerBuilder()
        .onSignal(RecoveryCompleted.instance(), this::onRecovered)
        .onSignal(
            RecoveryFailed.class,
            (entity, failed) ->
                LOG.error(
                    "entity {} cannot be read from the journal and stays down; the others go on",
                    type.key(id),
                    failed.getFailure()))
        .onSignal(PostStop.instance(), entity -> LOG.debug("{} left memory", type.key(id)))
        .build();
  }

  private void onRecovered(LiveEntity<C, E, S> entity) {
    recovered = true;
    entity.replayEnded();
  }

  @Override
  public CommandHandler<EntityMsg, LoggedEvent, LiveEntity<C, E, S>> commandHandler() {
    return newCommandHandlerBuilder()
        .forAnyState()
        .onCommand(EntityMsg.WorkCame.class, this::onWork)
        .onCommand(EntityMsg.Get.class, this::onGet)
        .onCommand(EntityMsg.GetHistory.class, this::onGetHistory)
        .onCommand(EntityMsg.Idle.class, this::onIdle)
        .onCommand(EntityMsg.Stop.class, stop -> Effect().stop())
        .build();
  }

  /** Everything that waits is decided in order, stored together, and then answered. */
  private Effect<LoggedEvent, LiveEntity<C, E, S>> onWork(
      LiveEntity<C, E, S> entity, EntityMsg.WorkCame came) {
    Commit commit = new Commit();
    for (EntityMsg.Work work : inbox.take()) {
      if (work instanceof EntityMsg.Run run) {
        run(entity, run, commit);
      }
    }
    if (!inbox.isEmpty() && inbox.mustTell()) {
      context.getSelf().tell(came);
    }
    if (commit.events.isEmpty()) {
      commit.end();
      return Effect().none();
    }
    return Effect().persist(commit.events).thenRun(same -> commit.end());
  }

  /** What one commit stores, and what is to be done after it. */
  private static final class Commit {
    final List<LoggedEvent> events = new ArrayList<>();

    /** Answers wait too, also refusals: they may rest on what is not stored yet. */
    final List<Runnable> afterwards = new ArrayList<>();

    void end() {
      afterwards.forEach(Runnable::run);
    }
  }

  @SuppressWarnings("unchecked") // the typed EntityRef made the message
  private void run(LiveEntity<C, E, S> entity, EntityMsg.Run run, Commit commit) {
    List<EventRecord> records;
    try {
      records = entity.run((C) run.command());
    } catch (CommandRefusedException e) {
      commit.afterwards.add(() -> run.answer().completeExceptionally(e));
      return;
    }
    commit.events.addAll(logged(records));
    EntityAnswer<Object> answer = answer(entity);
    commit.afterwards.add(() -> run.answer().complete(answer));
  }

  private static List<LoggedEvent> logged(List<EventRecord> records) {
    return records.stream().map(record -> new LoggedEvent(record, 0)).toList();
  }

  @SuppressWarnings("unchecked") // the typed EntityRef that asked gives it its type back
  private static <S> EntityAnswer<Object> answer(LiveEntity<?, ?, S> entity) {
    return (EntityAnswer<Object>) entity.answer();
  }

  private Effect<LoggedEvent, LiveEntity<C, E, S>> onGet(
      LiveEntity<C, E, S> entity, EntityMsg.Get get) {
    get.answer().complete(answer(entity));
    return Effect().none();
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // as above
  private Effect<LoggedEvent, LiveEntity<C, E, S>> onGetHistory(
      LiveEntity<C, E, S> entity, EntityMsg.GetHistory get) {
    ((CompletableFuture) get.answer()).complete(entity.history(get.from(), get.limit()));
    return Effect().none();
  }

  private Effect<LoggedEvent, LiveEntity<C, E, S>> onIdle(
      LiveEntity<C, E, S> entity, EntityMsg.Idle idle) {
    passivate.run();
    return Effect().none();
  }
}
