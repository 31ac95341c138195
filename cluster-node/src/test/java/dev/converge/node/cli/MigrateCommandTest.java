package dev.converge.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.typesafe.config.ConfigFactory;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.engine.fold.Folded;
import dev.converge.node.ConvergeNode;
import dev.converge.node.cli.local.FreePorts;
import dev.converge.node.config.ConfigLoader;
import dev.converge.node.config.NodeConfig;
import dev.converge.node.entity.Cart;
import dev.converge.node.entity.CartEvent;
import dev.converge.node.entity.HostedType;
import dev.converge.node.entity.ReadyMadeTypes;
import dev.converge.node.lifecycle.DataFolderLock;
import dev.converge.node.lifecycle.StartupException;
import dev.converge.pekko.EntityAnswer;
import dev.converge.pekko.EntityRef;
import dev.converge.pekko.EntityType;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class MigrateCommandTest {
  private static final long THEN = 1_700_000_000_000L;

  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private Path config = Path.of("");
  private String url = "";

  @BeforeEach
  void anOldJournalAndANodeThatHasNotRun() throws Exception {
    url = "jdbc:h2:file:" + folder.resolve("old");
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      // As pekko-persistence-jdbc creates it, without what is not read.
      statement.execute(
          "CREATE TABLE \"event_journal\" (\"ordering\" BIGINT AUTO_INCREMENT, \"deleted\" BOOLEAN"
              + " DEFAULT FALSE NOT NULL, \"persistence_id\" VARCHAR(255) NOT NULL,"
              + " \"sequence_number\" BIGINT NOT NULL, \"write_timestamp\" BIGINT NOT NULL,"
              + " \"event_ser_id\" INTEGER NOT NULL, \"event_ser_manifest\" VARCHAR(255) NOT NULL,"
              + " \"event_payload\" BLOB NOT NULL,"
              + " PRIMARY KEY (\"persistence_id\", \"sequence_number\"))");
    }
    int port = FreePorts.row(2, new Random());
    config = folder.resolve("node.conf");
    Files.writeString(
        config,
        "converge { node { name = node-1, data-dir = \""
            + folder.resolve("data")
            + "\" }, http.port = "
            + port
            + ", remote.port = "
            + (port + 1)
            + ", documents.note {} }");
  }

  private void old(String id, long sequence, String event) throws Exception {
    try (Connection connection = DriverManager.getConnection(url);
        PreparedStatement insert =
            connection.prepareStatement(
                "MERGE INTO \"event_journal\" (\"persistence_id\", \"sequence_number\","
                    + " \"write_timestamp\", \"event_ser_id\", \"event_ser_manifest\","
                    + " \"event_payload\") KEY (\"persistence_id\", \"sequence_number\")"
                    + " VALUES (?, ?, ?, 31, '', ?)")) {
      insert.setString(1, id);
      insert.setLong(2, sequence);
      insert.setLong(3, THEN + sequence);
      insert.setBytes(4, event.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
      insert.execute();
    }
  }

  private int migrate(String... options) {
    out.getBuffer().setLength(0);
    err.getBuffer().setLength(0);
    CommandLine line =
        Main.commandLine(
            MigrateCommandTest.class,
            (loaded, raw) -> {
              throw new StartupException("no node here");
            });
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    String[] args = new String[options.length + 5];
    System.arraycopy(
        new String[] {"migrate", "--from", url, "--config", config.toString()}, 0, args, 0, 5);
    System.arraycopy(options, 0, args, 5, options.length);
    return line.execute(args);
  }

  private static <T> T join(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(20, TimeUnit.SECONDS);
  }

  /** Something that a node knows of its own types, once it runs. */
  private interface Look {
    void at(ConvergeNode node) throws Exception;
  }

  private void withNode(Look look) throws Exception {
    NodeConfig node = ConfigLoader.load(config).node();
    ConvergeNode running = ConvergeNode.start(node, ConfigFactory.empty());
    try {
      look.at(running);
    } finally {
      running.stop();
    }
  }

  @SuppressWarnings("unchecked") // the ready-made type of that name
  private static EntityRef<CartEvent, CartEvent, Cart.State> cart(ConvergeNode node, String id) {
    for (HostedType<?, ?, ?> type : node.types()) {
      if (type.type().name().equals("cart")) {
        return node.entities().get((EntityType<CartEvent, CartEvent, Cart.State>) type.type(), id);
      }
    }
    throw new AssertionError(ReadyMadeTypes.class);
  }

  @Test
  void oldCartsAreTheFirstHistoryOfNewOnesWithTheirTimes() throws Exception {
    old("cart|a", 1, "{'event':'added','item':'tea','quantity':2}");
    old("cart|a", 2, "{'event':'added','item':'milk','quantity':1}");
    old("cart|a", 3, "{'event':'removed','item':'milk'}");
    old("cart|b", 1, "{'event':'quantitySet','item':'salt','quantity':5}");
    old("cart|b", 2, "{'event':'checkedOut','items':{'salt':5}}");
    old("other|c", 1, "{}");
    assertThat(migrate("--type", "cart")).as(err.toString()).isZero();
    assertThat(out.toString().trim()).isEqualTo("2 entities, 5 events read, 5 new");
    assertThat(migrate("--type", "cart")).isZero();
    assertThat(out.toString().trim()).isEqualTo("2 entities, 5 events read, 0 new");
    withNode(
        node -> {
          EntityAnswer<Cart.State> a = join(cart(node, "a").get());
          assertThat(a.state().quantities().toString()).isEqualTo("{tea=2}");
          EntityAnswer<Cart.State> b = join(cart(node, "b").get());
          assertThat(b.state().quantities().toString()).isEqualTo("{salt=5}");
          assertThat(b.state().checkedOut()).isTrue();
          List<Folded<CartEvent>> history = join(cart(node, "a").history(0, 10)).events();
          assertThat(history)
              .extracting(folded -> folded.event().time())
              .containsExactly(time(1), time(2), time(3));
          join(cart(node, "a").run(new CartEvent.Added("bread", BigInteger.ONE)));
        });
    // The old application ran on, and so did the node: old events cannot come before new ones.
    old("cart|a", 4, "{'event':'added','item':'late','quantity':1}");
    assertThat(migrate("--type", "cart")).isEqualTo(1);
    assertThat(err.toString())
        .contains("entity 'a' of type 'cart' has a history already (event node-1")
        .contains("into a new cluster, or under another id");
  }

  private static HybridTimestamp time(long sequence) {
    return new HybridTimestamp(THEN + sequence, 0);
  }

  @Test
  void aMigrationThatStoppedGoesOnWithoutDoubles() throws Exception {
    for (int i = 1; i <= 5; i++) {
      old("C|" + i, 1, "{'event':'incremented','by':2}");
      old("C|" + i, 2, i == 3 ? "{'event':'exploded'}" : "{'by':-1}");
    }
    assertThat(migrate("--type", "counter", "--ids", "C|")).isEqualTo(1);
    assertThat(err.toString())
        .contains("Not all is migrated", "event 2 of C|3", "no event 'exploded'");
    old("C|3", 2, "{'by':-1}");
    assertThat(migrate("--type", "counter", "--ids", "C|")).isZero();
    assertThat(out.toString().trim()).isEqualTo("5 entities, 10 events read, 6 new");
  }

  @Test
  void anAdapterOnTheClassPathReadsWhatTheOldApplicationWrote() throws Exception {
    old("Memo-x", 1, "first");
    old("Memo-x", 2, "");
    old("Memo-x", 3, "third");
    assertThat(migrate("--type", "note", "--ids", "Memo-")).as(err.toString()).isZero();
    assertThat(out.toString().trim()).isEqualTo("1 entities, 3 events read, 2 new, 1 left out");
  }

  @Test
  void whatCannotBeDoneIsSaid() throws Exception {
    old("cart|a", 1, "{'event':'added','item':'tea','quantity':0}");
    assertThat(migrate("--type", "cart")).isEqualTo(1);
    assertThat(err.toString()).contains("event 1 of cart|a", "a positive integer, not 0");
    assertThat(migrate("--type", "basket")).isEqualTo(1);
    assertThat(err.toString()).contains("no entity type 'basket'", "counter, cart, note");
    assertThat(migrate("--type", "counter")).isEqualTo(1);
    assertThat(out.toString()).contains("No persistence id there starts with 'counter|'");
    assertThat(migrate("--type", "cart", "--table", "journal")).isEqualTo(1);
    assertThat(err.toString()).contains("cannot list the old entities");
    assertThat(migrate()).isEqualTo(2);
    try (DataFolderLock lock = DataFolderLock.acquire(folder.resolve("data"))) {
      assertThat(lock).isNotNull();
      assertThat(migrate("--type", "cart")).isEqualTo(1);
      assertThat(err.toString()).contains("data");
    }
  }
}
