package dev.converge.node.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Asks each node what it sees. */
@Command(
    name = "status",
    description =
        "Show the nodes, what each sees of the others, and how far the replicas are."
            + " Exit code 1 if a node is missing.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class StatusCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private Addresses addresses = new Addresses();

  @Override
  public Integer call() {
    List<NodeView> views = new NodeViews().ask(addresses.all());
    PrintWriter out = spec.commandLine().getOut();
    StatusTable.lines(views).forEach(out::println);
    List<String> replicas = ReplicasTable.lines(views);
    if (!replicas.isEmpty()) {
      out.println();
      replicas.forEach(out::println);
    }
    out.flush();
    return views.stream().allMatch(NodeView::isWell) ? 0 : 1;
  }
}
