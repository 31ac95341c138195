package dev.converge.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.converge.node.cli.NodeClient.Answer;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Has an entity erased with its history, by the first node that answers. */
@Command(
    name = "erase",
    description =
        "Erase an entity with its history, at all nodes and for good. What is left is that it was"
            + " erased: when, by which node, and the reason. Its id cannot be used again.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class EraseCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private EntityArgument entity = new EntityArgument();

  @Option(
      names = "--reason",
      required = true,
      paramLabel = "TEXT",
      description = "Why, for the record. It is kept, so name nobody in it.")
  private String reason = "";

  @Mixin private Addresses addresses = new Addresses();

  @Override
  public Integer call() throws CommandFailedException {
    NodeClient client = new NodeClient(Duration.ofSeconds(30));
    String path = entity.path("erase");
    List<String> silent = new ArrayList<>();
    for (URI node : addresses.all()) {
      Answer answer;
      try {
        answer =
            client.post(node, path, JsonNodeFactory.instance.objectNode().put("reason", reason));
      } catch (IOException e) {
        silent.add(node + " " + e.getMessage());
        continue;
      }
      if (!answer.isSuccess()) {
        throw new CommandFailedException("Not erased: " + answer.detail());
      }
      JsonNode erased = answer.body().path("erased");
      PrintWriter out = spec.commandLine().getOut();
      out.println(
          "Erased at "
              + erased.path("at").asText()
              + " by "
              + erased.path("by").asText()
              + ": "
              + erased.path("reason").asText());
      out.flush();
      return 0;
    }
    throw new CommandFailedException("No node can be asked: " + String.join("; ", silent) + ".");
  }
}
