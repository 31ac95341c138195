package dev.converge.pekko.peer;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.journal.JournalException;
import dev.converge.pekko.wire.Frames;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import dev.converge.pekko.wire.PeerEnvelope;
import dev.converge.pekko.wire.PeerMessage;
import dev.converge.pekko.wire.PeerMessageCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Nodes with real machines, a network and databases of one thread and a made-up clock: everything
 * follows from the seed. Every message goes through its bytes.
 */
final class LinkWorld {
  private record Due(long time, long number, Runnable what) implements Comparable<Due> {
    @Override
    public int compareTo(Due other) {
      int byTime = Long.compare(time, other.time);
      return byTime != 0 ? byTime : Long.compare(number, other.number);
    }
  }

  private record RowName(ReplicaId origin, long lsn) {}

  final SplittableRandom random;
  final List<Node> nodes = new ArrayList<>();
  final LinkSettings settings;

  /** What was sent, by kind. */
  final Map<String, Integer> sent = new TreeMap<>();

  /** What happens to messages on their way, to break the code on purpose. */
  UnaryOperator<@Nullable PeerMessage> mutation = message -> message;

  double loss;
  double doubling;
  int least = 1;
  int most = 5;
  final Set<String> cuts = new HashSet<>();
  final Map<String, Integer> slow = new HashMap<>();

  private final PriorityQueue<Due> agenda = new PriorityQueue<>();
  private final Map<RowName, LogRow> truth = new HashMap<>();
  private long now = 1_000_000;
  private long number;

  LinkWorld(long seed, int count, LinkSettings settings) {
    this.random = new SplittableRandom(seed);
    this.settings = settings;
    for (int i = 0; i < count; i++) {
      nodes.add(new Node(new ReplicaId(name(i), 1)));
    }
    nodes.forEach(Node::start);
  }

  static String name(int i) {
    return "n" + (i + 1);
  }

  Node node(int i) {
    return nodes.get(i);
  }

  void later(long delay, Runnable what) {
    agenda.add(new Due(now + delay, number++, what));
  }

  long now() {
    return now;
  }

  /** Lets time pass. */
  void run(long millis) {
    long until = now + millis;
    while (!agenda.isEmpty() && agenda.element().time() <= until) {
      Due due = agenda.remove();
      now = due.time();
      due.what().run();
      if (due.number() % 16 == 0) {
        nodes.forEach(Node::check);
      }
    }
    now = until;
  }

  /** Lets time pass until all hold the same. */
  boolean runUntilEqual(long atMost) {
    long until = now + atMost;
    while (now < until) {
      run(50);
      VersionVector first = node(0).log.held();
      if (first.equals(union()) && nodes.stream().allMatch(node -> node.log.held().equals(first))) {
        return true;
      }
    }
    return false;
  }

  private VersionVector union() {
    VersionVector all = VersionVector.empty();
    for (RowName row : truth.keySet()) {
      all = all.with(row.origin(), row.lsn());
    }
    return all;
  }

  void cut(int a, int b) {
    cuts.add(a + "-" + b);
    cuts.add(b + "-" + a);
  }

  void heal() {
    cuts.clear();
    slow.clear();
    loss = 0;
    doubling = 0;
  }

  private void send(int from, int to, byte[] frame) {
    if (random.nextDouble() < loss) {
      return;
    }
    int copies = random.nextDouble() < doubling ? 2 : 1;
    for (int i = 0; i < copies; i++) {
      long delay = (long) least + random.nextInt(most - least + 1);
      delay += slow.getOrDefault(from + "-" + to, 0);
      later(
          delay,
          () -> {
            if (!cuts.contains(from + "-" + to)) {
              nodes.get(to).receive(frame);
            }
          });
    }
  }

  /** A node: its database outlives its machine. */
  final class Node {
    FakeLog log;
    FakeMembership membership;
    final List<LinkReport> reports = new ArrayList<>();
    @Nullable LinkMachine machine;
    private Frames frames = new Frames(4_096, 0);
    private long session;
    private int life;
    long wallOffset;
    int commitDelay = 2;
    private boolean ownUnderWay;

    Node(ReplicaId self) {
      this.log = new FakeLog(self);
      this.membership = new FakeMembership(log);
    }

    int index() {
      return nodes.indexOf(this);
    }

    void start() {
      life++;
      session = random.nextLong() | 1;
      frames = new Frames(4_096, session);
      membership = new FakeMembership(log);
      LinkMachine made =
          new LinkMachine(
              log,
              membership,
              new Shell(life),
              settings,
              session,
              random.split(),
              () -> now,
              () -> now + wallOffset);
      for (int i = 0; i < nodes.size(); i++) {
        if (!name(i).equals(log.self().name())) {
          made.addPeer(name(i));
        }
      }
      log.addRowListener(rows -> made.committed(rows));
      machine = made;
      int mine = life;
      later(random.nextInt((int) settings.timing().tick()) + 1, () -> tick(mine));
    }

    private void tick(int ofLife) {
      if (ofLife == life && machine != null) {
        machine.tick();
        later(settings.timing().tick(), () -> tick(ofLife));
      }
    }

    void crash() {
      life++;
      machine = null;
      ownUnderWay = false;
      log.forgetListeners();
    }

    /** The database is lost: another incarnation begins with an empty one. */
    void loseDatabase() {
      crash();
      log = new FakeLog(new ReplicaId(log.self().name(), log.self().incarnation() + 1));
    }

    /** Commits an own row in a while. */
    void write(int bytes) {
      if (machine == null || ownUnderWay) {
        return;
      }
      ownUnderWay = true;
      int mine = life;
      byte[] payload = new byte[bytes];
      random.nextBytes(payload);
      later(
          commitDelay,
          () -> {
            if (mine == life) {
              ownUnderWay = false;
              LogRow row = log.nextOwn(payload);
              truth.put(new RowName(row.origin(), row.lsn()), row);
              log.commit(List.of(row));
            }
          });
    }

    /** Has had these rows for long. */
    void fill(int rows) {
      for (int i = 0; i < rows; i++) {
        LogRow row = log.nextOwn(new byte[20]);
        truth.put(new RowName(row.origin(), row.lsn()), row);
        log.commit(List.of(row));
      }
    }

    void receive(byte[] frame) {
      LinkMachine to = machine;
      byte[] bytes = to == null ? null : frames.join(frame, name -> true);
      if (to != null && bytes != null) {
        to.received(PeerMessageCodec.decode(bytes));
      }
    }

    LinkMachine machine() {
      LinkMachine running = machine;
      if (running == null) {
        throw new AssertionError("node is down");
      }
      return running;
    }

    boolean isUp(int peer) {
      Peer found = machine().peer(name(peer));
      return found != null && found.peering.isUp();
    }

    private void check() {
      LinkMachine running = machine;
      if (running != null) {
        LinkSettings.Limits limits = settings.limits();
        // The next row of a log needs no room.
        long heads = nodes.size() * 2L * 5_000;
        require(running.earlyBytes() <= limits.earlyBytes() + heads, "early rows");
        require(running.readyBytes() <= 3 * limits.batchBytes() + heads, "rows that are ready");
        require(running.recentBytes() <= limits.recentBytes() + heads, "recent rows");
        for (Peer peer : running.peers()) {
          require(
              peer.sender.bytes() <= limits.windowBytes() + limits.chunkBytes() + heads,
              "rows under way");
        }
      }
    }

    private void require(boolean holds, String what) {
      if (!holds) {
        throw new AssertionError(log.self() + ": too many " + what);
      }
    }

    private final class Shell implements LinkEffects {
      private final int mine;

      Shell(int mine) {
        this.mine = mine;
      }

      @Override
      public void send(String peer, PeerMessage message) {
        sent.merge(message.getClass().getSimpleName(), 1, Integer::sum);
        PeerMessage mutated = mutation.apply(message);
        if (mutated == null) {
          return;
        }
        byte[] bytes = PeerMessageCodec.encode(new PeerEnvelope(log.self(), session, mutated));
        for (byte[] frame : frames.split(log.self().name(), bytes)) {
          LinkWorld.this.send(index(), Integer.parseInt(peer.substring(1)) - 1, frame);
        }
      }

      @Override
      public void read(
          ReplicaId origin,
          long after,
          int maxRows,
          long maxBytes,
          Consumer<@Nullable List<LogRow>> then) {
        sent.merge("read", 1, Integer::sum);
        after(
            1 + random.nextInt(4),
            () -> {
              List<LogRow> read = null;
              try {
                read = log.log(origin, after, maxRows, maxBytes);
              } catch (JournalException e) {
                // the database is away
              }
              then.accept(read);
            });
      }

      @Override
      public void store(List<LogRow> rows, Consumer<@Nullable Throwable> then) {
        rows.forEach(LinkWorld.this::checkTruth);
        after(
            1 + random.nextInt(commitDelay * 2),
            () -> log.store(rows).whenComplete((nothing, error) -> then.accept(error)));
      }

      @Override
      public void report(LinkReport report) {
        reports.add(report);
      }

      @Override
      public void execute(Runnable task) {
        after(0, task);
      }

      private void after(long delay, Runnable task) {
        later(
            delay,
            () -> {
              if (mine == life) {
                task.run();
              }
            });
      }
    }
  }

  /** What is stored has to be what was written, also what it comes after. */
  private void checkTruth(LogRow row) {
    LogRow written = truth.get(new RowName(row.origin(), row.lsn()));
    if (written == null
        || !(written.entry() instanceof LogEntry.Event wrote)
        || !(row.entry() instanceof LogEntry.Event came)
        || !Arrays.equals(wrote.encoded(), came.encoded())
        || !written.after().equals(row.after())) {
      throw new AssertionError("stored is " + row + ", written was " + written);
    }
  }
}
