package dev.converge.node.cli;

import dev.converge.node.cli.local.LocalLayout;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Help.Visibility;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options that say which nodes a command speaks to. */
final class Addresses {
  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec = CommandSpec.create();

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

  /**
   * The nodes that were named, or those of the local cluster.
   *
   * @throws ParameterException if an option makes no sense
   */
  List<URI> all() {
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

  /** The one node that was named, for what is done to a node and not to the cluster. */
  URI one() {
    if (urls.size() != 1) {
      throw new ParameterException(
          spec.commandLine(),
          "--url must be given once: the node that this is done to, like http://127.0.0.1:8551");
    }
    return all().get(0);
  }
}
