package dev.converge.node.store;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.node.store.StoreMessage.Ask;
import dev.converge.node.store.StoreMessage.Body;
import dev.converge.node.store.StoreMessage.Close;
import dev.converge.node.store.StoreMessage.Closed;
import dev.converge.node.store.StoreMessage.Compare;
import dev.converge.node.store.StoreMessage.Digests;
import dev.converge.node.store.StoreMessage.Equal;
import dev.converge.node.store.StoreMessage.Given;
import dev.converge.node.store.StoreMessage.Pages;
import dev.converge.node.store.StoreMessage.Part;
import dev.converge.node.store.StoreMessage.Place;
import dev.converge.node.store.StoreMessage.Push;
import dev.converge.node.store.StoreMessage.PushAck;
import dev.converge.node.store.StoreMessage.Sender;
import dev.converge.node.store.StoreMessage.Want;
import dev.converge.node.store.StoreMessage.Wanted;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * How a node's store and those of the others come to be the same: writes are pushed at once, and
 * anti-entropy brings whatever a push has missed.
 *
 * <table>
 * <caption>Anti-entropy, from the one who lacks something</caption>
 * <tr><th>asks</th><th>is answered</th></tr>
 * <tr><td>{@link Compare} all that I have</td><td>{@link Equal}, or {@link Digests} of all buckets</td></tr>
 * <tr><td>{@link Ask} for the buckets that differ</td><td>{@link Pages}: what was seen, what is alive</td></tr>
 * <tr><td>{@link Want} those dots</td><td>{@link Given}: deltas, in pieces</td></tr>
 * </table>
 *
 * <p>The one who lacks something sets the pace: one turn of limited size a peer is under way. No
 * answer depends on an earlier one, so the peer keeps nothing, and what has been joined stays. A
 * bucket is only asked for if it differs several times in a row, as what is being pushed just now
 * differs too, or if it is empty here.
 *
 * <p>A state machine: inputs and time in, messages out; it changes the {@link LocalStore}. Not
 * thread-safe.
 */
final class Exchange {
  /** Time between two comparisons with a peer. */
  static final long COMPARE_MILLIS = 500;

  /** Time after which a read asks again. */
  private static final long RETRY_MILLIS = 1_000;

  /** A bucket is asked for after two comparisons, or eight if its peer goes on pushing to it. */
  private static final int STRIKES = 8;

  private static final int STRIKE = 4;
  private static final int PUSHED_STRIKE = 1;

  private static final int BUCKETS_A_TURN = 256;
  private static final int RUNS_A_MESSAGE = 20_000;
  private static final int PIECE_BYTES = 192 << 10;
  private static final long BYTES_AN_ANSWER = 1 << 20;

  /** What happens. */
  sealed interface Input {}

  /**
   * A peer can be spoken to, or has a new life.
   *
   * @param peer where it is
   * @param system the life of its ActorSystem
   */
  record Up(String peer, long system) implements Input {}

  /** A peer is gone, unless it has a new life already. */
  record Down(String peer, long system) implements Input {}

  /** A message has come. */
  record Received(String peer, StoreMessage message) implements Input {}

  /** Writes were made here, and others may be told. */
  record Written(List<Part> parts) implements Input {}

  /** A write or a read waits for others. */
  record Await(Quorum quorum) implements Input {}

  /** Time has passed. */
  enum Tick implements Input {
    /** The only one. */
    TICK
  }

  /**
   * A message to send.
   *
   * @param peer to whom
   * @param body what it says
   * @param whenSaved not before what these buckets hold now is saved
   */
  record Outgoing(String peer, Body body, List<Integer> whenSaved) {}

  /** A node other than this one. */
  private static final class Peer {
    final String at;
    final long system;
    final PeerQueue queue = new PeerQueue();

    /** The node's name, once it has said something. */
    @Nullable String name;

    long compareAt;

    /** How often each bucket differed in a row: more for one that was not pushed meanwhile. */
    final int[] strikes = new int[Buckets.COUNT];

    /** Buckets that the peer has pushed something of since the last comparison. */
    final BitSet pushed = new BitSet();

    /** When the turns began that bring what differs. */
    long roundSince;

    /** Buckets to ask for, each from where on. */
    final TreeMap<Integer, Place> todo = new TreeMap<>();

    /** The turn under way. */
    @Nullable Pull pull;

    /** Turns for reads, by number. */
    final Map<Long, Pull> reads = new HashMap<>();

    Peer(String at, long system, long nowMillis) {
      this.at = at;
      this.system = system;
      this.compareAt = nowMillis;
    }
  }

  private final LocalStore store;
  private final Writer writer;
  private final Seals seals;
  private final Map<String, Peer> peers = new TreeMap<>();

  /** The latest process of each name; what an earlier one sent may not count any more. */
  private final Map<String, Long> processes = new HashMap<>();

  private final Map<Long, Quorum> open = new TreeMap<>();
  private long lastNumber;
  private long retryAt;
  private List<Outgoing> out = new ArrayList<>();

  /**
   * For one life of the ActorSystem.
   *
   * @param nodes how many nodes are configured
   */
  Exchange(LocalStore store, Writer writer, int nodes) {
    this.store = store;
    this.writer = writer;
    this.seals = new Seals(store, writer, nodes);
  }

  /** How many peers there are. */
  int peerCount() {
    return peers.size();
  }

  /**
   * Whether writes should be taken now: not while each peer has a batch under way, so that they
   * come together meanwhile.
   */
  boolean wantsWrites() {
    return peers.isEmpty() || peers.values().stream().anyMatch(peer -> peer.queue.isIdle());
  }

  /** Takes one input; what to send. */
  List<Outgoing> step(Input input, long nowMillis) {
    out = new ArrayList<>();
    if (input instanceof Received received) {
      received(received.peer(), received.message(), nowMillis);
    } else if (input instanceof Written written) {
      written(written.parts(), nowMillis);
    } else if (input instanceof Await await) {
      await(await.quorum(), nowMillis);
    } else if (input instanceof Up up) {
      up(up, nowMillis);
    } else if (input instanceof Down down) {
      peers.computeIfPresent(down.peer(), (at, peer) -> peer.system == down.system() ? null : peer);
    } else {
      tick(nowMillis);
    }
    return out;
  }

  private void send(Peer peer, Body body) {
    out.add(new Outgoing(peer.at, body, List.of()));
  }

  // Peers and time

  private void up(Up up, long now) {
    Peer known = peers.get(up.peer());
    if (known == null || known.system != up.system()) {
      Peer peer = new Peer(up.peer(), up.system(), now);
      peers.put(up.peer(), peer);
      open.values().forEach(quorum -> ask(peer, quorum, now));
      compare(peer, now);
    }
  }

  private void tick(long now) {
    open.values().removeIf(quorum -> quorum.done().isDone());
    boolean isRetry = now >= retryAt;
    retryAt = isRetry ? now + RETRY_MILLIS : retryAt;
    for (Peer peer : peers.values()) {
      peer.queue.tick(now);
      pushNext(peer, now);
      peer.reads.values().removeIf(pull -> pull.isLost(now) || done(pull));
      if (peer.pull != null && peer.pull.isLost(now)) {
        peer.pull = null;
        peer.todo.clear();
      }
      if (peer.pull == null && now >= peer.compareAt) {
        compare(peer, now);
      }
      if (isRetry) {
        open.values().stream()
            .filter(quorum -> quorum.isRead() && !quorum.hasReached(peer.at))
            .filter(quorum -> peer.reads.values().stream().noneMatch(p -> p.reading == quorum))
            .forEach(quorum -> ask(peer, quorum, now));
      }
    }
  }

  private static boolean done(Pull pull) {
    return pull.reading != null && pull.reading.done().isDone();
  }

  // Writes of this node

  private void written(List<Part> parts, long now) {
    for (Part part : parts) {
      if (part.delta().size() <= PeerQueue.BATCH_BYTES) { // more is left to anti-entropy
        PeerQueue.Item item = new PeerQueue.Item(part.bucket(), part.base(), part.delta(), null);
        peers.values().forEach(peer -> peer.queue.offer(item));
      }
    }
    peers.values().forEach(peer -> pushNext(peer, now));
  }

  private void pushNext(Peer peer, long now) {
    peer.queue
        .next(now)
        .ifPresent(
            batch -> {
              List<Part> parts = new ArrayList<>(batch.items().size());
              batch
                  .items()
                  .forEach(item -> parts.add(new Part(item.bucket(), item.base(), item.delta())));
              send(peer, new Push(batch.number(), batch.isAwaited(), parts));
            });
  }

  private void await(Quorum quorum, long now) {
    if (open.put(quorum.number(), quorum) == null) {
      peers.values().forEach(peer -> ask(peer, quorum, now));
    }
  }

  private void ask(Peer peer, Quorum quorum, long now) {
    if (!quorum.wants(peer.name)) {
      return;
    }
    if (quorum.isRead()) {
      Pull pull = new Pull(++lastNumber, quorum, store, writer, now);
      peer.reads.put(pull.number, pull);
      send(peer, new Ask(pull.number, List.of(new Place(quorum.bucket(), null))));
    } else {
      peer.queue.offer(new PeerQueue.Item(quorum.bucket(), quorum.base(), quorum.delta(), quorum));
      pushNext(peer, now);
    }
  }

  // What peers say

  private void received(String from, StoreMessage message, long now) {
    Peer peer = peers.get(from);
    Sender sender = message.from();
    if (peer == null
        || peer.system != sender.system()
        || processes.getOrDefault(sender.name(), 0L) > sender.process()) {
      return;
    }
    processes.put(sender.name(), sender.process());
    peer.name = sender.name();
    store.contact().heard(sender.name(), now);
    Body body = message.body();
    if (body instanceof Push push) {
      pushed(peer, sender, push);
    } else if (body instanceof PushAck ack) {
      for (PeerQueue.Item item : peer.queue.confirmed(ack.batch())) {
        if (item.waiting() != null) {
          item.waiting().reachedBy(peer.at, peer.name);
        }
      }
      pushNext(peer, now);
    } else if (body instanceof Compare compare) {
      compared(peer, compare);
    } else if (body instanceof Equal equal) {
      Arrays.fill(peer.strikes, 0);
      if (equal.isAll()) {
        seals.allEqual(sender.name());
        store.contact().same(sender.name());
      }
    } else if (body instanceof Close close) {
      close(peer, sender, close);
    } else if (body instanceof Closed closed) {
      closed.buckets().forEach(bucket -> seals.closed(sender.name(), bucket));
    } else if (body instanceof Digests digests) {
      differs(peer, sender.name(), digests, now);
    } else if (body instanceof Ask ask) {
      asked(peer, ask);
    } else if (body instanceof Pages pages) {
      pages(peer, pages, now);
    } else if (body instanceof Want want) {
      wanted(peer, want);
    } else if (body instanceof Given given) {
      given(peer, given, now);
    }
  }

  /**
   * Joins what continues what is here of the sender (the causal delta-merging condition of Almeida,
   * Shoker, Baquero 2018). Else a sum could be here without the knowledge of which earlier ones are
   * dead, as the delta that said so was lost; anti-entropy brings all of it.
   */
  private void pushed(Peer peer, Sender sender, Push push) {
    List<Integer> buckets = new ArrayList<>();
    boolean isWhole = true;
    for (Part part : push.parts()) {
      CausalContext here = Buckets.context(store.bucket(part.bucket()).state());
      if (!here.containsRange(ReplicaId.of(sender.name()), sender.process() + 1, part.base())) {
        isWhole = false;
        peer.strikes[part.bucket()] = STRIKES;
        continue;
      }
      peer.pushed.set(part.bucket());
      store.join(part.bucket(), BucketCodec.decode(part.delta().toArrayUnsafe()));
      if (push.isAwaited()) {
        buckets.add(part.bucket());
      }
    }
    if (isWhole || !push.isAwaited()) { // else it is sent again
      out.add(new Outgoing(peer.at, new PushAck(push.batch()), buckets));
    }
  }

  // Comparing

  private void compare(Peer peer, long now) {
    peer.compareAt = now + COMPARE_MILLIS;
    send(peer, new Compare(root(digests())));
    List<Wanted> open = seals.open();
    if (!open.isEmpty()) {
      send(peer, new Close(open));
    }
  }

  private void close(Peer peer, Sender sender, Close close) {
    List<Integer> closed = new ArrayList<>();
    for (Wanted known : close.known()) {
      ReplicaId replica = ReplicaId.of(sender.name());
      if (store.close(known.bucket(), replica, sender.process(), known.dots())) {
        closed.add(known.bucket());
      }
    }
    if (!closed.isEmpty()) {
      out.add(new Outgoing(peer.at, new Closed(closed), closed));
    }
  }

  private List<Long> digests() {
    List<Long> digests = new ArrayList<>(Buckets.COUNT);
    for (int i = 0; i < Buckets.COUNT; i++) {
      digests.add(store.bucket(i).digest());
    }
    return digests;
  }

  private static long root(List<Long> digests) {
    long root = 0;
    for (int i = 0; i < digests.size(); i++) {
      root += Digest.mix(digests.get(i) + i);
    }
    return root;
  }

  private void compared(Peer peer, Compare compare) {
    List<Long> digests = digests();
    BitSet partial = partial();
    send(
        peer,
        root(digests) == compare.root()
            ? new Equal(partial.isEmpty())
            : new Digests(digests, partial));
  }

  private BitSet partial() {
    BitSet partial = new BitSet();
    for (int i = 0; i < Buckets.COUNT; i++) {
      if (!store.bucket(i).isAllShown()) {
        partial.set(i);
      }
    }
    return partial;
  }

  private void differs(Peer peer, String name, Digests theirs, long now) {
    List<Long> mine = digests();
    for (int i = 0; i < mine.size(); i++) {
      long their = theirs.digests().get(i);
      long own = mine.get(i);
      if (their == own) {
        peer.strikes[i] = 0;
        if (!theirs.partial().get(i)) {
          seals.equal(name, i);
          store.contact().same(name, i);
        }
      } else if (their != 0) {
        peer.strikes[i] += peer.pushed.get(i) ? PUSHED_STRIKE : STRIKE;
        if (own == 0 || peer.strikes[i] >= STRIKES) {
          peer.strikes[i] = 0;
          peer.todo.putIfAbsent(i, new Place(i, null));
        }
      }
    }
    peer.pushed.clear();
    peer.roundSince = now;
    if (peer.pull == null) {
      nextTurn(peer, now);
    }
  }

  // Pulling

  private void nextTurn(Peer peer, long now) {
    peer.pull = null;
    if (peer.todo.isEmpty()) {
      return;
    }
    List<Place> places = new ArrayList<>();
    for (Place place : peer.todo.values()) {
      if (places.size() == BUCKETS_A_TURN) {
        break;
      }
      places.add(place);
    }
    peer.pull = new Pull(++lastNumber, null, store, writer, now);
    send(peer, new Ask(peer.pull.number, places));
  }

  private void asked(Peer peer, Ask ask) {
    List<Page> pages = new ArrayList<>();
    int runs = 0;
    for (Place place : ask.buckets()) {
      Page page =
          Page.of(place.bucket(), store.bucket(place.bucket()).shared().state(), place.after());
      runs += page.alive().runCount() + page.seen().runCount();
      if (!pages.isEmpty() && runs > RUNS_A_MESSAGE) {
        break;
      }
      pages.add(page);
    }
    send(peer, new Pages(ask.pull(), pages));
  }

  private static @Nullable Pull pull(Peer peer, long number) {
    return peer.pull != null && peer.pull.number == number ? peer.pull : peer.reads.get(number);
  }

  private void pages(Peer peer, Pages pages, long now) {
    Pull pull = pull(peer, pages.pull());
    if (pull == null) {
      return;
    }
    for (Page page : pages.pages()) {
      Place more = pull.page(page, now);
      if (pull.reading != null) {
        continue;
      }
      if (more == null) {
        peer.todo.remove(page.bucket());
      } else {
        peer.todo.put(page.bucket(), more);
      }
    }
    goOn(peer, pull, true, now);
  }

  private void goOn(Peer peer, Pull pull, boolean isFirst, long now) {
    List<Wanted> wanted = pull.wanted(isFirst);
    if (!wanted.isEmpty()) {
      send(peer, new Want(pull.number, wanted));
      return;
    }
    if (pull.reading == null) {
      nextTurn(peer, now);
      if (peer.pull == null) {
        // See what is left, but leave time to others if there was much.
        peer.compareAt = now + Math.max(COMPARE_MILLIS / 2, 2 * (now - peer.roundSince));
      }
      return;
    }
    Place next = pull.takeNext();
    if (next != null) {
      send(peer, new Ask(pull.number, List.of(next)));
      return;
    }
    peer.reads.remove(pull.number);
    if (pull.isComplete()) {
      pull.reading.reachedBy(peer.at, peer.name);
    }
  }

  private void wanted(Peer peer, Want want) {
    List<Part> parts = new ArrayList<>();
    long left = BYTES_AN_ANSWER;
    long bytes = 0;
    for (Wanted wanted : want.dots()) {
      for (var piece :
          Pieces.of(
              store.bucket(wanted.bucket()).shared().state(), wanted.dots(), PIECE_BYTES, left)) {
        ByteString delta = ByteString.fromArrayUnsafe(BucketCodec.encode(piece));
        if (bytes > 0 && bytes + delta.size() > 2 * PIECE_BYTES) {
          send(peer, new Given(want.pull(), parts, false));
          parts = new ArrayList<>();
          bytes = 0;
        }
        parts.add(new Part(wanted.bucket(), 0, delta));
        bytes += delta.size();
        left -= delta.size();
      }
      if (left <= 0) {
        break;
      }
    }
    send(peer, new Given(want.pull(), parts, true));
  }

  private void given(Peer peer, Given given, long now) {
    Pull pull = pull(peer, given.pull());
    if (pull == null) {
      return;
    }
    for (Part part : given.parts()) {
      pull.given(part.bucket(), part.delta(), now);
    }
    if (given.isLast()) {
      goOn(peer, pull, false, now);
    }
  }
}
