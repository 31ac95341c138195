package dev.converge.node.store;

import dev.converge.crdt.ORMap;
import dev.converge.crdt.Variant;
import dev.converge.node.store.StoreMessage.Fetch;
import dev.converge.node.store.StoreMessage.Fetched;
import dev.converge.node.store.StoreMessage.Part;
import dev.converge.node.store.StoreMessage.Push;
import dev.converge.node.store.StoreMessage.PushAck;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.apache.pekko.actor.AbstractActorWithTimers;
import org.apache.pekko.actor.ActorRef;
import org.apache.pekko.actor.ActorSelection;
import org.apache.pekko.actor.Address;
import org.apache.pekko.actor.Props;
import org.apache.pekko.cluster.Cluster;
import org.apache.pekko.cluster.ClusterEvent;
import org.apache.pekko.cluster.ClusterEvent.MemberEvent;
import org.apache.pekko.cluster.ClusterEvent.MemberRemoved;
import org.apache.pekko.cluster.Member;
import org.apache.pekko.cluster.UniqueAddress;
import org.apache.pekko.cluster.ddata.DistributedData;
import org.apache.pekko.cluster.ddata.Replicator;
import org.apache.pekko.util.ByteString;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries the store between this node and the others, for one life of the cluster's ActorSystem. It
 * gives every write to the local Replicator, whose gossip brings it everywhere in the end, and
 * pushes it to the other members at once; it merges into the {@link LocalStore} what comes by
 * either way. Members count whatever their status: who answers takes part.
 */
final class StoreActor extends AbstractActorWithTimers {
  private static final Logger LOG = LoggerFactory.getLogger(StoreActor.class);

  static final String NAME = "converge-store";

  /** Local writes to this bucket are waiting to be told of. */
  record Flush(int bucket) {}

  /** A write or a read waits for others. */
  record Await(Quorum quorum) {}

  /** Take in all that the Replicator has; then answer {@link Handed}. */
  enum HandOver {
    ASK
  }

  /** All that the Replicator had is in the local store. */
  enum Handed {
    DONE
  }

  private enum Tick {
    TICK
  }

  private static final Duration TICK = Duration.ofMillis(200);
  private static final int TICKS_PER_RETRY = 5;

  /** A member other than this node. */
  private record Peer(UniqueAddress address, ActorSelection store, PeerQueue queue) {}

  private final Cluster cluster = Cluster.get(getContext().getSystem());
  private final ActorRef replicator = DistributedData.get(getContext().getSystem()).replicator();
  private final LocalStore store;
  private final IntConsumer members;
  private final long life = cluster.selfUniqueAddress().longUid();
  private final Map<Address, Peer> peers = new HashMap<>();
  private final Map<Long, Quorum> open = new HashMap<>();
  private int ticks;

  private ActorRef handOverTo = ActorRef.noSender();
  private int handOverMissing;

  private StoreActor(LocalStore store, IntConsumer members) {
    this.store = store;
    this.members = members;
  }

  static Props props(LocalStore store, IntConsumer members) {
    return Props.create(StoreActor.class, () -> new StoreActor(store, members));
  }

  @Override
  public void preStart() {
    cluster.subscribe(getSelf(), ClusterEvent.initialStateAsEvents(), MemberEvent.class);
    for (int bucket = 0; bucket < Buckets.COUNT; bucket++) {
      replicator.tell(
          new Replicator.Subscribe<>(new Bucket.BucketKey(bucket), getSelf()), getSelf());
      if (!store.bucket(bucket).state().causal().context().isEmpty()) {
        giveToReplicator(bucket);
      }
    }
    getTimers().startTimerWithFixedDelay(Tick.TICK, Tick.TICK, TICK);
  }

  @Override
  public void postStop() {
    cluster.unsubscribe(getSelf());
  }

  @Override
  public Receive createReceive() {
    return receiveBuilder()
        .match(Flush.class, this::flush)
        .match(Await.class, await -> await(await.quorum()))
        .match(Push.class, push -> guarded(() -> pushed(push)))
        .match(PushAck.class, this::confirmed)
        .match(Fetch.class, this::fetch)
        .match(Fetched.class, fetched -> guarded(() -> fetched(fetched)))
        .match(Replicator.Changed.class, this::changed)
        .match(MemberRemoved.class, event -> left(event.member()))
        .match(MemberEvent.class, event -> joined(event.member()))
        .match(Tick.class, tick -> tick())
        .match(HandOver.class, ask -> handOver())
        .match(Replicator.GetSuccess.class, this::handed)
        .match(Replicator.GetResponse.class, none -> handedOne())
        .match(Replicator.UpdateFailure.class, this::updateFailed)
        .match(Replicator.UpdateResponse.class, success -> {})
        .build();
  }

  // Writes of this node

  private void flush(Flush flush) {
    ORMap<String, Variant> delta = store.bucket(flush.bucket()).takePending();
    if (delta == null) {
      return;
    }
    giveToReplicator(flush.bucket());
    if (!peers.isEmpty()) {
      ByteString bytes = ByteString.fromArrayUnsafe(BucketCodec.encode(delta));
      PeerQueue.Item item = new PeerQueue.Item(flush.bucket(), bytes, null);
      peers.values().forEach(peer -> push(peer, item));
    }
  }

  /** Both copies of the bucket become one object: the join of what is here and there. */
  private void giveToReplicator(int bucket) {
    LocalStore local = store;
    replicator.tell(
        new Replicator.Update<>(
            new Bucket.BucketKey(bucket),
            Bucket.EMPTY,
            Replicator.writeLocal(),
            present -> { // runs in the Replicator's actor
              local.join(bucket, present.state());
              return new Bucket(local.bucket(bucket).state());
            }),
        getSelf());
  }

  private void updateFailed(Replicator.UpdateFailure<?> failure) {
    LOG.error("The Replicator refused {}: {}", failure.key(), failure);
  }

  private void push(Peer peer, PeerQueue.Item item) {
    peer.queue().add(item, now()).ifPresent(batch -> send(peer, batch));
  }

  private void send(Peer peer, PeerQueue.Batch batch) {
    List<Part> parts = new ArrayList<>(batch.items().size());
    batch.items().forEach(item -> parts.add(new Part(item.bucket(), item.delta())));
    peer.store().tell(new Push(life, batch.number(), parts), getSelf());
  }

  private void await(Quorum quorum) {
    if (!quorum.isRead()) {
      giveToReplicator(quorum.bucket());
    }
    if (open.put(quorum.number(), quorum) == null) {
      peers.values().forEach(peer -> ask(peer, quorum));
    }
  }

  private void ask(Peer peer, Quorum quorum) {
    if (quorum.isRead()) {
      peer.store().tell(new Fetch(life, quorum.number(), quorum.bucket()), getSelf());
    } else {
      push(peer, new PeerQueue.Item(quorum.bucket(), quorum.delta(), quorum));
    }
  }

  // What other nodes say

  private void pushed(Push push) {
    for (Part part : push.parts()) {
      join(part.bucket(), part.delta());
    }
    getSender().tell(new PushAck(push.life(), push.batch()), getSelf());
  }

  /**
   * Takes in what a peer sent.
   *
   * @throws WireFormatException if it is damaged; nothing is confirmed then
   */
  private void join(int bucket, ByteString bytes) {
    if (store.join(bucket, BucketCodec.decode(bytes.toArray()))) {
      giveToReplicator(bucket);
    }
  }

  /**
   * Runs {@code step}, which a peer's message asks for; a damaged message must not end this actor's
   * memory.
   */
  private void guarded(Runnable step) {
    try {
      step.run();
    } catch (WireFormatException e) {
      LOG.error("{} sent what cannot be read: {}", getSender(), e.getMessage());
    }
  }

  private void confirmed(PushAck ack) {
    Peer peer = peers.get(getSender().path().address());
    if (peer == null || ack.life() != life) {
      return;
    }
    for (PeerQueue.Item item : peer.queue().confirmed(ack.batch())) {
      if (item.waiting() != null) {
        item.waiting().reachedBy(peer.address().address());
      }
    }
    peer.queue().next(now()).ifPresent(batch -> send(peer, batch));
  }

  private void fetch(Fetch fetch) {
    byte[] state = BucketCodec.encode(store.bucket(fetch.bucket()).state());
    getSender()
        .tell(
            new Fetched(fetch.life(), fetch.read(), ByteString.fromArrayUnsafe(state)), getSelf());
  }

  private void fetched(Fetched fetched) {
    Quorum quorum = open.get(fetched.read());
    if (fetched.life() != life || quorum == null) {
      return;
    }
    join(quorum.bucket(), fetched.state());
    quorum.reachedBy(getSender().path().address());
  }

  private void changed(Replicator.Changed<?> changed) {
    store.join(Bucket.BucketKey.indexOf(changed.key()), ((Bucket) changed.dataValue()).state());
  }

  // Members and time

  private void joined(Member member) {
    UniqueAddress address = member.uniqueAddress();
    if (address.equals(cluster.selfUniqueAddress())) {
      return;
    }
    Peer known = peers.get(address.address());
    if (known == null || !known.address().equals(address)) {
      String path = getSelf().path().toStringWithAddress(address.address());
      Peer peer = new Peer(address, getContext().actorSelection(path), new PeerQueue());
      peers.put(address.address(), peer);
      open.values().forEach(quorum -> ask(peer, quorum));
      members.accept(peers.size() + 1);
    }
  }

  private void left(Member member) {
    Peer known = peers.get(member.address());
    if (known != null && known.address().equals(member.uniqueAddress())) {
      peers.remove(member.address());
      members.accept(peers.size() + 1);
    }
  }

  private void tick() {
    open.values().removeIf(quorum -> quorum.done().isDone());
    for (Peer peer : peers.values()) {
      peer.queue().tick(now());
      peer.queue().next(now()).ifPresent(batch -> send(peer, batch));
    }
    if (++ticks % TICKS_PER_RETRY == 0) {
      for (Quorum quorum : open.values()) {
        for (Peer peer : peers.values()) {
          if (quorum.isRead() && !quorum.hasReached(peer.address().address())) {
            ask(peer, quorum);
          }
        }
      }
    }
  }

  private static long now() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }

  // The end of this life

  private void handOver() {
    handOverTo = getSender();
    handOverMissing = Buckets.COUNT;
    for (int bucket = 0; bucket < Buckets.COUNT; bucket++) {
      replicator.tell(
          new Replicator.Get<>(new Bucket.BucketKey(bucket), Replicator.readLocal()), getSelf());
    }
  }

  private void handed(Replicator.GetSuccess<?> success) {
    store.join(Bucket.BucketKey.indexOf(success.key()), ((Bucket) success.dataValue()).state());
    handedOne();
  }

  private void handedOne() {
    if (--handOverMissing == 0) {
      handOverTo.tell(Handed.DONE, getSelf());
    }
  }
}
