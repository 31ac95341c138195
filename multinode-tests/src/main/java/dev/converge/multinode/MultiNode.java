package dev.converge.multinode;

import dev.converge.multinode.wire.ToChild;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.remote.testconductor.RoleName;
import org.apache.pekko.remote.testconductor.TestConductor;
import scala.jdk.javaapi.CollectionConverters;
import scala.jdk.javaapi.FutureConverters;

/**
 * Nodes in JVMs of their own on this machine, and their conductor, to a test. Every method returns
 * when what it does is done; all but the tasks of nodes runs in the test's JVM. Failures of nodes
 * are {@link NodeFailure}s. To be used by one thread at a time, but for {@link #isRunning} and what
 * is asked of the layout.
 */
public final class MultiNode implements AutoCloseable {
  private final Layout layout;
  private final Places places;
  private final OutputLog log;
  private final Crew crew;
  private final Links links;
  private final Proxies proxies;
  private final Map<String, Integer> lives = new HashMap<>();
  private final Map<String, Duration> clocks = new HashMap<>();

  private MultiNode(Layout layout) {
    this.layout = layout;
    this.places = Places.of(layout);
    this.log = new OutputLog(layout.output());
    this.crew = new Crew(log, layout.limit(), layout.jvmFlags(), SharedClasses.of(layout));
    this.links = new Links(crew);
    this.proxies = Proxies.start(places);
  }

  /**
   * Starts the conductor and the nodes; for use without JUnit. Whoever starts closes.
   *
   * @throws NodeFailure if one does not start; nothing is left running then
   */
  public static MultiNode start(Layout layout) {
    MultiNode group = new MultiNode(layout);
    try {
      group.log.begin("start");
      group.crew.launch(group.places.settings(Layout.CONDUCTOR, Duration.ZERO, 1));
      group.startMissing();
    } catch (RuntimeException | Error e) {
      group.close();
      throw e;
    }
    return group;
  }

  /** The names of all nodes, in order. */
  public List<String> names() {
    return layout.nodes();
  }

  /** How the nodes were laid out. */
  public Layout layout() {
    return layout;
  }

  /** The port for what a node serves; see {@link NodeContext#servicePort}. */
  public int servicePort(String node) {
    return places.of(node).service();
  }

  /** The folder that outlives a node's JVMs. */
  public Path dataFolder(String node) {
    return places.dataFolder(node);
  }

  /** Whether a node's JVM runs. */
  public boolean isRunning(String node) {
    places.of(node);
    return crew.isAlive(node);
  }

  /** The last lines that a node has printed. */
  public List<String> output(String node, int lines) {
    return log.tail(node, lines);
  }

  // ---- life ----

  /** Starts nodes that do not run, at the same time, on their old ports and data. */
  public void start(String... nodes) {
    start(Arrays.asList(nodes));
  }

  private void start(Collection<String> nodes) {
    crew.requireHealthy();
    List<String> absent = nodes.stream().filter(node -> !isRunning(node)).toList();
    for (String node : absent) {
      int life = lives.merge(node, 1, Integer::sum);
      crew.launch(places.settings(node, clocks.getOrDefault(node, Duration.ZERO), life));
    }
    crew.awaitStarted(Layout.CONDUCTOR);
    for (String node : absent) {
      crew.awaitStarted(node);
      awaitKnown(node, true);
      links.cameBack(node, true, names());
    }
  }

  private void startMissing() {
    start(names().stream().filter(node -> !layout.startedLater().contains(node)).toList());
  }

  /** Ends a node's JVM at once, as {@code kill -9} does. */
  public void kill(String node) {
    end(node, () -> crew.kill(node));
  }

  /** Asks a node's JVM to end, as SIGTERM does. */
  public void terminate(String node) {
    end(node, () -> crew.terminate(node));
  }

  private void end(String node, Runnable ends) {
    if (isRunning(node)) {
      // SUBTLE: first, or a barrier that is open fails. The answer never comes.
      onConductor(
          conductor -> {
            TestConductor.get(conductor.system()).removeNode(RoleName.apply(node));
            return true;
          });
      ends.run();
      awaitKnown(node, false);
    }
  }

  private void awaitKnown(String node, boolean known) {
    await(
        "the conductor knows that " + node + (known ? " is there" : " is gone"),
        Crew.START_LIMIT,
        () -> known == onConductor(conductor -> nodes(conductor).contains(node)));
  }

  private static List<String> nodes(NodeContext conductor) throws Exception {
    var roles =
        FutureConverters.asJava(TestConductor.get(conductor.system()).getNodes())
            .toCompletableFuture()
            .get(10, TimeUnit.SECONDS);
    return CollectionConverters.asJavaCollection(roles).stream().map(RoleName::name).toList();
  }

  @SuppressWarnings("unchecked") // of the call, whose result it is
  private <T> T onConductor(NodeCall<T> call) {
    return (T) crew.run(Layout.CONDUCTOR, call);
  }

  /** {@link #kill} and {@link #start}. */
  public void restart(String node) {
    kill(node);
    start(node);
  }

  /** Stops a node's JVM where it stands, as a machine does that is suspended. */
  public void pause(String node) {
    places.of(node);
    crew.pause(node);
  }

  /** Lets a paused JVM go on. */
  public void resume(String node) {
    places.of(node);
    if (crew.resume(node)) {
      links.cameBack(node, false, names());
    }
  }

  /**
   * Sets a node's clock, for this and its further lives, as far as it uses {@link
   * NodeContext#clock}.
   *
   * @param offset from the system's; may be negative
   */
  public void setClock(String node, Duration offset) {
    places.of(node);
    clocks.put(node, offset);
    if (crew.isAlive(node)) {
      crew.child(node).tell(new ToChild.ClockOffset(offset.toMillis()));
    }
  }

  // ---- tasks ----

  /**
   * Runs a task in a node's JVM.
   *
   * @throws NodeFailure if it throws, does not end in time, or a JVM ends by itself meanwhile
   */
  public void runOn(String node, NodeTask task) {
    runOn(List.of(node), task);
  }

  /** As {@link #runOn(String, NodeTask)}, at several nodes at the same time. */
  public void runOn(Collection<String> nodes, NodeTask task) {
    crew.run(
        nodes,
        node -> {
          task.run(node);
          return true;
        });
  }

  /** As {@link #runOn(String, NodeTask)}, at all nodes that run. */
  public void runOnAll(NodeTask task) {
    runOn(names().stream().filter(this::isRunning).toList(), task);
  }

  /**
   * As {@link #runOn(String, NodeTask)}, with a result, which must be {@link java.io.Serializable}
   * and not null.
   */
  @SuppressWarnings("unchecked") // of the call, whose result it is
  public <T> T callOn(String node, NodeCall<T> call) {
    return (T) crew.run(node, call);
  }

  // ---- links ----

  /** From now on nothing passes between each of some and each of others, either way. */
  public void cut(Collection<String> some, Collection<String> others) {
    for (String one : some) {
      for (String other : others) {
        cut(one, other);
      }
    }
  }

  /** From now on nothing passes between these two, either way. */
  public void cut(String one, String other) {
    links.cut(requireName(one), requireName(other));
  }

  /**
   * From now on nothing that one node sends gets to the other.
   *
   * @throws IllegalStateException if the layout has no proxies
   */
  public void cutOneWay(String from, String to) {
    proxies.lose(requireName(from), requireName(to), true);
  }

  /** What was cut between these two is whole again. */
  public void heal(String one, String other) {
    links.heal(requireName(one), requireName(other));
    if (layout.proxies()) {
      proxies.lose(one, other, false);
      proxies.lose(other, one, false);
    }
  }

  /** All links are whole again, and without delay. */
  public void heal() {
    links.healAll();
    proxies.reset();
  }

  /**
   * What one node sends to another comes so much later than it was sent.
   *
   * @param delay zero: none
   * @throws IllegalStateException if the layout has no proxies
   */
  public void slow(String from, String to, Duration delay) {
    proxies.slow(requireName(from), requireName(to), delay);
  }

  /** All links to and from a node are {@linkplain #slow(String, String, Duration) slow}. */
  public void slow(String node, Duration delay) {
    for (String peer : names()) {
      if (!peer.equals(node)) {
        slow(node, peer, delay);
        slow(peer, node, delay);
      }
    }
  }

  private String requireName(String node) {
    places.of(node);
    return node;
  }

  // ---- the test ----

  /**
   * Waits for something, in the test's JVM.
   *
   * @param what for the failure's text
   * @param condition looked at ten times a second; an exception counts as not yet
   * @throws AssertionError if it has not become so
   */
  public void await(String what, Duration limit, Callable<Boolean> condition) {
    String why = Waiting.until(limit, condition);
    if (why != null) {
      crew.requireHealthy();
      throw new AssertionError("Waited " + limit.toSeconds() + " s for: " + what + "; " + why);
    }
  }

  /** As at the beginning: all run that should, nothing is cut or slow, clocks are right. */
  void reset(String test) {
    log.begin(test);
    crew.requireHealthy();
    names().forEach(this::resume);
    names().forEach(node -> setClock(node, Duration.ZERO));
    heal();
    startMissing();
  }

  void requireHealthy() {
    crew.requireHealthy();
  }

  boolean isHealthy() {
    return crew.isHealthy();
  }

  Path present() {
    return log.present();
  }

  /**
   * What the nodes have printed last, for failures.
   *
   * @param lines of each
   * @return a text of many lines
   */
  public String output(int lines) {
    StringBuilder text = new StringBuilder();
    for (String node : names()) {
      text.append("\n--- ").append(node);
      text.append(crew.isAlive(node) ? " (runs)" : " (does not run)");
      text.append(", all of it in ").append(log.present()).append('\n');
      output(node, lines)
          .forEach(line -> text.append('[').append(node).append("] ").append(line).append('\n'));
    }
    return text.toString();
  }

  /**
   * Kills all, and deletes their data.
   *
   * @throws NodeFailure if one does not end
   */
  @Override
  public void close() {
    try {
      crew.close();
    } finally {
      proxies.close();
      log.close();
      places.close();
    }
  }
}
