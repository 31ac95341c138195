package dev.converge.pekko.entity;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.sync.AdmitResult;
import dev.converge.engine.sync.Refusal;
import dev.converge.engine.sync.SyncBatch;
import dev.converge.pekko.CommandRefusedException;
import dev.converge.pekko.EntityAnswer;
import dev.converge.pekko.EntityType;
import dev.converge.pekko.NodeClock;
import dev.converge.pekko.peer.PeerLink;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.LoggedEvent;
import dev.converge.pekko.wire.PeerMessage;
import dev.converge.pekko.wire.VectorForm;
import dev.converge.pekko.wire.WireException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.Done;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.actor.typed.PostStop;
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

  private final EntityType<C, E, S> type;
  private final String id;
  private final ReplicaId self;
  private final NodeClock clock;
  private final PeerLink link;
  private final Runnable passivate;

  /** Peers that were asked to fill a gap and have not sent anything of use since. */
  private final Set<String> askedToFill = new HashSet<>();

  private boolean recovered;

  private EntityActor(
      EntityType<C, E, S> type,
      String id,
      ReplicaId self,
      NodeClock clock,
      PeerLink link,
      Runnable passivate) {
    super(PersistenceId.ofUniqueId(type.key(id)));
    this.type = type;
    this.id = id;
    this.self = self;
    this.clock = clock;
    this.link = link;
    this.passivate = passivate;
  }

  /**
   * The actor of an entity.
   *
   * @param idle after so much time without a message it offers to leave memory
   * @param passivate how it offers that
   */
  public static <C, E, S> Behavior<EntityMsg> create(
      EntityType<C, E, S> type,
      String id,
      ReplicaId self,
      NodeClock clock,
      PeerLink link,
      Duration idle,
      Runnable passivate) {
    return Behaviors.setup(
        context -> {
          context.setReceiveTimeout(idle, new EntityMsg.Idle());
          return new EntityActor<>(type, id, self, clock, link, passivate);
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
    link.committed(type.key(id), entity.vector());
    link.peers().forEach(peer -> ask(peer, entity, true));
  }

  @Override
  public CommandHandler<EntityMsg, LoggedEvent, LiveEntity<C, E, S>> commandHandler() {
    return newCommandHandlerBuilder()
        .forAnyState()
        .onCommand(EntityMsg.Run.class, this::onRun)
        .onCommand(EntityMsg.Get.class, this::onGet)
        .onCommand(EntityMsg.GetHistory.class, this::onGetHistory)
        .onCommand(EntityMsg.PeerEvents.class, this::onPeerEvents)
        .onCommand(EntityMsg.PeerDigest.class, this::onPeerDigest)
        .onCommand(EntityMsg.StartSync.class, this::onStartSync)
        .onCommand(EntityMsg.Idle.class, this::onIdle)
        .onCommand(EntityMsg.Stop.class, stop -> Effect().stop())
        .build();
  }

  @SuppressWarnings("unchecked") // the typed EntityRef made the message
  private Effect<LoggedEvent, LiveEntity<C, E, S>> onRun(
      LiveEntity<C, E, S> entity, EntityMsg.Run run) {
    List<ReplicatedEvent<E>> events;
    try {
      events = entity.decide((C) run.command());
    } catch (CommandRefusedException e) {
      run.answer().completeExceptionally(e);
      return Effect().none();
    }
    if (events.isEmpty()) {
      run.answer().complete(answer(entity));
      return Effect().none();
    }
    List<EventRecord> records = entity.records(events);
    return Effect()
        .persist(logged(records))
        .thenRun(
            same -> {
              stored(entity, events);
              run.answer().complete(answer(entity));
              link.push(type.name(), id, records);
            });
  }

  private static List<LoggedEvent> logged(List<EventRecord> records) {
    return records.stream().map(record -> new LoggedEvent(record, 0)).toList();
  }

  private void stored(LiveEntity<C, E, S> entity, List<ReplicatedEvent<E>> events) {
    entity.stored(events);
    link.committed(type.key(id), entity.vector());
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

  private Effect<LoggedEvent, LiveEntity<C, E, S>> onPeerEvents(
      LiveEntity<C, E, S> entity, EntityMsg.PeerEvents message) {
    AdmitResult<E> result;
    try {
      result = entity.admit(message.message().events());
    } catch (WireException e) {
      LOG.warn(
          "events of {} from {} are refused: {}", type.key(id), message.peer(), e.getMessage());
      return dealtWith(message.answer());
    }
    for (Refusal<E> refusal : result.refused()) {
      LOG.warn(
          "event {} of {} from {} is refused ({}): {}",
          refusal.event().dot(),
          type.key(id),
          message.peer(),
          refusal.reason(),
          refusal.detail());
    }
    if (!result.waiting().isEmpty() && askedToFill.add(message.peer())) {
      ask(message.peer(), entity, false);
    }
    if (result.toPersist().isEmpty()) {
      return dealtWith(message.answer());
    }
    return Effect()
        .persist(logged(entity.records(result.toPersist())))
        .thenRun(
            same -> {
              stored(entity, result.toPersist());
              askedToFill.remove(message.peer());
              message.answer().complete(Done.getInstance());
              if (message.message().more()) {
                ask(message.peer(), entity, false);
              }
            });
  }

  private Effect<LoggedEvent, LiveEntity<C, E, S>> onPeerDigest(
      LiveEntity<C, E, S> entity, EntityMsg.PeerDigest digest) {
    var theirs = VectorForm.read(digest.message().vector());
    SyncBatch<E> missing = entity.missingFor(theirs);
    if (!missing.isEmpty()) {
      link.answer(
          digest.peer(), type.name(), id, entity.records(missing.events()), !missing.complete());
    }
    if (digest.message().mutual() && !entity.vector().covers(theirs)) {
      ask(digest.peer(), entity, false);
    }
    return dealtWith(digest.answer());
  }

  private Effect<LoggedEvent, LiveEntity<C, E, S>> onStartSync(
      LiveEntity<C, E, S> entity, EntityMsg.StartSync start) {
    ask(start.peer(), entity, true);
    return dealtWith(start.answer());
  }

  private Effect<LoggedEvent, LiveEntity<C, E, S>> onIdle(
      LiveEntity<C, E, S> entity, EntityMsg.Idle idle) {
    passivate.run();
    return Effect().none();
  }

  private Effect<LoggedEvent, LiveEntity<C, E, S>> dealtWith(CompletableFuture<Done> answer) {
    answer.complete(Done.getInstance());
    return Effect().none();
  }

  private void ask(String peer, LiveEntity<C, E, S> entity, boolean mutual) {
    link.ask(
        peer, new PeerMessage.Digest(type.name(), id, VectorForm.write(entity.vector()), mutual));
  }
}
