package dev.converge.examples.replicatedcounter;

import dev.converge.engine.fold.Folded;
import dev.converge.examples.Await;
import dev.converge.examples.NodesInJvm;
import dev.converge.node.ConvergeNode;
import dev.converge.node.cli.ExampleMain;
import dev.converge.node.lifecycle.StartupException;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Three nodes in this JVM, a cut, a reset on one side and additions on the other. */
@Command(
    name = "replicated-counter",
    description = "An entity type of your own: a counter that is reset on one side of a cut.",
    mixinStandardHelpOptions = true)
public final class ReplicatedCounter implements ExampleMain {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String ID = "visitors";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws StartupException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    say(out, "Three nodes start in this JVM.");
    try (NodesInJvm nodes = NodesInJvm.start(3, List.of(Tally.TYPE))) {
      return tell(nodes.nodes(), out) ? 0 : 1;
    }
  }

  private static boolean tell(List<ConvergeNode> nodes, PrintWriter out)
      throws InterruptedException {
    ConvergeNode first = nodes.get(0);
    ConvergeNode third = nodes.get(2);
    say(out, "1. node-1 adds 10. Its own journal is enough for the answer: " + add(first, 10));
    boolean good = expect(nodes, 10, out);

    say(out, "2. node-3 is cut off from node-1 and node-2.");
    third.faults().cut(Set.of("node-1", "node-2"));
    say(out, "   node-1 adds 5, and sees " + add(first, 5));
    say(out, "   node-3 resets the counter, and sees " + run(third, new Tally.Reset(0)));
    say(out, "   node-3 adds 2, and sees " + add(third, 2));

    say(out, "3. The cut heals. Nobody decides anything by hand:");
    third.faults().heal();
    good &= expect(nodes, 7, out);

    say(out, "4. Why they agree: all fold the same events in the same order and decide alike.");
    List<String> stories = nodes.stream().map(ReplicatedCounter::story).toList();
    say(out, stories.get(0));
    boolean same = Set.copyOf(stories).size() == 1;
    say(out, same ? "   The same at all three nodes." : "   NOT the same at all nodes: " + stories);
    return good && same;
  }

  private static long add(ConvergeNode node, long by) {
    return run(node, new Tally.Added(by));
  }

  private static long run(ConvergeNode node, Tally.Event command) {
    return node.entities().get(Tally.TYPE, ID).run(command).toCompletableFuture().join().state();
  }

  private static long value(ConvergeNode node) {
    return node.entities().get(Tally.TYPE, ID).get().toCompletableFuture().join().state();
  }

  /** Waits until all see {@code value}, and says what each sees. */
  private static boolean expect(List<ConvergeNode> nodes, long value, PrintWriter out)
      throws InterruptedException {
    List<Long> seen =
        Await.until(
            LIMIT,
            () -> nodes.stream().map(ReplicatedCounter::value).toList(),
            values -> values.stream().allMatch(v -> v == value));
    boolean all = seen.stream().allMatch(v -> v == value);
    say(out, "   The three see " + seen + (all ? "" : ", and " + value + " was expected"));
    return all;
  }

  private static String story(ConvergeNode node) {
    return node
        .entities()
        .get(Tally.TYPE, ID)
        .history(0, 100)
        .toCompletableFuture()
        .join()
        .events()
        .stream()
        .map(folded -> "   " + line(node, folded))
        .collect(Collectors.joining("\n"));
  }

  private static String line(ConvergeNode node, Folded<Tally.Event> folded) {
    return node.entities().names().display(folded.dot().replica())
        + ":"
        + folded.dot().sequence()
        + "  "
        + folded.event().payload()
        + folded.decision().why().map(why -> "  " + why).orElse("");
  }

  private static void say(PrintWriter out, String line) {
    out.println(line);
    out.flush();
  }
}
