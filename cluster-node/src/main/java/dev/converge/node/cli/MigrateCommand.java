package dev.converge.node.cli;

import dev.converge.node.OfflineMigration;
import dev.converge.node.config.ConfigLoader;
import dev.converge.node.config.InvalidConfigException;
import dev.converge.node.config.NodeConfig;
import dev.converge.node.entity.HostedType;
import dev.converge.node.entity.JsonMigration;
import dev.converge.node.entity.Plugins;
import dev.converge.node.entity.ReadyMadeTypes;
import dev.converge.node.lifecycle.StartupException;
import dev.converge.pekko.journal.JournalException;
import dev.converge.pekko.migration.JdbcOldEvents;
import dev.converge.pekko.migration.Migration;
import dev.converge.pekko.migration.MigrationAdapter;
import dev.converge.pekko.migration.MigrationException;
import dev.converge.pekko.migration.OldPayload;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Takes an old journal over as the first history of entities. */
@Command(
    name = "migrate",
    description = {
      "Take the journal of plain persistent entities (pekko-persistence-jdbc) over, as the first"
          + " history of replicated ones, into the database of one node that does not run. The old"
          + " journal is only read. Run it again after an interruption: nothing counts twice."
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class MigrateCommand implements Callable<Integer> {
  private static final long SHOW_EACH = 50_000;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--from",
      paramLabel = "JDBC-URL",
      required = true,
      description = "The old database, such as jdbc:postgresql://host/app or jdbc:h2:file:/path.")
  private String from = "";

  @Option(names = "--user", paramLabel = "NAME", description = "Who logs in there.")
  private String user = "";

  @Option(
      names = "--password",
      paramLabel = "PASSWORD",
      interactive = true,
      arity = "0..1",
      description = "The password there; without a value it is asked for.")
  private String password = "";

  @Option(names = "--table", paramLabel = "NAME", description = "The table of the old journal.")
  private String table = "event_journal";

  @Option(
      names = "--type",
      paramLabel = "TYPE",
      required = true,
      description = "The entity type that they become.")
  private String type = "";

  @Option(
      names = "--ids",
      paramLabel = "PREFIX",
      description =
          "What their persistence ids start with; the rest is the id. By default the type and a"
              + " bar, such as cart|.")
  private @Nullable String prefix;

  @Option(
      names = "--config",
      paramLabel = "FILE",
      required = true,
      description = "The configuration of the node whose database they go into.")
  private Path config = Path.of("");

  private long shown;

  @Override
  public Integer call()
      throws CommandFailedException,
          InvalidConfigException,
          StartupException,
          InterruptedException {
    NodeConfig node = ConfigLoader.load(config).node();
    Migration.Report report = migrate(node, hosted(node));
    PrintWriter out = spec.commandLine().getOut();
    out.println(line(report));
    if (report.entities() == 0) {
      out.println("No persistence id there starts with '" + prefix() + "'; see --ids.");
    }
    out.flush();
    return report.entities() == 0 ? 1 : 0;
  }

  private String prefix() {
    return prefix == null ? type + "|" : prefix;
  }

  private HostedType<?, ?, ?> hosted(NodeConfig node) throws CommandFailedException {
    List<HostedType<?, ?, ?>> types =
        ReadyMadeTypes.with(node.documents(), Plugins.in(node.entities().plugins()));
    for (HostedType<?, ?, ?> hosted : types) {
      if (hosted.type().name().equals(type)) {
        return hosted;
      }
    }
    throw new CommandFailedException(
        "There is no entity type '"
            + type
            + "' at "
            + node.name()
            + "; it has "
            + types.stream().map(known -> known.type().name()).collect(Collectors.joining(", "))
            + ". Document types are declared in "
            + config
            + ", types of your own come from the class path (CONVERGE_CLASSPATH).");
  }

  private <C, E, S> Migration.Report migrate(NodeConfig node, HostedType<C, E, S> hosted)
      throws CommandFailedException, StartupException, InterruptedException {
    try {
      JdbcOldEvents old =
          new JdbcOldEvents(new PlainSource(from, user, password), OldPayload.reader(), table);
      return OfflineMigration.run(node, old, hosted.type(), adapter(hosted), prefix(), this::show);
    } catch (MigrationException | JournalException | IllegalArgumentException e) {
      throw new CommandFailedException("Not all is migrated: " + e.getMessage());
    }
  }

  /** What is found on the class path for the type; else its own JSON. */
  @SuppressWarnings("unchecked") // the adapter says that it makes this type's events
  private <E> MigrationAdapter<E> adapter(HostedType<?, E, ?> hosted) {
    for (MigrationAdapter<?> adapter : ServiceLoader.load(MigrationAdapter.class)) {
      if (adapter.type().equals(type)) {
        return (MigrationAdapter<E>) adapter;
      }
    }
    return new JsonMigration<>(hosted);
  }

  private void show(Migration.Report soFar) {
    if (soFar.read() - shown >= SHOW_EACH) {
      shown = soFar.read();
      spec.commandLine().getErr().println(line(soFar));
      spec.commandLine().getErr().flush();
    }
  }

  private static String line(Migration.Report report) {
    return report.entities()
        + " entities, "
        + report.read()
        + " events read, "
        + report.appended()
        + " new"
        + (report.leftOut() == 0 ? "" : ", " + report.leftOut() + " left out");
  }
}
