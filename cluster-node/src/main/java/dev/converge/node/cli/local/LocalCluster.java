package dev.converge.node.cli.local;

import dev.converge.node.lifecycle.StartupException;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A cluster of nodes on this machine, each a process of its own, kept alive: a node that dies is
 * reported and started again two seconds later; one that fails at its start five times in a row is
 * given up. Nodes stop gracefully on {@link #close}, and also when this JVM ends in any other way,
 * because the end of their standard input is their sign to stop.
 *
 * <p>Thread-safe. One thread of its own decides and acts; it is a daemon.
 */
public final class LocalCluster implements AutoCloseable {
  private static final int TAIL_BYTES = 4096;
  private static final Duration PATIENCE_BEYOND_KILL = Duration.ofSeconds(5);

  private final LocalLayout layout;
  private final ChildCommand command;
  private final Supervision.Limits limits;
  private final Consumer<String> console;
  private final Announcer announcer;
  private final BlockingQueue<Input> inputs = new LinkedBlockingQueue<>();
  private final CountDownLatch up = new CountDownLatch(1);
  private final CountDownLatch over = new CountDownLatch(1);
  private final long startedAt = now();
  private final ReadyProbe probe;
  // Used by the supervising thread alone.
  private final Map<Integer, ChildProcess> processes = new HashMap<>();
  private volatile boolean failed;

  private LocalCluster(
      LocalLayout layout,
      ChildCommand command,
      Supervision.Limits limits,
      Consumer<String> console) {
    this.layout = layout;
    this.command = command;
    this.limits = limits;
    this.console = console;
    this.announcer = new Announcer(layout);
    this.probe =
        new ReadyProbe(layout, (node, run) -> inputs.add(new Input.BecameReady(node, run)));
  }

  /**
   * Checks that folders and ports are free, then starts the nodes. Returns at once; see {@link
   * #awaitUp}.
   *
   * @param fresh whether to forget the data in the folder first
   * @param console takes the lines for the user, from another thread
   * @throws StartupException if a folder or port is not free; nothing was started then
   */
  public static LocalCluster start(
      LocalLayout layout, ChildCommand command, boolean fresh, Consumer<String> console)
      throws StartupException {
    return start(layout, command, fresh, Supervision.Limits.DEFAULT, console);
  }

  static LocalCluster start(
      LocalLayout layout,
      ChildCommand command,
      boolean fresh,
      Supervision.Limits limits,
      Consumer<String> console)
      throws StartupException {
    Preflight.run(layout, fresh);
    LocalCluster cluster = new LocalCluster(layout, command, limits, console);
    Thread thread = new Thread(cluster::supervise, "supervisor");
    thread.setDaemon(true);
    thread.start();
    return cluster;
  }

  /** The roots of the nodes' HTTP APIs, in order. */
  public List<URI> urls() {
    return layout.urls();
  }

  /**
   * Waits until every node is ready; false if it is not so within {@code limit}, or never will be.
   */
  public boolean awaitUp(Duration limit) throws InterruptedException {
    return up.await(limit.toMillis(), TimeUnit.MILLISECONDS) && !failed;
  }

  /** Waits until all is over, and says whether that was because no node could be kept alive. */
  public boolean awaitFailure() throws InterruptedException {
    over.await();
    return failed;
  }

  /** Stops all nodes and waits for their end; by force after a limit. Idempotent. */
  @Override
  public void close() {
    inputs.add(new Input.Stop());
    try {
      long limit = limits.stopLimit() + PATIENCE_BEYOND_KILL.toMillis();
      over.await(limit, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void supervise() {
    console.accept(announcer.starting());
    Supervision.Step step = Supervision.begin(layout.nodes(), limits);
    try {
      while (true) {
        step.effects().forEach(this::perform);
        if (step.next().isOver()) {
          failed = step.next().hasFailed();
          return;
        }
        step = step.next().step(nextInput(step.next()), now());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      probe.close();
      processes.values().forEach(ChildProcess::endInput);
      over.countDown();
      up.countDown();
    }
  }

  private Input nextInput(Supervision supervision) throws InterruptedException {
    OptionalLong deadline = supervision.nextDeadline();
    if (deadline.isEmpty()) {
      return inputs.take();
    }
    long wait = Math.max(0, deadline.getAsLong() - now());
    Input input = inputs.poll(wait, TimeUnit.MILLISECONDS);
    return input == null ? new Input.Tick() : input;
  }

  private void perform(Effect effect) {
    if (effect instanceof Effect.Start start) {
      start(start.node(), start.run());
    } else if (effect instanceof Effect.EndInput end) {
      probe.forget(end.node());
      ChildProcess process = processes.get(end.node());
      if (process != null) {
        process.endInput();
      }
    } else if (effect instanceof Effect.Kill kill) {
      ChildProcess process = processes.get(kill.node());
      if (process != null) {
        process.kill();
      }
    } else if (effect instanceof Effect.Say said) {
      announcer.lines(said, tailFor(said), now() - startedAt).forEach(console);
      if (said instanceof Effect.SayUp) {
        up.countDown();
      }
    }
  }

  private void start(int node, int run) {
    try {
      ProcessBuilder builder =
          command.process(layout.configFile(node), layout.logFile(node), layout.folder(node));
      ChildProcess process =
          ChildProcess.start(
              builder, layout.name(node), exit -> inputs.add(new Input.Exited(node, run, exit)));
      processes.put(node, process);
      console.accept(announcer.started(node, process.pid()));
      probe.watch(node, run);
    } catch (IOException e) {
      console.accept(layout.name(node) + " cannot be started: " + e.getMessage());
      inputs.add(new Input.Exited(node, run, 1));
    }
  }

  /** What the node of a failed start has printed; else the end of its log. */
  private List<String> tailFor(Effect.Say said) {
    int node =
        said instanceof Effect.SayDied d
            ? d.node()
            : said instanceof Effect.SayGaveUp g ? g.node() : 0;
    ChildProcess process = processes.get(node);
    List<String> printed = process == null ? List.of() : process.lastLines();
    return printed.isEmpty() && node > 0 ? logTail(node) : printed;
  }

  private List<String> logTail(int node) {
    try (RandomAccessFile log = new RandomAccessFile(layout.logFile(node).toFile(), "r")) {
      byte[] end = new byte[(int) Math.min(TAIL_BYTES, log.length())];
      log.seek(log.length() - end.length);
      log.readFully(end);
      return new String(end, StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      return List.of();
    }
  }

  /** Monotonic, so that a change of the wall clock restarts nobody early or late. */
  private static long now() {
    return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
  }
}
