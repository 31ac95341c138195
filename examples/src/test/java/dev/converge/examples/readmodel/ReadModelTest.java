package dev.converge.examples.readmodel;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.examples.Await;
import dev.converge.examples.NodeClient;
import dev.converge.examples.NodesInJvm;
import dev.converge.examples.Run;
import dev.converge.examples.onlineretail.Basket;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two whole nodes in this JVM, whose feed is followed. */
class ReadModelTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final long SEED = 20261121;

  private static NodesInJvm cluster;

  /** The follower's process ends here. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  @BeforeAll
  static void start() throws Exception {
    cluster = NodesInJvm.start(2, List.of());
    // The client tries again until they are.
    cluster.clients().forEach(node -> node.get("/health/ready").join());
  }

  @AfterAll
  static void stop() {
    cluster.close();
  }

  @Test
  void aFollowerThatIsKilledAtAnyStatementNeitherMissesNorDoublesAnEvent(@TempDir Path folder)
      throws Exception {
    String from = Projection.end(cluster.clients().get(0));
    List<String> carts = write(12, "killed-");
    writeOnBothSidesOfACut("killed-cut");
    carts.add("killed-cut");
    Path file = folder.resolve("carts");
    Random random = new Random(SEED);

    int kills = 0;
    List<String> different = carts;
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!different.isEmpty() && System.nanoTime() < end) {
      int[] left = {1 + random.nextInt(50)};
      CartTables.Watch killer =
          statement -> {
            if (--left[0] == 0) {
              throw new Killed();
            }
          };
      CartTables tables;
      try {
        tables = CartTables.open(file, from, killer);
      } catch (Killed e) {
        kills++;
        continue;
      }
      try {
        Projection projection = new Projection(cluster.clients(), tables, 1 + random.nextInt(10));
        while (projection.step()) {
          // more is there
        }
        left[0] = 0; // to look is not to follow
        different = differences(tables, carts);
      } catch (Killed e) {
        kills++;
      } finally {
        tables.abandon();
      }
    }

    assertThat(different).as("seed %d, %d kills", SEED, kills).isEmpty();
    assertThat(kills).isGreaterThan(9);
  }

  private static List<String> differences(CartTables tables, List<String> carts)
      throws SQLException {
    List<String> all = new ArrayList<>();
    for (NodeClient node : cluster.clients()) {
      all.addAll(Comparison.differences(tables, node, carts));
    }
    return all;
  }

  private static List<String> write(int baskets, String prefix) {
    Sales sales = new Sales(cluster.clients(), prefix);
    List<Basket> some = Basket.read(baskets);
    CompletableFuture.allOf(
            some.stream()
                .map(basket -> sales.write(basket, () -> {}))
                .toArray(CompletableFuture<?>[]::new))
        .join();
    return new ArrayList<>(some.stream().map(sales::cart).toList());
  }

  /** Two quantities set, a removal that has not seen an addition, and a checkout beside both. */
  private static void writeOnBothSidesOfACut(String cart) throws InterruptedException {
    String path = "/v1/entities/cart/" + cart;
    NodeClient one = cluster.clients().get(0);
    NodeClient two = cluster.clients().get(1);
    one.post(path, add("tea", 2)).join();
    one.post(path, add("milk", 1)).join();
    Await.until(LIMIT, () -> two.get(path).join(), got -> got.at("/state/items").size() == 2);
    cluster.nodes().get(1).faults().cut(Set.of("node-1"));
    one.post(path, add("tea", 5)).join();
    one.post(path, set("milk", 3)).join();
    one.post(path, Map.of("command", "checkout")).join();
    two.post(path, Map.of("command", "remove", "item", "tea")).join();
    two.post(path, set("milk", 4)).join();
    cluster.nodes().get(1).faults().heal();
    Await.until(
        LIMIT,
        () -> one.get(path).join(),
        got -> got.at("/version/node-2").asInt() == 2 && got.at("/version/node-1").asInt() == 5);
    assertThat(one.get("/v1/conflicts").join().toString()).contains(cart);
  }

  private static Map<String, ?> add(String item, int quantity) {
    return Map.of("command", "add", "item", item, "quantity", quantity);
  }

  private static Map<String, ?> set(String item, int quantity) {
    return Map.of("command", "setQuantity", "item", item, "quantity", quantity);
  }

  @Test
  void theExampleKillsAProcessAndFindsNoDifference() {
    List<String> options = new ArrayList<>(List.of("--baskets", "10", "--kills", "1"));
    cluster.clients().forEach(node -> options.addAll(List.of("--url", node.url().toString())));
    Run run = Run.of(new ReadModel(), options.toArray(new String[0]));

    assertThat(run.lines())
        .anyMatch(line -> line.startsWith("Killed after "))
        .last()
        .asString()
        .matches("0 differences between the tables and 10 carts, \\d+ events, each counted once");
    assertThat(run.exit()).isZero();
  }

  @Test
  void theTablesRefuseASecondFollower(@TempDir Path folder) throws Exception {
    String from = Projection.end(cluster.clients().get(0));
    write(1, "second-");
    try (CartTables tables = CartTables.open(folder.resolve("carts"), from)) {
      Projection projection = new Projection(cluster.clients(), tables, 1_000);
      Await.until(LIMIT, () -> moved(projection, tables), cursor -> !cursor.equals(from));

      assertThat(
              org.assertj.core.api.Assertions.catchThrowable(
                  () ->
                      tables.take(
                          from, cluster.clients().get(0).get("/v1/feed?from=" + from).join())))
          .hasMessageContaining("another process follows");
    }
  }

  private static String moved(Projection projection, CartTables tables) {
    try {
      projection.step();
      return tables.cursor();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }
}
