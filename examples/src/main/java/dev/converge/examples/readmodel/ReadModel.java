package dev.converge.examples.readmodel;

import dev.converge.examples.Await;
import dev.converge.examples.ClusterOption;
import dev.converge.examples.ExampleCluster;
import dev.converge.examples.NodeClient;
import dev.converge.examples.NodesInJvm;
import dev.converge.examples.onlineretail.Basket;
import dev.converge.node.cli.ExampleMain;
import dev.converge.node.lifecycle.StartupException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicInteger;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Follows the feed into H2 by a process that is killed again and again, and compares. */
@Command(
    name = "read-model",
    description = "The feed of final events as SQL tables; its follower is killed while it works.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
public final class ReadModel implements ExampleMain {
  private static final int MOST_KILLS = 20;
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ClusterOption cluster = new ClusterOption();

  @Option(
      names = "--baskets",
      paramLabel = "N",
      description = "How many of the " + Basket.ALL + " baskets.")
  private int baskets = 30;

  @Option(names = "--kills", paramLabel = "N", description = "How often to kill the follower.")
  private int kills = 2;

  @Override
  public Integer call() throws StartupException, InterruptedException, IOException, SQLException {
    check("--baskets", baskets, 1, Basket.ALL);
    check("--kills", kills, 0, MOST_KILLS);
    PrintWriter out = spec.commandLine().getOut();
    Path folder = Files.createTempDirectory("converge-example-");
    try (ExampleCluster open = cluster.open(out)) {
      return run(open.nodes(), folder.resolve("carts"), out) ? 0 : 1;
    } catch (CompletionException e) {
      throw new StartupException("The example cannot go on: " + e.getCause(), e);
    } finally {
      NodesInJvm.delete(folder);
    }
  }

  private boolean run(List<NodeClient> nodes, Path database, PrintWriter out)
      throws SQLException, InterruptedException {
    String from = Projection.end(nodes.get(0));
    List<Basket> all = Basket.read(baskets);
    Sales sales =
        new Sales(nodes, "read-model-" + Long.toString(System.currentTimeMillis(), 36) + "-");
    AtomicInteger commands = new AtomicInteger();
    Process follower = Follower.start(database, from, nodes);
    try {
      say(out, "A process follows GET /v1/feed into H2, process " + follower.pid() + ".");
      int parts = kills + 1;
      for (int part = 0; part < parts; part++) {
        List<CompletableFuture<?>> writes =
            all.subList(part * all.size() / parts, (part + 1) * all.size() / parts).stream()
                .<CompletableFuture<?>>map(one -> sales.write(one, commands::incrementAndGet))
                .toList();
        if (part < kills) {
          CompletableFuture.anyOf(writes.toArray(CompletableFuture<?>[]::new)).join();
          follower.destroyForcibly().waitFor();
          say(out, "Killed after " + commands + " commands to " + nodes.size() + " nodes.");
          follower = Follower.start(database, from, nodes);
          say(out, "Another goes on where it was, process " + follower.pid() + ".");
        }
        CompletableFuture.allOf(writes.toArray(CompletableFuture<?>[]::new)).join();
      }
    } finally {
      follower.destroyForcibly().waitFor();
    }
    say(out, "All " + commands + " commands are given. The rest is followed here, and compared.");
    return compare(nodes, database, from, all.stream().map(sales::cart).toList(), out);
  }

  private static boolean compare(
      List<NodeClient> nodes, Path database, String from, List<String> carts, PrintWriter out)
      throws SQLException, InterruptedException {
    try (CartTables tables = CartTables.open(database, from)) {
      Projection projection = new Projection(nodes, tables, Projection.PAGE);
      List<String> different =
          Await.until(LIMIT, () -> differences(projection, tables, nodes, carts), List::isEmpty);
      different.forEach(line -> say(out, "  " + line));
      say(out, "The items that most of them have, by SQL:");
      for (List<Object> row :
          tables.run(
              "SELECT item, carts, quantity FROM item_total"
                  + " ORDER BY carts DESC, item FETCH FIRST 3 ROWS ONLY")) {
        say(out, String.format("  %-8s in %s carts, %s in all", row.toArray()));
      }
      say(
          out,
          String.format(
              "%d differences between the tables and %d carts, %s events, each counted once",
              different.size(),
              carts.size(),
              tables.run("SELECT SUM(events) FROM cart").get(0).get(0)));
      return different.isEmpty();
    }
  }

  /** Follows to the feed's end; then the carts that differ, at any node. */
  private static List<String> differences(
      Projection projection, CartTables tables, List<NodeClient> nodes, List<String> carts) {
    try {
      while (projection.step()) {
        // there is more
      }
      List<String> all = new ArrayList<>();
      for (NodeClient node : nodes) {
        all.addAll(Comparison.differences(tables, node, carts));
        if (!all.isEmpty()) {
          break;
        }
      }
      return all;
    } catch (SQLException e) {
      throw new IllegalStateException("the tables cannot be read or written: " + e, e);
    }
  }

  private void check(String option, int value, int least, int most) {
    if (value < least || value > most) {
      throw new ParameterException(
          spec.commandLine(), option + " must be from " + least + " to " + most + ", not " + value);
    }
  }

  private static void say(PrintWriter out, String line) {
    out.println(line);
    out.flush();
  }
}
