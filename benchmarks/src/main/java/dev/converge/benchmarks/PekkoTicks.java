package dev.converge.benchmarks;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.pekko.actor.typed.Behavior;
import org.apache.pekko.persistence.typed.ReplicaId;
import org.apache.pekko.persistence.typed.ReplicationId;
import org.apache.pekko.persistence.typed.javadsl.CommandHandler;
import org.apache.pekko.persistence.typed.javadsl.EventHandler;
import org.apache.pekko.persistence.typed.javadsl.ReplicatedEventSourcedBehavior;
import org.apache.pekko.persistence.typed.javadsl.ReplicatedEventSourcing;
import org.apache.pekko.persistence.typed.javadsl.ReplicationContext;

/** {@link Ticks} as an entity of Pekko's Replicated Event Sourcing. */
final class PekkoTicks
    extends ReplicatedEventSourcedBehavior<PekkoTicks.Command, Ticks.Tick, Ticks.Count> {
  static final List<ReplicaId> REPLICAS =
      List.of(new ReplicaId("0"), new ReplicaId("1"), new ReplicaId("2"));
  private static final Map<ReplicaId, String> JOURNALS =
      Map.of(REPLICAS.get(0), "read-0", REPLICAS.get(1), "read-1", REPLICAS.get(2), "read-2");

  private final int replica;
  private final Arrivals arrivals;
  private final boolean publishes;

  sealed interface Command {}

  record Write(Ticks.Tick tick, CompletableFuture<Long> done) implements Command {}

  record Get(CompletableFuture<Long> done) implements Command {}

  private PekkoTicks(
      ReplicationContext context, int replica, Arrivals arrivals, boolean publishes) {
    super(context);
    this.replica = replica;
    this.arrivals = arrivals;
    this.publishes = publishes;
  }

  static Behavior<Command> create(
      ReplicationId id, int replica, Arrivals arrivals, boolean publishes) {
    return ReplicatedEventSourcing.perReplicaJournalConfig(
        id, JOURNALS, context -> new PekkoTicks(context, replica, arrivals, publishes));
  }

  @Override
  public String journalPluginId() {
    return "journal-" + replica;
  }

  @Override
  public boolean withEventPublishing() {
    return publishes;
  }

  @Override
  public Ticks.Count emptyState() {
    return Ticks.Count.NONE;
  }

  @Override
  public CommandHandler<Command, Ticks.Tick, Ticks.Count> commandHandler() {
    return newCommandHandlerBuilder()
        .forAnyState()
        .onCommand(
            Write.class,
            (state, write) ->
                Effect()
                    .persist(write.tick())
                    .thenRun(after -> write.done().complete(after.events())))
        .onCommand(
            Get.class,
            (state, get) -> Effect().none().thenRun(at -> get.done().complete(at.events())))
        .build();
  }

  @Override
  public EventHandler<Ticks.Count, Ticks.Tick> eventHandler() {
    return newEventHandlerBuilder()
        .forAnyState()
        .onAnyEvent(
            (state, tick) -> {
              arrivals.at(replica, tick.number());
              return state.with(tick);
            });
  }
}
