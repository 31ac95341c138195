package dev.converge.multinode.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectMethod;

import dev.converge.multinode.MultiNode;
import dev.converge.multinode.MultiNodeTest;
import dev.converge.multinode.NodeContext;
import dev.converge.multinode.NodeFailure;
import dev.converge.multinode.TestNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;

/** What goes wrong in a node fails the test, with the node's name and what it said. */
class MultiNodeFailuresTest {
  /** Not run by itself, but by the tests below. */
  @MultiNodeTest(
      nodes = {"a", "b"},
      limit = 3)
  static final class Failing {
    @Test
    void anAssertionInOneNode(MultiNode nodes) {
      nodes.runOnAll(
          node -> {
            System.out.println("here is " + node.name());
            assertThat(node.name()).as("the first").isEqualTo("a");
          });
    }

    @Test
    void aNodeThatHalts(MultiNode nodes) {
      nodes.runOnAll(
          node -> {
            System.out.println("here is " + node.name());
            if (node.name().equals("b")) {
              Runtime.getRuntime().halt(7);
            }
            new CountDownLatch(1).await();
          });
    }

    @Test
    void aNodeThatHaltsWhileNobodyLooks(MultiNode nodes) {
      nodes.runOn("b", node -> new Thread(() -> Runtime.getRuntime().halt(8)).start());
      nodes.await("b has ended", Duration.ofSeconds(15), () -> !nodes.isRunning("b"));
    }

    @Test
    void aNodeThatHangs(MultiNode nodes) {
      nodes.runOnAll(
          node -> {
            if (node.name().equals("b")) {
              waitForEver();
            }
          });
    }

    @Test
    void aBarrierThatOneLeavesOut(MultiNode nodes) {
      nodes.runOnAll(
          node -> {
            if (node.name().equals("b")) {
              node.barrier("only b comes");
            }
          });
    }

    private static void waitForEver() throws InterruptedException {
      new CountDownLatch(1).await();
    }

    @Test
    void zThenANewGroupWorks(MultiNode nodes) {
      nodes.runOnAll(node -> node.barrier("all well"));
    }
  }

  /** Not run by itself, but by a test below. */
  @MultiNodeTest(
      nodes = {"a", "b"},
      node = BThatFails.class)
  static final class NotStarting {
    @Test
    void isNeverReached() {}
  }

  /** A node that does not start if it is b. */
  public static final class BThatFails implements TestNode {
    @Override
    public void start(NodeContext context) throws IOException {
      if (context.name().equals("b")) {
        throw new IOException("no disk for b");
      }
    }

    @Override
    public Optional<ActorSystem> system() {
      return Optional.empty();
    }

    @Override
    public void stop() {}
  }

  private static Throwable failureOf(String method) {
    return failureOf(selectMethod(Failing.class, method, MultiNode.class));
  }

  private static Throwable failureOf(DiscoverySelector... selectors) {
    List<Event> failed =
        EngineTestKit.engine("junit-jupiter")
            .selectors(selectors)
            .execute()
            .allEvents()
            .failed()
            .list();
    assertThat(failed).hasSize(1);
    return failed
        .get(0)
        .getRequiredPayload(org.junit.platform.engine.TestExecutionResult.class)
        .getThrowable()
        .orElseThrow();
  }

  @Test
  void anAssertionInOneNodeFailsTheTestAndTheNextOneHasNodesThatWork() {
    assertThat(
            failureOf(
                selectMethod(Failing.class, "anAssertionInOneNode", MultiNode.class),
                selectMethod(Failing.class, "zThenANewGroupWorks", MultiNode.class)))
        .isInstanceOf(NodeFailure.class)
        .hasMessageStartingWith("b: ")
        .hasMessageContaining("the first")
        .hasMessageContaining("here is b")
        .hasCauseInstanceOf(AssertionError.class);
  }

  @Test
  void aNodeThatHaltsFailsTheTestAtOnce() {
    assertThat(failureOf("aNodeThatHalts"))
        .isInstanceOf(NodeFailure.class)
        .hasMessageStartingWith("b ended by itself with exit code 7")
        .hasMessageContaining("here is b");
  }

  @Test
  void aNodeThatHaltsWhileNobodyLooksFailsTheTest() {
    assertThat(failureOf("aNodeThatHaltsWhileNobodyLooks"))
        .isInstanceOf(NodeFailure.class)
        .hasMessageStartingWith("b ended by itself with exit code 8");
  }

  @Test
  void aNodeThatHangsFailsTheTestWithWhatItsThreadsAreDoing() {
    assertThat(failureOf("aNodeThatHangs"))
        .isInstanceOf(NodeFailure.class)
        .hasMessageStartingWith("b has not come back from a task within 3 s")
        .hasMessageContaining("waitForEver");
  }

  @Test
  void aBarrierThatOneLeavesOutFailsTheTest() {
    assertThat(failureOf("aBarrierThatOneLeavesOut"))
        .isInstanceOf(NodeFailure.class)
        .hasMessageStartingWith("b has not come back from a task within 3 s")
        .hasMessageContaining("ChildContext.barrier");
  }

  @Test
  void aNodeThatDoesNotStartFailsTheTestWithItsReason() {
    assertThat(failureOf(selectClass(NotStarting.class)))
        .isInstanceOf(NodeFailure.class)
        .hasMessageStartingWith("b ended by itself with exit code 70")
        .hasMessageContaining("no disk for b");
  }

  /** Starts nodes, prints their processes, and waits for its own end. */
  public static final class Parent {
    private Parent() {}

    /** The folder for output is the only argument. */
    public static void main(String[] args) throws InterruptedException {
      dev.converge.multinode.Layout layout =
          dev.converge.multinode.Layout.of(
              "orphans",
              List.of("a", "b"),
              dev.converge.multinode.PekkoNode.class,
              Path.of(args[0]));
      MultiNode.start(layout);
      ProcessHandle.current().children().forEach(child -> System.out.println(child.pid()));
      System.out.println("all");
      new CountDownLatch(1).await();
    }
  }

  @Test
  void noNodeOutlivesAParentThatIsKilled(@TempDir Path folder)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            Parent.class.getName(),
            folder.toString());
    String classPath =
        Optional.ofNullable(System.getProperty("surefire.test.class.path"))
            .orElse(System.getProperty("java.class.path"));
    builder.environment().put("CLASSPATH", classPath);
    builder.redirectError(ProcessBuilder.Redirect.DISCARD);
    Process parent = builder.start();
    List<ProcessHandle> children;
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(parent.getInputStream(), StandardCharsets.UTF_8))) {
      children =
          lines
              .lines()
              .takeWhile(line -> !line.equals("all"))
              .filter(line -> line.matches("[0-9]+"))
              .flatMap(line -> ProcessHandle.of(Long.parseLong(line)).stream())
              .toList();
    } finally {
      parent.destroyForcibly();
    }
    assertThat(parent.waitFor(20, TimeUnit.SECONDS)).isTrue();
    assertThat(children).as("two nodes and the conductor").hasSize(3);
    for (ProcessHandle child : children) {
      assertThat(child.onExit()).succeedsWithin(20, TimeUnit.SECONDS);
    }
  }
}
