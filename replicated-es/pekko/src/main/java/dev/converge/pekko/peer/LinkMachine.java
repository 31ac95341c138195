package dev.converge.pekko.peer;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.journal.ReplicaLog;
import dev.converge.pekko.replication.LinkSide.AskHandler;
import dev.converge.pekko.replication.MembershipSide;
import dev.converge.pekko.replication.PeerException;
import dev.converge.pekko.wire.LogRow;
import dev.converge.pekko.wire.PeerEnvelope;
import dev.converge.pekko.wire.PeerMessage;
import dev.converge.pekko.wire.PeerMessage.Hello;
import dev.converge.pekko.wire.PeerMessage.Rows;
import dev.converge.pekko.wire.PeerMessage.Told;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The link of a node to all its peers, without threads or I/O: what arrives or happens goes in, and
 * {@link LinkEffects} are asked for. It puts together the machines of this package.
 *
 * <pre>
 * committed(rows)  → recent rows; own ones are sent at once; peers are told soon
 * Rows             → receiver; what is next is stored, one batch at a time
 * a batch stored   → Told at once to who sent it
 * Told             → acknowledges own rows; shows what to fetch, and from whom
 * Fetch            → a page of any log, from memory or from the database
 * tick             → greetings, heartbeats, losses, rows again, requests again
 * </pre>
 *
 * <p>Single-threaded. The clock is a source of monotonic milliseconds.
 */
final class LinkMachine {
  private static final Logger LOG = LoggerFactory.getLogger(LinkMachine.class);

  private final ReplicaLog log;
  private final ReplicaId self;
  private final MembershipSide membership;
  private final LinkEffects effects;
  private final LinkSettings settings;
  private final long session;
  private final RandomGenerator random;
  private final LongSupplier millis;
  private final LongSupplier wallMillis;

  private final Map<String, Peer> peers = new TreeMap<>();
  private final RecentRows recent;
  private final LogReceiver receiver;
  private final Fetches fetches;
  private final Greeter greeter;
  private final LogServer server;
  private final Questions questions;
  private long toldNumber;
  private long storeAt = Long.MIN_VALUE;

  /** The end of the own log, as far as it was told: what lies behind it is not in memory yet. */
  private long last;

  /**
   * A link without peers.
   *
   * @param session of this life of the node; not 0
   */
  LinkMachine(
      ReplicaLog log,
      MembershipSide membership,
      LinkEffects effects,
      LinkSettings settings,
      long session,
      RandomGenerator random,
      LongSupplier millis,
      LongSupplier wallMillis) {
    this.log = log;
    this.self = log.self();
    this.membership = membership;
    this.effects = effects;
    this.settings = settings;
    this.session = session;
    this.random = random;
    this.millis = millis;
    this.wallMillis = wallMillis;
    this.last = log.held().get(self);
    this.recent = new RecentRows(settings.limits().recentBytes());
    this.receiver = new LogReceiver(log, membership, recent, settings, effects::report);
    this.fetches = new Fetches(self, receiver, membership, settings);
    this.server = new LogServer(log, recent, effects, settings.limits());
    this.questions = new Questions(settings.limits().asks(), effects);
    this.greeter = new Greeter(this, log, server, questions, effects, session);
  }

  void addPeer(String name) {
    if (!peers.containsKey(name)) {
      peers.put(name, new Peer(name, new LogSender(self, recent, settings), settings, random));
    }
  }

  void removePeer(String name) {
    Peer peer = peers.remove(name);
    if (peer != null) {
      peer.isRemoved = true;
      lost(peer);
    }
  }

  private void lost(Peer peer) {
    ended(peer);
    fetches.lost(peer.name);
    if (peer.peering.endMet()) {
      membership.lost(peer.name);
    }
  }

  /** What was under way with that life of the peer comes to nothing. */
  private void ended(Peer peer) {
    peer.comparison++;
    peer.sender.stop();
    questions.lost(peer.name);
  }

  /** Time has passed; to be called at the settings' interval. */
  void tick() {
    long now = millis.getAsLong();
    questions.tick(now);
    for (Peer peer : List.copyOf(peers.values())) {
      if (peer.peering.isLost(now)) {
        LOG.info("peer {} is out of reach", peer.name);
        lost(peer);
      }
      if (peer.peering.helloIsDue(now)) {
        greeter.hello(peer);
      }
      peer.sender.tick(now);
      pump(peer, now);
    }
    for (String name : receiver.repeated()) {
      Peer peer = peers.get(name);
      if (peer != null) {
        peer.tellNextTick = true;
      }
    }
    for (Peer peer : peers.values()) {
      boolean isSoon =
          peer.tellSoon && now - peer.peering.lastTold() >= settings.timing().tellWithin();
      if (isSoon || peer.tellNextTick || peer.peering.heartbeatIsDue(now)) {
        tell(peer, now);
      }
    }
    store(now);
    plan(now);
  }

  /** A message came. Strangers and old sessions are passed over. */
  void received(PeerEnvelope envelope) {
    Peer peer = peers.get(envelope.from().name());
    if (peer == null) {
      return;
    }
    long now = millis.getAsLong();
    PeerMessage message = envelope.message();
    if (message instanceof PeerMessage.Foreign foreign) {
      incompatible(peer, envelope.from(), foreign);
    } else if (message instanceof Hello hello) {
      boolean wasUp = peer.peering.isUp();
      if (peer.peering.hello(envelope.from(), envelope.session(), hello, session, now)) {
        if (wasUp && !peer.peering.isUp()) {
          ended(peer);
          fetches.restarted(peer.name);
        }
        clock(peer, hello.state());
        greeter.greeted(peer, hello);
      }
    } else if (peer.peering.heard(envelope.from(), envelope.session(), now)) {
      receive(peer, envelope.from(), message, now);
    }
  }

  private void receive(Peer peer, ReplicaId from, PeerMessage message, long now) {
    if (message instanceof PeerMessage.About about) {
      membership.came(peer.name, from, about.message());
    } else if (message instanceof PeerMessage.Ask ask) {
      questions.asked(peer, from, ask);
    } else if (message instanceof PeerMessage.Answer answer) {
      questions.answered(peer.name, answer);
    } else if (peer.peering.isUp()) {
      if (message instanceof Rows rows) {
        rows(peer, rows, now);
      } else if (message instanceof Told told) {
        told(peer, from, told, now);
      } else if (message instanceof PeerMessage.Fetch fetch) {
        server.serve(peer, fetch);
      }
    }
  }

  private void incompatible(Peer peer, ReplicaId from, PeerMessage.Foreign foreign) {
    effects.report(
        new LinkReport(
            LinkReport.Kind.INCOMPATIBLE,
            peer.name,
            from,
            0,
            peer.name
                + " speaks versions "
                + foreign.minVersion()
                + " to "
                + foreign.maxVersion()
                + " of the peers' protocol, this node "
                + PeerEnvelope.MIN_VERSION
                + " to "
                + PeerEnvelope.MAX_VERSION
                + "; there is no link until the older one is upgraded"));
  }

  private void clock(Peer peer, Told told) {
    if (peer.clock.sample(told.wallMillis(), wallMillis.getAsLong())) {
      if (peer.clock.isOff()) {
        LOG.warn(
            "the clock of {} is {} ms ahead of this node's (behind, if negative); set the one"
                + " that is wrong, or synchronise both",
            peer.name,
            peer.clock.skew().orElse(0));
      } else {
        LOG.info("the clock of {} agrees with this node's again", peer.name);
      }
    }
  }

  private void rows(Peer peer, Rows rows, long now) {
    peer.rowsReceived += rows.rows().size();
    receiver.offer(peer.name, rows.rows());
    store(now);
    if (rows.endsFetch()) {
      fetches.answered(peer.name, now);
    }
    plan(now);
  }

  private void told(Peer peer, ReplicaId from, Told told, long now) {
    if (!peer.peering.told(told)) {
      return;
    }
    clock(peer, told);
    peer.sender.acked(told.confirmed().get(self), now);
    membership.told(from, told.epoch(), told.confirmed(), told.promises());
    pump(peer, now);
    plan(now);
  }

  private void store(long now) {
    List<LogRow> batch = now < storeAt ? null : receiver.batch();
    if (batch != null) {
      effects.store(batch, this::stored);
    }
  }

  private void stored(@Nullable Throwable error) {
    long now = millis.getAsLong();
    if (error == null) {
      storeAt = Long.MIN_VALUE;
      for (String name : receiver.stored()) {
        Peer peer = peers.get(name);
        if (peer != null && peer.peering.isUp()) {
          tell(peer, now);
        }
      }
    } else if (cause(error) instanceof IllegalArgumentException) {
      LOG.error("rows of peers do not fit the journal; they will come again", error);
      receiver.refused();
      storeAt = now + settings.timing().storeAgain();
    } else {
      if (storeAt == Long.MIN_VALUE) {
        LOG.warn("rows of peers cannot be stored, and are tried again: {}", error.toString());
      }
      receiver.failed();
      storeAt = now + settings.timing().storeAgain();
    }
    store(now);
    plan(now);
  }

  private static Throwable cause(Throwable error) {
    return error instanceof CompletionException && error.getCause() != null
        ? error.getCause()
        : error;
  }

  /** Rows were committed here, own and others', in the order of the commits. */
  void committed(List<LogRow> rows) {
    membership.stored(rows);
    for (LogRow row : rows) {
      recent.add(row);
      if (row.origin().equals(self)) {
        last = Math.max(last, row.lsn());
      }
    }
    receiver.changed();
    long now = millis.getAsLong();
    for (Peer peer : peers.values()) {
      peer.tellSoon = true;
      pump(peer, now);
    }
    store(now);
  }

  /** The set of replicas, promises, or what may be stored have changed. */
  void changed() {
    receiver.changed();
    peers.values().forEach(peer -> peer.tellNextTick = true);
    long now = millis.getAsLong();
    store(now);
    plan(now);
  }

  private void pump(Peer peer, long now) {
    if (!peer.peering.isUp()) {
      return;
    }
    for (LogSender.Step step = peer.sender.step(now, last);
        step != null;
        step = peer.sender.step(now, last)) {
      if (step instanceof LogSender.Step.Send send) {
        peer.rowsSent += send.rows().size();
        effects.send(peer.name, new Rows(send.rows(), false));
      } else if (step instanceof LogSender.Step.Read read) {
        effects.read(
            self,
            read.after(),
            settings.limits().pageRows(),
            settings.limits().pageBytes(),
            page -> {
              peer.sender.page(read.after(), page, millis.getAsLong());
              pump(peer, millis.getAsLong());
            });
      } else if (step instanceof LogSender.Step.Compacted gone) {
        server.compacted(peer.name, self, gone.after());
      }
    }
  }

  private void plan(long now) {
    Map<String, Fetches.Source> sources = new TreeMap<>();
    for (Peer peer : peers.values()) {
      ReplicaId replica = peer.peering.replica();
      if (peer.peering.isUp() && replica != null) {
        sources.put(peer.name, new Fetches.Source(replica, peer.peering.held()));
      }
    }
    for (Fetches.Request request : fetches.plan(now, sources)) {
      effects.send(request.peer(), request.fetch());
    }
  }

  private void tell(Peer peer, long now) {
    peer.tellSoon = false;
    peer.tellNextTick = false;
    if (peer.peering.isUp()) {
      peer.peering.told(now);
      effects.send(peer.name, state(peer));
    }
  }

  /** What that peer may be told. */
  Told state(Peer peer) {
    ReplicaId replica = peer.peering.replica();
    return new Told(
        ++toldNumber,
        membership.epoch(),
        log.held(),
        replica == null || membership.tells(replica),
        membership.promises(),
        wallMillis.getAsLong());
  }

  /** A peer has answered, and up to {@code same} what it has of the own log is the same as here. */
  void met(Peer peer, Hello hello, long ownLsn, long same, boolean isSame) {
    ReplicaId replica = peer.peering.replica();
    if (replica == null) {
      return;
    }
    long now = millis.getAsLong();
    peer.peering.up(now);
    peer.met = replica;
    LOG.info("met {} as {}, which has the own log up to {}", peer.name, replica, ownLsn);
    if (isSame) {
      peer.sender.start(ownLsn);
    }
    Told state = hello.state();
    membership.met(
        peer.name,
        replica,
        state.epoch(),
        state.confirmed(),
        state.promises(),
        ownLsn,
        same,
        hello.greeting());
    // What was committed since the Hello was written is news to the peer.
    peer.tellSoon = true;
    pump(peer, now);
    plan(now);
  }

  byte[] greeting() {
    return membership.greeting();
  }

  void sendAbout(String name, byte[] message) {
    if (peers.containsKey(name)) {
      effects.send(name, new PeerMessage.About(message));
    }
  }

  void fetch(String name, VersionVector upTo) {
    Peer peer = peers.get(name);
    if (peer != null && peer.peering.session() != 0) {
      fetches.goal(name, upTo);
      plan(millis.getAsLong());
    }
  }

  void ask(
      String name, String topic, byte[] body, long limitMillis, CompletableFuture<byte[]> answer) {
    Peer peer = peers.get(name);
    if (peer == null || peer.peering.session() == 0) {
      answer.completeExceptionally(
          new PeerException(
              peer == null ? "no peer has the name '" + name + "'" : name + " is out of reach"));
      return;
    }
    questions.ask(name, topic, body, millis.getAsLong() + limitMillis, answer);
  }

  void onAsk(String topic, AskHandler handler) {
    questions.onAsk(topic, handler);
  }

  Collection<Peer> peers() {
    return peers.values();
  }

  @Nullable Peer peer(String name) {
    return peers.get(name);
  }

  boolean isReachable(String name) {
    Peer peer = peers.get(name);
    return peer != null && peer.peering.isReachable(millis.getAsLong());
  }

  long now() {
    return millis.getAsLong();
  }

  /** Rows that wait for others: bytes. */
  long earlyBytes() {
    return receiver.earlyBytes();
  }

  long readyBytes() {
    return receiver.readyBytes();
  }

  long recentBytes() {
    return recent.bytes();
  }
}
