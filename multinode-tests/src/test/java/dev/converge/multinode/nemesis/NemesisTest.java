package dev.converge.multinode.nemesis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.multinode.Layout;
import dev.converge.multinode.MultiNode;
import dev.converge.multinode.suite.ConvergeTestNode;
import dev.converge.multinode.suite.Databases;
import dev.converge.multinode.suite.JsonHttp;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.CleanupMode;
import org.junit.jupiter.api.io.TempDir;

/**
 * Three nodes, each on a PostgreSQL of its own where one can run, else on H2; {@code
 * -Dconverge.database=h2} says so. {@code -Dconverge.nemesis=300} for so many seconds a seed,
 * {@code -Dconverge.seeds=6} for so many seeds, {@code -Dconverge.seed=N} for the first.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class NemesisTest {
  private static final int SECONDS = Integer.getInteger("converge.nemesis", 30);
  private static final int SEEDS = Integer.getInteger("converge.seeds", 1);
  private static final long SEED = Long.getLong("converge.seed", 1L);
  private static final List<String> NODES = List.of("node-1", "node-2", "node-3");
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @TempDir(cleanup = CleanupMode.ALWAYS)
  static Path folder = Path.of(".");

  private final Path output = Layout.outputRoot().resolve("nemesis");
  private @Nullable Databases databases;
  private @Nullable MultiNode running;

  @BeforeAll
  void start() {
    StringBuilder config = new StringBuilder();
    if (!System.getProperty("converge.database", "postgresql").equals("h2")) {
      try {
        Databases started = Databases.start(NODES, folder);
        databases = started;
        for (String node : NODES) {
          config.append("test.only.").append(node).append(" {\n");
          config.append(started.config(node)).append("\n}\n");
        }
      } catch (IOException e) {
        System.out.println("PostgreSQL cannot run here, so it is H2: " + e);
      }
    }
    running =
        MultiNode.start(
            Layout.of("nemesis", NODES, ConvergeTestNode.class, output)
                .withConfig(config.toString())
                .withProxies());
  }

  @AfterAll
  void stop() {
    if (running != null) {
      running.close();
    }
    if (databases != null) {
      databases.close();
    }
  }

  private MultiNode group() {
    return java.util.Objects.requireNonNull(running);
  }

  private JsonHttp http(String node) {
    return new JsonHttp("http://127.0.0.1:" + group().servicePort(node));
  }

  @Test
  @Order(1)
  void anOutageOfOneDatabaseStopsOnlyItsNodeAndLosesNothingAcknowledged() {
    Databases present = databases;
    org.junit.jupiter.api.Assumptions.assumeTrue(present != null, "no PostgreSQL here");
    long acknowledged = 0;
    long unknown = 0;
    for (int i = 0; i < 150; i++) {
      if (i == 50) {
        java.util.Objects.requireNonNull(present).stop("node-2");
      } else if (i == 100) {
        java.util.Objects.requireNonNull(present).start("node-2");
      }
      String node = NODES.get(i % 3);
      if (isDown(i) && node.equals("node-2") && i % 6 != 1) {
        continue; // Each attempt waits for the database; a few show enough.
      }
      // A node whose database is there is given the time that a busy machine may need.
      String limit = node.equals("node-2") ? "2s" : "20s";
      try {
        int status =
            http(node)
                .post(
                    "/v1/entities/counter/outage?timeout=" + limit, Map.of("command", "increment"))
                .status();
        acknowledged += status == 200 ? 1 : 0;
        unknown += status == 503 ? 1 : 0;
        if (!node.equals("node-2") || !isNear(i)) {
          assertThat(status).as("%s at write %d", node, i).isEqualTo(200);
        }
      } catch (java.io.UncheckedIOException e) {
        unknown++;
      }
    }
    long least = acknowledged;
    long most = acknowledged + unknown;
    System.out.println(acknowledged + " acknowledged, " + unknown + " unknown");
    group()
        .await(
            "all three count the same, from " + least + " to " + most,
            LIMIT,
            () -> {
              long first = counted("node-1");
              return first >= least
                  && first <= most
                  && NODES.stream().allMatch(node -> counted(node) == first);
            });
  }

  private static boolean isDown(int write) {
    return write >= 50 && write < 100;
  }

  /** The node may need a moment after its database is back. */
  private static boolean isNear(int write) {
    return write >= 50;
  }

  private long counted(String node) {
    return http(node)
        .get("/v1/entities/counter/outage")
        .expectSuccess()
        .body()
        .at("/state/value")
        .asLong();
  }

  @Test
  @Order(2)
  void randomFaultsUnderRandomLoadLeaveNoAnomaly() throws IOException, InterruptedException {
    List<NemesisRun.Result> results = new ArrayList<>();
    for (long seed = SEED; seed < SEED + SEEDS; seed++) {
      results.add(
          NemesisRun.run(
              group(),
              databases,
              seed,
              Duration.ofSeconds(SECONDS),
              output.resolve("history-" + seed + ".jsonl")));
      String report = Report.of("Nemesis, " + (databases == null ? "H2" : "PostgreSQL"), results);
      Files.writeString(output.resolve("report.md"), report);
      if (seed == SEED + SEEDS - 1) {
        System.out.println(report);
      }
    }
    for (NemesisRun.Result result : results) {
      assertThat(result.anomalies())
          .as("seed %d; the history is in %s", result.seed(), result.file())
          .isEmpty();
    }
  }
}
