package dev.converge.node.cli;

import dev.converge.engine.fold.FoldException;
import dev.converge.node.config.ConfigLoader;
import dev.converge.node.config.InvalidConfigException;
import dev.converge.node.config.NodeConfig.DocumentTypeConfig;
import dev.converge.node.entity.HostedType;
import dev.converge.node.entity.ReadyMadeTypes;
import dev.converge.node.history.HistoryFile;
import dev.converge.node.history.Replay;
import dev.converge.node.json.BadInputException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Folds an exported history again, without a node. */
@Command(
    name = "replay",
    description = {
      "Fold an exported history again, from its beginning, and print what it comes to. Equal"
          + " histories have equal hashes, so two nodes' exports can be compared. Get one by:"
          + " curl http://127.0.0.1:8551/v1/entities/TYPE/ID/export > FILE"
    },
    mixinStandardHelpOptions = true)
final class ReplayCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(paramLabel = "FILE", description = "The exported history.")
  private Path file = Path.of("");

  @Option(
      names = "--config",
      paramLabel = "FILE",
      description =
          "A node's configuration, for the document types in it. By default those of the local"
              + " cluster.")
  private @Nullable Path config;

  @Override
  public Integer call() throws CommandFailedException, InvalidConfigException {
    Map<String, DocumentTypeConfig> documents =
        config == null
            ? ConfigLoader.localDocuments()
            : ConfigLoader.load(config).node().documents();
    Replay replay = replay(documents);
    PrintWriter out = spec.commandLine().getOut();
    out.println("events   " + replay.events() + ", of which " + replay.decided() + " were judged");
    out.println("version  " + replay.version());
    out.println("state    " + replay.state());
    out.println("hash     " + replay.hash());
    out.flush();
    return 0;
  }

  private Replay replay(Map<String, DocumentTypeConfig> documents) throws CommandFailedException {
    try (BufferedReader in = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      HistoryFile history = HistoryFile.read(in);
      for (HostedType<?, ?, ?> type : ReadyMadeTypes.with(documents)) {
        if (type.type().name().equals(history.type())) {
          return Replay.of(history, type);
        }
      }
      throw new CommandFailedException(
          file
              + " is of the entity type '"
              + history.type()
              + "', which is not known here; --config FILE declares document types");
    } catch (BadInputException | FoldException e) {
      throw new CommandFailedException(file + ": " + e.getMessage());
    } catch (IOException e) {
      throw new CommandFailedException("cannot read " + file + ": " + e);
    }
  }
}
