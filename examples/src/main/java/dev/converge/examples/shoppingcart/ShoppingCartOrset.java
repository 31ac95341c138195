package dev.converge.examples.shoppingcart;

import dev.converge.examples.Await;
import dev.converge.examples.ClusterOption;
import dev.converge.examples.ExampleCluster;
import dev.converge.node.cli.ExampleMain;
import dev.converge.node.lifecycle.StartupException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Provokes the conflict that an observed-remove set is made for, and shows how it ends. */
@Command(
    name = "shopping-cart-orset",
    description = "A cart as a set: removed on one side of a cut, added again on the other.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
public final class ShoppingCartOrset implements ExampleMain {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ClusterOption cluster = new ClusterOption();

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "How long to wait for the nodes to agree, at each step.")
  private int timeout = 20;

  @Override
  public Integer call() throws StartupException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    try (ExampleCluster open = cluster.open(out)) {
      if (open.nodes().size() < 3) {
        throw new StartupException("This example needs three nodes: give --url three times.");
      }
      String key = "example-cart-" + Long.toString(System.currentTimeMillis(), 36);
      List<SharedSet> nodes =
          open.nodes().subList(0, 3).stream().map(node -> new SharedSet(node, key)).toList();
      return new Story(nodes, Duration.ofSeconds(timeout), out).tell() ? 0 : 1;
    } catch (CompletionException e) {
      throw new StartupException("The example cannot go on: " + e.getCause(), e);
    }
  }

  /** The steps, each with what must then be seen. */
  private static final class Story {
    private final List<SharedSet> nodes;
    private final SharedSet first;
    private final SharedSet second;
    private final SharedSet third;
    private final Duration limit;
    private final PrintWriter out;
    private boolean asExplained = true;

    Story(List<SharedSet> nodes, Duration limit, PrintWriter out) {
      this.limit = limit;
      this.nodes = nodes;
      this.first = nodes.get(0);
      this.second = nodes.get(1);
      this.third = nodes.get(2);
      this.out = out;
    }

    boolean tell() throws InterruptedException {
      say("1. %s adds milk and bread. The others get them by gossip.".formatted(first.name()));
      first.add("milk");
      first.add("bread");
      expect(nodes, List.of("bread", "milk"));

      say("2. %s is cut off from %s and %s.".formatted(third.name(), first.name(), second.name()));
      // Ctrl-C must not leave a running cluster cut.
      Thread healing = new Thread(this::healQuietly, "heal");
      Runtime.getRuntime().addShutdownHook(healing);
      third.cutFrom(List.of(first.name(), second.name()));
      try {
        say(
            "3. On one side %s removes milk and adds eggs, and %s adds coffee."
                .formatted(first.name(), second.name()));
        first.remove("milk");
        first.add("eggs");
        second.add("coffee");
        expect(List.of(first, second), List.of("bread", "coffee", "eggs"));

        say("4. On the other side %s adds milk again and removes bread.".formatted(third.name()));
        third.add("milk");
        third.remove("bread");
        expect(List.of(third), List.of("milk"));
      } finally {
        say("5. The cut is healed.");
        third.heal();
        Runtime.getRuntime().removeShutdownHook(healing);
      }
      expect(nodes, List.of("coffee", "eggs", "milk"));
      explain();
      first.forget();
      return asExplained;
    }

    private void healQuietly() {
      try {
        third.heal();
      } catch (CompletionException e) {
        // The cluster is gone, and its cut with it.
      }
    }

    private void explain() {
      say("Why they agree:");
      say(
          "  milk    stays: a removal takes away the additions that it has seen. %s had not seen"
              .formatted(first.name()));
      say(
          "          the second addition of milk, by %s, so that one survives."
              .formatted(third.name()));
      say(
          "  bread   is gone: %s had seen its only addition, and nobody added it again."
              .formatted(third.name()));
      say("  eggs, coffee were added on one side and removed on none.");
      say(asExplained ? "All as explained." : "NOT as explained; see above.");
    }

    private void expect(List<SharedSet> some, List<String> expected) throws InterruptedException {
      for (SharedSet node : some) {
        List<String> seen = Await.until(limit, node::elements, expected::equals);
        boolean right = seen.equals(expected);
        asExplained &= right;
        say(
            "     %s holds %s%s"
                .formatted(
                    node.name(),
                    seen,
                    right
                        ? ""
                        : "   <-- expected " + expected + " within " + limit.toSeconds() + " s"));
      }
    }

    private void say(String line) {
      out.println(line);
      out.flush();
    }
  }
}
