package dev.converge.node.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
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
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Has the others decide that replicas are gone for good. */
@Command(
    name = "retire",
    description = {
      "Take nodes that are gone for good out of the set of replicas, so that finality waits for"
          + " them no more. Name all that are gone at once: those that stay must all answer, and"
          + " be a majority. A node that lives nevertheless comes back by itself under a new"
          + " incarnation, with what it alone had acknowledged."
    },
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
final class RetireCommand implements Callable<Integer> {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(arity = "1..*", paramLabel = "NODE", description = "Such as node-3.")
  private List<String> names = new ArrayList<>();

  @Option(
      names = "--force",
      description =
          "Decide without a majority, as one of two has to. UNSAFE if a node that is retired lives:"
              + " stop it first.")
  private boolean force;

  @Mixin private Addresses addresses = new Addresses();

  @Override
  public Integer call() throws CommandFailedException {
    NodeClient client = new NodeClient(LIMIT);
    ObjectNode body = JsonNodeFactory.instance.objectNode().put("force", force);
    names.forEach(body.putArray("replicas")::add);
    URI node = oneThatStays(client);
    Answer answer;
    try {
      answer = client.post(node, "/v1/replicas/retire", body);
    } catch (IOException e) {
      throw new CommandFailedException(
          node + " " + e.getMessage() + "; it may be decided all the same, see: converge status");
    }
    if (!answer.isSuccess()) {
      throw new CommandFailedException("Not retired: " + answer.detail());
    }
    List<String> members = new ArrayList<>();
    answer.body().path("members").forEach(member -> members.add(member.path("replica").asText()));
    PrintWriter out = spec.commandLine().getOut();
    out.println(
        "Retired. The replicas are now "
            + String.join(", ", members)
            + (" (epoch " + answer.body().path("epoch").asLong() + ")."));
    out.flush();
    return 0;
  }

  private URI oneThatStays(NodeClient client) throws CommandFailedException {
    List<String> silent = new ArrayList<>();
    for (URI node : addresses.all()) {
      try {
        Answer answer = client.get(node, "/v1/replicas");
        if (!answer.isSuccess()) {
          silent.add(node + ": " + answer.detail());
        } else if (!names.contains(answer.body().path("self").asText())) {
          return node;
        }
      } catch (IOException e) {
        silent.add(node + " " + e.getMessage());
      }
    }
    throw new CommandFailedException(
        "No node that stays can be asked"
            + (silent.isEmpty() ? "." : ": " + String.join("; ", silent) + "."));
  }
}
