package dev.converge.pekko.membership;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.frontier.Promise;
import dev.converge.pekko.replication.LinkSide;
import dev.converge.pekko.replication.MembershipSide;
import dev.converge.pekko.replication.PeerException;
import dev.converge.pekko.wire.LogRow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A link that is simple where the real one is quick: handshakes, vectors, and rows that lack. */
final class SimLink implements LinkSide {
  private static final int BATCH = 20;

  private static final class Peer {
    @Nullable ReplicaId id;
    long session = -1;
    long heard = -10_000 * SimWorld.MS;
    boolean up;
    boolean lost = true;
    VersionVector wanted = VersionVector.empty();
  }

  @SuppressWarnings("ArrayRecordComponent") // never compared
  private record Hello(
      long session,
      ReplicaId id,
      long epoch,
      VersionVector held,
      Map<ReplicaId, Promise> promises,
      byte[] greeting,
      List<LogRow> yours,
      boolean answers) {}

  private final SimWorld world;
  private final SimNode node;
  private final SimProcess process;
  private final SimLog log;
  private final long session;
  private final Map<String, Peer> peers = new TreeMap<>();
  private final Map<String, AskHandler> handlers = new HashMap<>();
  private @Nullable MembershipSide membership;
  private boolean storing;

  SimLink(SimWorld world, SimNode node, SimProcess process, SimLog log, Set<String> configured) {
    this.world = world;
    this.node = node;
    this.process = process;
    this.log = log;
    this.session = world.random().nextLong();
    configured.forEach(name -> peers.put(name, new Peer()));
  }

  void start(MembershipSide side) {
    membership = side;
    log.addRowListener(rows -> process.run(() -> side.stored(rows)));
    beat();
  }

  private MembershipSide side() {
    if (membership == null) {
      throw new AssertionError("the link has not begun");
    }
    return membership;
  }

  private void beat() {
    for (Map.Entry<String, Peer> e : peers.entrySet()) {
      Peer peer = e.getValue();
      if (world.now() - peer.heard > 1_000 * SimWorld.MS && !peer.lost) {
        peer.lost = true;
        peer.up = false;
        side().lost(e.getKey());
      }
      if (!peer.up) {
        hello(e.getKey(), false);
      } else {
        tell(e.getKey());
        if (!peer.wanted.isEmpty()) {
          VersionVector held = log.held();
          if (held.covers(peer.wanted)) {
            peer.wanted = VersionVector.empty();
          } else {
            VersionVector wanted = peer.wanted;
            toPeer(e.getKey(), (there, from) -> there.fetched(node.name(), held, wanted));
          }
        }
      }
    }
    process.later(20 + world.random().nextInt(40), this::beat);
  }

  private interface Arrival {
    void at(SimLink there, SimLink from);
  }

  private void toPeer(String name, Arrival arrival) {
    if (!peers.containsKey(name)) {
      return;
    }
    SimNode to = world.node(name);
    world.send(
        node,
        to,
        () -> {
          SimProcess there = to.process();
          if (there != null && there.link().peers.containsKey(node.name())) {
            there.run(() -> arrival.at(there.link(), this));
          }
        });
  }

  /** In a session that the receiver knows; else it is dropped. */
  private void inSession(String name, Arrival arrival) {
    toPeer(
        name,
        (there, from) -> {
          Peer peer = there.peer(node.name());
          if (peer.session == session) {
            peer.heard = world.now();
            arrival.at(there, from);
          }
        });
  }

  private Peer peer(String name) {
    return java.util.Objects.requireNonNull(peers.get(name));
  }

  private void hello(String name, boolean answers) {
    ReplicaId theirs = world.node(name).disk().id;
    ReplicaId known = peer(name).id;
    boolean tells = known == null || side().tells(known);
    Hello hello =
        new Hello(
            session,
            log.self(),
            side().epoch(),
            tells ? log.held() : VersionVector.empty(),
            Map.copyOf(side().promises()),
            side().greeting(),
            List.copyOf(process.disk().log(theirs)),
            answers);
    toPeer(name, (there, from) -> there.greeted(node.name(), hello));
  }

  private void greeted(String name, Hello hello) {
    Peer peer = peer(name);
    boolean isNew = peer.session != hello.session() || !peer.up;
    if (hello.session() != peer.session
        && peer.id != null
        && peer.id.incarnation() > hello.id().incarnation()) {
      return;
    }
    peer.session = hello.session();
    peer.id = hello.id();
    peer.heard = world.now();
    peer.up = true;
    peer.lost = false;
    if (!hello.answers()) {
      hello(name, true);
    }
    if (isNew) {
      long own = 0;
      long same = 0;
      boolean differs = false;
      for (LogRow row : hello.yours()) {
        if (row.origin().equals(log.self())) {
          own = Math.max(own, row.lsn());
          LogRow here = process.disk().row(row.origin(), row.lsn());
          differs |= here != null && !isSame(here, row);
          if (here != null && !differs) {
            same = row.lsn();
          }
        }
      }
      side()
          .met(
              name,
              hello.id(),
              hello.epoch(),
              hello.held(),
              hello.promises(),
              own,
              same,
              hello.greeting());
    }
  }

  static boolean isSame(LogRow a, LogRow b) {
    return Arrays.equals(JoinForms.rows(List.of(a.at(0))), JoinForms.rows(List.of(b.at(0))));
  }

  private void tell(String name) {
    Peer peer = peer(name);
    if (peer.id == null) {
      return;
    }
    VersionVector held = side().tells(peer.id) ? log.held() : VersionVector.empty();
    VersionVector really = log.held();
    long epoch = side().epoch();
    Map<ReplicaId, Promise> promises = Map.copyOf(side().promises());
    ReplicaId self = log.self();
    inSession(
        name,
        (there, from) -> {
          there.side().told(self, epoch, held, promises);
          there.sendOwn(node.name(), really);
        });
  }

  private void sendOwn(String name, VersionVector theirs) {
    List<LogRow> own = process.disk().log(log.self());
    int from = (int) Math.min(own.size(), theirs.get(log.self()));
    List<LogRow> rows = List.copyOf(own.subList(from, Math.min(own.size(), from + BATCH)));
    if (!rows.isEmpty()) {
      inSession(name, (there, me) -> there.rows(node.name(), rows));
    }
  }

  private void fetched(String name, VersionVector held, VersionVector upTo) {
    List<LogRow> rows = new ArrayList<>();
    for (LogRow row : process.disk().arrivals) {
      if (row.lsn() > held.get(row.origin())
          && row.lsn() <= upTo.get(row.origin())
          && rows.size() < BATCH) {
        rows.add(row);
      }
    }
    if (!rows.isEmpty()) {
      inSession(name, (there, me) -> there.rows(node.name(), rows));
    }
  }

  private void rows(String name, List<LogRow> rows) {
    if (storing) {
      return;
    }
    List<LogRow> next = new ArrayList<>();
    VersionVector held = log.held();
    for (LogRow row : rows) {
      if (row.lsn() != held.get(row.origin()) + 1 || !side().mayStore(row.origin(), row.lsn())) {
        continue;
      }
      if (!held.covers(row.after())) {
        Peer peer = peer(name);
        peer.wanted = peer.wanted.merge(row.after()).merge(VersionVector.empty());
        side().waits(row);
        continue;
      }
      next.add(row.at(0));
      held = held.with(row.origin(), row.lsn());
    }
    if (!next.isEmpty()) {
      storing = true;
      log.store(next)
          .whenComplete(
              (done, error) ->
                  process.run(
                      () -> {
                        storing = false;
                        if (peer(name).up) {
                          tell(name);
                        }
                      }));
    }
  }

  // What the set of replicas asks

  @Override
  public Set<String> peers() {
    return new TreeSet<>(peers.keySet());
  }

  @Override
  public Optional<ReplicaId> replicaOf(String peer) {
    Peer known = peers.get(peer);
    return known == null ? Optional.empty() : Optional.ofNullable(known.id);
  }

  @Override
  public boolean isReachable(String peer) {
    Peer known = peers.get(peer);
    return known != null && known.up && world.now() - known.heard < 1_000 * SimWorld.MS;
  }

  @Override
  public void send(String peer, byte[] message) {
    ReplicaId self = log.self();
    inSession(peer, (there, from) -> there.side().came(node.name(), self, message));
  }

  @Override
  public void fetch(String peer, VersionVector upTo) {
    Peer known = peers.get(peer);
    if (known != null) {
      known.wanted = known.wanted.merge(upTo);
    }
  }

  @Override
  public void changed() {
    peers.forEach(
        (name, peer) -> {
          if (peer.up) {
            tell(name);
          }
        });
  }

  @Override
  public void addPeer(String peer, String address) {
    peers.putIfAbsent(peer, new Peer());
  }

  @Override
  public void removePeer(String peer) {
    peers.remove(peer);
  }

  @Override
  public CompletionStage<byte[]> ask(String peer, String topic, byte[] body, Duration limit) {
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    if (!isReachable(peer)) {
      answer.completeExceptionally(new PeerException(peer + " is out of reach"));
      return answer;
    }
    process.laterNanos(
        limit.toNanos(),
        () -> answer.completeExceptionally(new TimeoutException("no answer of " + peer)));
    ReplicaId self = log.self();
    inSession(
        peer,
        (there, from) -> {
          AskHandler handler = there.handlers.get(topic);
          CompletionStage<byte[]> reply =
              handler == null
                  ? CompletableFuture.failedFuture(new PeerException("no " + topic))
                  : handler.answer(self, body);
          reply.whenComplete(
              (bytes, error) ->
                  there.inSession(
                      node.name(),
                      (back, me) -> {
                        if (error == null) {
                          answer.complete(bytes);
                        } else {
                          answer.completeExceptionally(
                              new PeerException(String.valueOf(error.getMessage())));
                        }
                      }));
        });
    return answer;
  }

  @Override
  public void onAsk(String topic, AskHandler handler) {
    handlers.put(topic, handler);
  }
}
