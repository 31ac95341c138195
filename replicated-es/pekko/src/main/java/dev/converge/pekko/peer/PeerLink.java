package dev.converge.pekko.peer;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.journal.ReplicaLog;
import dev.converge.pekko.replication.LinkSide;
import dev.converge.pekko.replication.Loop;
import dev.converge.pekko.replication.MembershipSide;
import dev.converge.pekko.wire.Frames;
import dev.converge.pekko.wire.LogRow;
import dev.converge.pekko.wire.PeerEnvelope;
import dev.converge.pekko.wire.PeerMessage;
import dev.converge.pekko.wire.PeerMessageCodec;
import dev.converge.pekko.wire.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The link of a node to its peers: sends the own log to each, stores theirs, and carries what the
 * set of replicas and others have to say. The shell around the machines of this package: transport,
 * timers, and the database on an executor of its own.
 *
 * <p>What {@link LinkSide} says of threads holds, but {@link #ask}, {@link #onAsk}, {@link
 * #entityRows}, {@link #status} and {@link #reports} may be called on any.
 */
public final class PeerLink implements LinkSide, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(PeerLink.class);

  /** How many different troubles of one kind are remembered. */
  private static final int REPORTS_EACH = 25;

  /** How many messages may wait for the loop; further ones are lost. */
  private static final int WAITING = 10_000;

  private final ReplicaLog log;
  private final PeerTransport transport;
  private final Loop loop;
  private final Executor blocking;
  private final LinkSettings settings;
  private final long session;
  private final LinkMachine machine;
  private final Frames frames;
  private final EntityPages entityPages;
  private final Set<String> names = new ConcurrentSkipListSet<>();
  private final Set<LinkReport> reports = new LinkedHashSet<>();

  /** Rows that the machine was not told of yet, and whether a task is on its way to do so. */
  private final List<LogRow> committed = new ArrayList<>();

  private boolean tells;
  private final AtomicInteger waiting = new AtomicInteger();
  private volatile boolean closed;
  private volatile Map<String, PeerStatus> status = Map.of();

  /**
   * A link that does nothing until it is {@linkplain #start started}.
   *
   * @param peers the configured peers, by name; the transport knows where they are
   * @param blocking for what blocks on the database; two threads are enough
   * @param random for sessions and jitter; used on the loop only
   * @param monotonicMillis milliseconds that never go back
   * @param wallMillis milliseconds since 1970
   */
  public PeerLink(
      ReplicaLog log,
      PeerTransport transport,
      Set<String> peers,
      MembershipSide membership,
      Loop loop,
      Executor blocking,
      LinkSettings settings,
      RandomGenerator random,
      LongSupplier monotonicMillis,
      LongSupplier wallMillis) {
    this.log = log;
    this.transport = transport;
    this.loop = loop;
    this.blocking = blocking;
    this.settings = settings;
    this.session = random.nextLong() | 1;
    this.frames = new Frames(settings.limits().frameBytes(), session);
    this.machine =
        new LinkMachine(
            log, membership, new Effects(), settings, session, random, monotonicMillis, wallMillis);
    this.entityPages = new EntityPages(log, blocking, settings.limits());
    machine.onAsk(EntityPages.TOPIC, entityPages);
    for (String peer : peers) {
      names.add(peer);
      machine.addPeer(peer);
    }
  }

  /** Begins to listen, and to greet the peers. */
  public void start() {
    log.addRowListener(this::committed);
    transport.onReceive(this::received);
    loop.execute(this::tick);
  }

  private void tick() {
    if (!closed) {
      machine.tick();
      Map<String, PeerStatus> now = new TreeMap<>();
      machine.peers().forEach(peer -> now.put(peer.name, PeerStatus.of(peer)));
      status = now;
      loop.later(Duration.ofMillis(settings.timing().tick()), this::tick);
    }
  }

  /** On the thread that commits. What comes close together is told together. */
  private void committed(List<LogRow> rows) {
    if (closed) {
      return;
    }
    synchronized (committed) {
      committed.addAll(rows);
      if (tells) {
        return;
      }
      tells = true;
    }
    loop.execute(this::tellCommitted);
  }

  private void tellCommitted() {
    List<LogRow> rows;
    synchronized (committed) {
      rows = List.copyOf(committed);
      committed.clear();
      tells = false;
    }
    if (!rows.isEmpty()) {
      machine.committed(rows);
    }
  }

  /** On the transport's threads: what needs no state of the link is done there. */
  private void received(byte[] frame) {
    if (closed) {
      return;
    }
    PeerEnvelope envelope;
    try {
      byte[] message = frames.join(frame, names::contains);
      if (message == null) {
        return;
      }
      envelope = PeerMessageCodec.decode(message);
    } catch (WireException e) {
      LOG.warn("a message is dropped: {}", e.getMessage());
      return;
    }
    if (names.contains(envelope.from().name())) {
      // Windows bound what honest peers send; this bounds the others.
      if (waiting.incrementAndGet() > WAITING) {
        waiting.decrementAndGet();
        return;
      }
      loop.execute(
          () -> {
            waiting.decrementAndGet();
            machine.received(envelope);
          });
    } else {
      LOG.debug("a message of {}, who is no peer of this node, is dropped", envelope.from());
    }
  }

  private final class Effects implements LinkEffects {
    private PeerMessage.@Nullable Rows lastRows;
    private List<byte[]> lastFrames = List.of();

    @Override
    public void send(String peer, PeerMessage message) {
      try {
        for (byte[] frame : frames(message)) {
          transport.send(peer, frame);
        }
      } catch (WireException e) {
        LOG.error("a message to {} cannot be sent: {}", peer, e.getMessage());
      }
    }

    private List<byte[]> frames(PeerMessage message) {
      if (!(message instanceof PeerMessage.Rows rows)) {
        return encoded(message);
      }
      // They mostly go to several peers, one right after the other.
      if (!rows.equals(lastRows)) {
        lastFrames = encoded(rows);
        lastRows = rows;
      }
      return lastFrames;
    }

    private List<byte[]> encoded(PeerMessage message) {
      byte[] bytes = PeerMessageCodec.encode(new PeerEnvelope(log.self(), session, message));
      return frames.split(log.self().name(), bytes);
    }

    @Override
    public void read(
        ReplicaId origin,
        long after,
        int maxRows,
        long maxBytes,
        Consumer<@Nullable List<LogRow>> then) {
      onBlocking(
          () -> {
            List<LogRow> rows = null;
            try {
              rows = log.log(origin, after, maxRows, maxBytes);
            } catch (RuntimeException e) {
              LOG.warn("rows of {} cannot be read for a peer: {}", origin, e.toString());
            }
            List<LogRow> read = rows;
            loop.execute(() -> then.accept(read));
          },
          () -> then.accept(null));
    }

    private void onBlocking(Runnable task, Runnable refused) {
      try {
        blocking.execute(task);
      } catch (RejectedExecutionException e) {
        loop.execute(refused);
      }
    }

    @Override
    public void store(List<LogRow> rows, Consumer<@Nullable Throwable> then) {
      log.store(rows)
          .whenComplete(
              (nothing, error) ->
                  loop.execute(
                      () -> {
                        tellCommitted();
                        then.accept(error);
                      }));
    }

    @Override
    public void report(LinkReport report) {
      synchronized (reports) {
        boolean isKnown =
            reports.stream()
                .anyMatch(
                    known ->
                        known.kind() == report.kind()
                            && known.peer().equals(report.peer())
                            && known.origin().equals(report.origin())
                            && known.lsn() == report.lsn());
        long alike = reports.stream().filter(known -> known.kind() == report.kind()).count();
        if (isKnown || alike >= REPORTS_EACH) {
          return;
        }
        reports.add(report);
      }
      LOG.error("with peer {}: {}: {}", report.peer(), report.kind(), report.detail());
    }

    @Override
    public void execute(Runnable task) {
      loop.execute(task);
    }
  }

  @Override
  public Set<String> peers() {
    return Set.copyOf(names);
  }

  @Override
  public Optional<ReplicaId> replicaOf(String peer) {
    Peer found = machine.peer(peer);
    return found == null ? Optional.empty() : Optional.ofNullable(found.met);
  }

  @Override
  public boolean isReachable(String peer) {
    return machine.isReachable(peer);
  }

  @Override
  public void send(String peer, byte[] message) {
    machine.sendAbout(peer, message);
  }

  @Override
  public void fetch(String peer, VersionVector upTo) {
    machine.fetch(peer, upTo);
  }

  @Override
  public void changed() {
    machine.changed();
  }

  @Override
  public void addPeer(String peer, String address) {
    if (peer.equals(log.self().name())) {
      throw new IllegalArgumentException("a node is no peer of itself: '" + peer + "'");
    }
    transport.setPeer(peer, address);
    names.add(peer);
    machine.addPeer(peer);
  }

  @Override
  public void removePeer(String peer) {
    names.remove(peer);
    machine.removePeer(peer);
    transport.removePeer(peer);
  }

  @Override
  public CompletionStage<byte[]> ask(String peer, String topic, byte[] body, Duration limit) {
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    loop.execute(() -> machine.ask(peer, topic, body, limit.toMillis(), answer));
    return answer;
  }

  @Override
  public void onAsk(String topic, AskHandler handler) {
    loop.execute(() -> machine.onAsk(topic, handler));
  }

  /**
   * A page of an entity's rows as a peer has them, to repair the entity here.
   *
   * @param afterPosition the peer's position behind which to begin; 0, then {@link
   *     EntityPage#lastPosition}
   * @return fails as {@link #ask} does, and with a {@link WireException} if the answer makes no
   *     sense
   */
  public CompletionStage<EntityPage> entityRows(
      String peer, String key, long afterPosition, Duration limit) {
    return ask(peer, EntityPages.TOPIC, EntityPages.question(key, afterPosition), limit)
        .thenApply(EntityPages::page);
  }

  /** How far that peer's wall clock is ahead of this node's, in milliseconds; empty if unknown. */
  public OptionalLong clockSkew(String peer) {
    PeerStatus known = status.get(peer);
    return known == null || known.replica() == null
        ? OptionalLong.empty()
        : OptionalLong.of(known.clockSkewMillis());
  }

  /** How the peers stand, by name: at most a tick old. Unmodifiable. */
  public Map<String, PeerStatus> status() {
    return Map.copyOf(status);
  }

  /**
   * What was found wrong and does not mend itself, each once, the first {@value #REPORTS_EACH} of a
   * kind.
   */
  public List<LinkReport> reports() {
    synchronized (reports) {
      return List.copyOf(reports);
    }
  }

  /** Ends; nothing is sent or taken in any more. */
  @Override
  public void close() {
    closed = true;
  }
}
