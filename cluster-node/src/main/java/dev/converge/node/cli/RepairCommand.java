package dev.converge.node.cli;

import com.fasterxml.jackson.databind.JsonNode;
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

/** Has nodes read all rows of an entity, and get the damaged ones from others. */
@Command(
    name = "repair",
    description =
        "Check all rows of an entity's journal at each node, and get those that are damaged from"
            + " the other nodes. Where nobody has a row, nothing is changed, and it is said what"
            + " would be lost. Exit code 1 if the entity is not whole at one of the nodes.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class RepairCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Mixin private EntityArgument entity = new EntityArgument();

  @Mixin private Addresses addresses = new Addresses();

  @Override
  public Integer call() {
    NodeClient client = new NodeClient(Duration.ofMinutes(1));
    String path = entity.path("repair");
    PrintWriter out = spec.commandLine().getOut();
    boolean whole = true;
    for (URI node : addresses.all()) {
      try {
        Answer answer = client.post(node, path, JsonNodeFactory.instance.objectNode());
        whole &= answer.isSuccess();
        print(out, node, answer);
      } catch (IOException e) {
        whole = false;
        out.println(node + " " + e.getMessage());
      }
    }
    out.flush();
    return whole ? 0 : 1;
  }

  private static void print(PrintWriter out, URI node, Answer answer) {
    JsonNode body = answer.body();
    if (!answer.isSuccess()) {
      out.println(node + " " + answer.detail());
      body.path("lost").forEach(row -> out.println("  would be lost: " + row.asText()));
      return;
    }
    out.println(
        node
            + " "
            + body.path("checked").asLong()
            + " rows checked, "
            + (body.path("repaired").isEmpty()
                ? "all whole"
                : body.path("repaired").size() + " repaired"));
    body.path("repaired").forEach(row -> out.println("  repaired: " + row.asText()));
  }
}
