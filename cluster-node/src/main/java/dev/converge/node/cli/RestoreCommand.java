package dev.converge.node.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.converge.node.cli.NodeClient.Answer;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Tells a node that its data is an old backup. */
@Command(
    name = "restore",
    description =
        "Tell a node that its data was put back from an old backup: it goes on as a new"
            + " incarnation, gets everything from the others, and brings along what only the backup"
            + " has.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class RestoreCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private Addresses addresses = new Addresses();

  @Override
  public Integer call() throws CommandFailedException {
    URI node = addresses.one();
    try {
      Answer answer =
          new NodeClient(Duration.ofSeconds(30))
              .post(node, "/v1/replicas/restore", JsonNodeFactory.instance.objectNode());
      if (!answer.isSuccess()) {
        throw new CommandFailedException("Not restored: " + answer.detail());
      }
    } catch (IOException e) {
      throw new CommandFailedException(node + " " + e.getMessage());
    }
    PrintWriter out = spec.commandLine().getOut();
    out.println("Begun. How far it is: converge status --url " + node);
    out.flush();
    return 0;
  }
}
