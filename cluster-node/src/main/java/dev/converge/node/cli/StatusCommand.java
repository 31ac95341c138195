package dev.converge.node.cli;

import dev.converge.node.cli.local.LocalLayout;
import java.io.PrintWriter;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Asks each node what it sees. */
@Command(
    name = "status",
    description =
        "Show the nodes, and what each sees of the others. Exit code 1 if one is missing.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class StatusCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--url",
      paramLabel = "URL",
      showDefaultValue = Visibility.NEVER,
      description = "A node's HTTP API; can be repeated. By default those of the local cluster.")
  private List<URI> urls = new ArrayList<>();

  @Option(names = "--nodes", paramLabel = "N", description = "The local cluster's nodes.")
  private int nodes = 3;

  @Option(
      names = "--http-port",
      paramLabel = "P",
      description = "The local cluster's first HTTP port.")
  private int httpPort = 8551;

  @Override
  public Integer call() {
    List<NodeView> views = new NodeViews().ask(addresses());
    PrintWriter out = spec.commandLine().getOut();
    StatusTable.lines(views).forEach(out::println);
    out.flush();
    return views.stream().allMatch(NodeView::isWell) ? 0 : 1;
  }

  private List<URI> addresses() {
    for (URI url : urls) {
      if (!"http".equals(url.getScheme()) && !"https".equals(url.getScheme())) {
        throw new ParameterException(
            spec.commandLine(), "--url must be like http://127.0.0.1:8551, not " + url);
      }
    }
    if (!urls.isEmpty()) {
      return urls;
    }
    if (nodes < 1 || nodes > LocalLayout.MAX_NODES || httpPort < 1 || httpPort + nodes > 65_536) {
      throw new ParameterException(
          spec.commandLine(), "--nodes must be from 1 to 16 and --http-port a port");
    }
    List<URI> local = new ArrayList<>();
    for (int n = 0; n < nodes; n++) {
      local.add(URI.create("http://" + LocalLayout.HOST + ":" + (httpPort + n)));
    }
    return local;
  }
}
