package dev.converge.node.store;

import dev.converge.crdt.ORMap;
import dev.converge.crdt.Variant;
import dev.converge.node.store.Exchange.Outgoing;
import dev.converge.node.store.StoreMessage.Part;
import dev.converge.node.store.StoreMessage.Sender;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.apache.pekko.actor.AbstractActorWithTimers;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSelection;
import org.apache.pekko.actor.Props;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.ClusterEvent.MemberEvent;
import org.apache.pekko.cluster.ClusterEvent.MemberRemoved;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the {@link Exchange} on a cluster, for one life of its ActorSystem: members, messages,
 * timers. Members count whatever their status: who answers takes part.
 */
final class StoreActor extends AbstractActorWithTimers {
  private static final Logger LOG = LoggerFactory.getLogger(StoreActor.class);

  static final String NAME = "converge-store";

  /** There may be local writes to tell of. */
  enum Flush {
    FLUSH
  }

  /** Writes that are saved, to be told of. */
  record Tell(List<Part> parts) {}

  /** A write or a read waits for others. */
  record Await(Quorum quorum) {}

  private record Saved(Outgoing outgoing) {}

  private enum Tick {
    TICK
  }

  private static final Duration TICK = Duration.ofMillis(100);

  /**
   * Writes that follow each other closer than this are told of together. The scheduler's clock goes
   * by 10 ms, so it comes to 10 to 20.
   */
  private static final Duration COALESCING = Duration.ofMillis(4);

  private enum Due {
    DUE
  }

  private final Cluster cluster = Cluster.get(getContext().getSystem());
  private final LocalStore store;
  private final Exchange exchange;
  private final Sender self;
  private final IntConsumer members;
  private final Runnable flushing;
  private final Map<String, ActorSelection> selections = new HashMap<>();

  /** Whether a local write may wait in the store to be told of. */
  private boolean isFlushDue;

  /** Whether others have just been told. */
  private boolean isCoalescing;

  private StoreActor(
      LocalStore store,
      Writer writer,
      long process,
      int nodes,
      IntConsumer members,
      Runnable flushing) {
    this.flushing = flushing;
    this.store = store;
    this.exchange = new Exchange(store, writer, nodes);
    this.self = new Sender(writer.replica().name(), process, cluster.selfUniqueAddress().longUid());
    this.members = members;
  }

  static Props props(
      LocalStore store,
      Writer writer,
      long process,
      int nodes,
      IntConsumer members,
      Runnable flushing) {
    return Props.create(
        StoreActor.class, () -> new StoreActor(store, writer, process, nodes, members, flushing));
  }

  @Override
  public void preStart() {
    cluster.subscribe(getSelf(), ClusterEvent.initialStateAsEvents(), MemberEvent.class);
    getTimers().startTimerWithFixedDelay(Tick.TICK, Tick.TICK, TICK);
  }

  @Override
  public void postStop() {
    cluster.unsubscribe(getSelf());
  }

  @Override
  public Receive createReceive() {
    return receiveBuilder()
        .match(StoreMessage.class, this::received)
        .match(
            Flush.class,
            flush -> {
              isFlushDue = true;
              flush();
            })
        .match(
            Due.class,
            due -> {
              isCoalescing = false;
              flush();
            })
        .match(Tell.class, tell -> step(new Exchange.Written(tell.parts())))
        .match(Saved.class, saved -> send(saved.outgoing()))
        .match(Await.class, await -> step(new Exchange.Await(await.quorum())))
        .match(MemberRemoved.class, event -> left(event.member()))
        .match(MemberEvent.class, event -> joined(event.member()))
        .match(
            Tick.class,
            tick -> {
              step(Exchange.Tick.TICK);
              flush();
            })
        .build();
  }

  private void received(StoreMessage message) {
    try {
      step(new Exchange.Received(getSender().path().address().toString(), message));
    } catch (WireFormatException e) {
      LOG.error("{} sent what cannot be read: {}", getSender(), e.getMessage());
    }
    flush();
  }

  private void flush() {
    if (isFlushDue && !isCoalescing && exchange.wantsWrites()) {
      isFlushDue = false;
      isCoalescing = true;
      getTimers().startSingleTimer(Due.DUE, Due.DUE, COALESCING);
      flushing.run();
      List<Part> parts = new ArrayList<>();
      for (LocalStore.Taken taken : store.takeChanged()) {
        ORMap<String, Variant> own = taken.unsaved().own();
        if (own != null && exchange.peerCount() > 0) {
          parts.add(new Part(taken.bucket(), taken.unsaved().base(), encoded(own)));
        }
      }
      if (!parts.isEmpty()) {
        step(new Exchange.Written(parts));
      }
    }
  }

  static ByteString encoded(ORMap<String, Variant> delta) {
    return ByteString.fromArrayUnsafe(BucketCodec.encode(delta));
  }

  private void step(Exchange.Input input) {
    for (Outgoing outgoing : exchange.step(input, now())) {
      if (outgoing.whenSaved().isEmpty() || !store.isDurable()) {
        send(outgoing);
      } else {
        CompletableFuture<?>[] saved =
            outgoing.whenSaved().stream().map(store::whenSaved).toArray(CompletableFuture[]::new);
        ActorRef me = getSelf();
        CompletableFuture.allOf(saved)
            .thenRun(() -> me.tell(new Saved(outgoing), ActorRef.noSender()));
      }
    }
  }

  private void send(Outgoing outgoing) {
    ActorSelection peer = selections.get(outgoing.peer());
    if (peer != null) {
      peer.tell(new StoreMessage(self, outgoing.body()), getSelf());
    }
  }

  private void joined(Member member) {
    if (!member.uniqueAddress().equals(cluster.selfUniqueAddress())) {
      String peer = member.address().toString();
      selections.computeIfAbsent(
          peer,
          p -> getContext().actorSelection(getSelf().path().toStringWithAddress(member.address())));
      step(new Exchange.Up(peer, member.uniqueAddress().longUid()));
      members.accept(exchange.peerCount() + 1);
    }
  }

  private void left(Member member) {
    step(new Exchange.Down(member.address().toString(), member.uniqueAddress().longUid()));
    members.accept(exchange.peerCount() + 1);
  }

  /** Steady milliseconds. */
  static long now() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }
}
