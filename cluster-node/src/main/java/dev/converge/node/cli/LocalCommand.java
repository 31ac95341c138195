package dev.converge.node.cli;

import dev.converge.node.cli.local.ChildCommand;
import dev.converge.node.cli.local.LocalCluster;
import dev.converge.node.cli.local.LocalLayout;
import dev.converge.node.lifecycle.StartupException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs a cluster of nodes on this machine and keeps it alive. */
@Command(
    name = "local",
    description = "Run a cluster on this machine, each node a process; Ctrl-C stops it.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class LocalCommand implements Callable<Integer> {
  private final Class<?> mainClass;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--nodes", paramLabel = "N", description = "How many nodes, 1 to 16.")
  private int nodes = 3;

  @Option(names = "--data", paramLabel = "DIR", description = "The folder of all data.")
  private Path data = Path.of("data");

  @Option(names = "--fresh", description = "Forget the data of earlier starts.")
  private boolean fresh;

  @Option(names = "--http-port", paramLabel = "P", description = "The first node's HTTP port.")
  private int httpPort = 8551;

  @Option(
      names = "--remote-port",
      paramLabel = "P",
      description = "The first node's port for the other nodes.")
  private int remotePort = 25551;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description = "Settings for all nodes, such as document types.")
  private @Nullable Path config;

  LocalCommand(Class<?> mainClass) {
    this.mainClass = mainClass;
  }

  @Override
  public Integer call() throws StartupException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    LocalCluster cluster =
        LocalCluster.start(
            layout(),
            ChildCommand.of(mainClass.getName()),
            fresh,
            line -> {
              out.println(line);
              out.flush();
            });
    Runtime.getRuntime().addShutdownHook(new Thread(cluster::close, "stop"));
    if (cluster.awaitFailure()) {
      throw new StartupException("No node could be kept running.");
    }
    return 0;
  }

  private LocalLayout layout() {
    try {
      return new LocalLayout(nodes, data, httpPort, remotePort, Optional.ofNullable(config));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(spec.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }
}
