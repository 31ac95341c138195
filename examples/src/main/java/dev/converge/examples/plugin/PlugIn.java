package dev.converge.examples.plugin;

import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.examples.Await;
import dev.converge.examples.NodeClient;
import dev.converge.examples.NodeException;
import dev.converge.examples.NodesInJvm;
import dev.converge.node.cli.ExampleMain;
import dev.converge.node.lifecycle.StartupException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** Builds a plug-in, starts two nodes with it, and sells one seat on both sides of a cut. */
@Command(
    name = "plug-in",
    description = "An entity type of your own in a jar: the seats of a hall, sold by every node.",
    mixinStandardHelpOptions = true)
public final class PlugIn implements ExampleMain {
  private static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String HALL = "/v1/entities/hall/opera";

  @Spec private CommandSpec spec = CommandSpec.create();

  @Override
  public Integer call() throws StartupException, IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    Path folder = Files.createTempDirectory("converge-example-");
    try {
      Path plugins = Files.createDirectories(folder.resolve("plugins"));
      PluginJar.build(plugins.resolve("seats.jar"), folder.resolve("build"));
      say(out, "examples/plugin is built: plugins/seats.jar, with the entity type 'hall'.");
      say(out, "Two nodes start, which find it there.");
      try (NodesInJvm nodes = NodesInJvm.start(2, List.of(), plugins)) {
        return tell(nodes, out) ? 0 : 1;
      }
    } finally {
      NodesInJvm.delete(folder);
    }
  }

  private static boolean tell(NodesInJvm nodes, PrintWriter out) throws InterruptedException {
    NodeClient one = nodes.clients().get(0);
    NodeClient two = nodes.clients().get(1);
    say(out, "1. node-1: ada books A1. " + book(one, "A1", "ada"));
    Await.until(LIMIT, () -> holder(two, "A1"), "ada"::equals);
    say(out, "   node-2: bob wants A1, too. " + book(two, "A1", "bob"));

    say(out, "2. The nodes are cut off from each other, and both sell B7.");
    nodes.nodes().get(1).faults().cut(Set.of("node-1"));
    say(out, "   node-1: ada books B7. " + book(one, "B7", "ada"));
    say(out, "   node-2: bob books B7. " + book(two, "B7", "bob"));

    say(out, "3. The cut heals. The first booking stands, by the rule of the plug-in:");
    nodes.nodes().get(1).faults().heal();
    List<String> stories =
        Await.until(
            LIMIT,
            () -> List.of(story(one), story(two)),
            both -> both.get(0).contains("discarded") && both.get(0).equals(both.get(1)));
    say(out, stories.get(0) + "   The seats at node-1 " + seats(one) + ", at node-2 " + seats(two));
    return holder(one, "B7").equals("ada") && seats(one).equals(seats(two));
  }

  private static String book(NodeClient node, String seat, String person) {
    try {
      node.post(HALL, Map.of("command", "book", "seat", seat, "person", person)).join();
      return "200: it is " + person + "'s.";
    } catch (CompletionException e) {
      if (e.getCause() instanceof NodeException no) {
        return no.status() + ": seat " + seat + " is taken.";
      }
      throw e;
    }
  }

  private static JsonNode seats(NodeClient node) {
    return node.get(HALL).join().at("/state/seats");
  }

  private static String holder(NodeClient node, String seat) {
    return seats(node).path(seat).asText();
  }

  private static String story(NodeClient node) {
    StringBuilder story = new StringBuilder();
    for (JsonNode event : node.get(HALL + "/history").join().path("events")) {
      story
          .append("   ")
          .append(event.at("/dot/replica").asText())
          .append(": ")
          .append(event.at("/event/person").asText())
          .append(" books ")
          .append(event.at("/event/seat").asText())
          .append(", ")
          .append(event.path("decision").asText())
          .append(event.hasNonNull("reason") ? ": " + event.path("reason").asText() : "")
          .append('\n');
    }
    return story.toString();
  }

  private static void say(PrintWriter out, String line) {
    out.println(line);
    out.flush();
  }
}
