package dev.converge.examples;

import dev.converge.node.lifecycle.StartupException;
import java.io.PrintWriter;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Option;

/**
 * The option {@code --url} of every example. Without it the example uses the local cluster if one
 * runs, else it starts one of its own and stops it at the end.
 */
public final class ClusterOption {
  @Option(
      names = "--url",
      paramLabel = "URL",
      showDefaultValue = Visibility.NEVER,
      description =
          "A node's HTTP API, such as http://127.0.0.1:8551; once for each node. By default the "
              + "running local cluster, else one started for this example.")
  private List<URI> urls = new ArrayList<>();

  /**
   * The cluster to use; close it.
   *
   * @param out where to say which one it is
   * @throws StartupException if there is none and none can be started
   */
  public ExampleCluster open(PrintWriter out) throws StartupException, InterruptedException {
    return ExampleCluster.open(urls, out);
  }
}
