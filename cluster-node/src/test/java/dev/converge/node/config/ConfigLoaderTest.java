package dev.converge.node.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.converge.node.config.NodeConfig.DocumentTypeConfig;
import dev.converge.node.config.NodeConfig.Endpoint;
import dev.converge.node.config.NodeConfig.OnCreateCreate;
import dev.converge.node.config.NodeConfig.OnDeleteUpdate;
import dev.converge.node.config.NodeConfig.Peer;
import dev.converge.node.config.NodeConfig.Resolver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigLoaderTest {
  @TempDir Path folder;

  @Test
  void aNameIsEnoughAndTheRestHasDefaults() throws Exception {
    LoadedConfig loaded = load("converge.node.name = node-1");

    assertThat(loaded.node())
        .isEqualTo(
            new NodeConfig(
                "node-1",
                Path.of("data", "node-1"),
                new Endpoint("127.0.0.1", 8551),
                new Endpoint("127.0.0.1", 25551),
                List.of(),
                1024 * 1024,
                false,
                Map.of()));
    assertThat(loaded.stopTimeout()).isEqualTo(Duration.ofSeconds(15));
  }

  @Test
  void everyKeyIsReadAndANodeLeavesItselfOutOfItsPeers() throws Exception {
    LoadedConfig loaded =
        load(
            """
            converge {
              node { name = b, data-dir = /var/lib/converge, stop-timeout = 1 minute }
              http { host = 0.0.0.0, port = 80, max-body = 2 MiB }
              remote { host = b.example, port = 2552 }
              peers = [
                { name = a, remote { host = a.example, port = 2552 }, http { host = a.example, port = 80 } }
                { name = b, remote { host = b.example, port = 2552 }, http { host = b.example, port = 80 } }
              ]
              faults.enabled = on
              documents {
                note {}
                contract { resolver = manual, on-delete-update = update-wins, on-create-create = first-wins }
                profile.resolver = field-merge
              }
            }
            """);

    assertThat(loaded.node())
        .isEqualTo(
            new NodeConfig(
                "b",
                Path.of("/var/lib/converge"),
                new Endpoint("0.0.0.0", 80),
                new Endpoint("b.example", 2552),
                List.of(
                    new Peer("a", new Endpoint("a.example", 2552), new Endpoint("a.example", 80))),
                2 * 1024 * 1024,
                true,
                Map.of(
                    "note", rules(Resolver.LAST_WRITER_WINS),
                    "profile", rules(Resolver.FIELD_MERGE),
                    "contract",
                        new DocumentTypeConfig(
                            Resolver.MANUAL,
                            OnDeleteUpdate.UPDATE_WINS,
                            OnCreateCreate.FIRST_WINS))));
    assertThat(loaded.stopTimeout()).isEqualTo(Duration.ofMinutes(1));
  }

  private static DocumentTypeConfig rules(Resolver resolver) {
    return new DocumentTypeConfig(resolver, OnDeleteUpdate.DELETE_WINS, OnCreateCreate.MERGE);
  }

  @Test
  void allProblemsAreReportedAtOnceWithKeyLineValueAndWhatIsAllowed() {
    String message =
        rejected(
            """
            converge {
              node.name = "node 1"
              http.port = 70000
              http.max-body = 12 parsecs
              remote.host = 0.0.0.0
              faults.enabled = perhaps
              node.stop-timeout = 0s
              documents.note.resolver = newest
              htpp.port = 1
            }
            """);

    assertThat(message.lines().skip(1))
        .containsExactlyInAnyOrder(
            at(2)
                + "converge.node.name must be a name of 1 to 64 characters of [A-Za-z0-9._-], not"
                + " \"node 1\"",
            at(3) + "converge.http.port must be a port, a whole number from 1 to 65535, not 70000",
            at(4)
                + "converge.http.max-body must be a size from 1 KiB to 256 MiB, not \"12 parsecs\"",
            at(5)
                + "converge.remote.host must be the address that peers connect to, not the wildcard"
                + " \"0.0.0.0\"",
            at(6) + "converge.faults.enabled must be on or off, not \"perhaps\"",
            at(7) + "converge.node.stop-timeout must be a duration from 1s to 10m, not \"0s\"",
            at(8)
                + "converge.documents.note.resolver must be one of last-writer-wins, field-merge,"
                + " manual, not \"newest\"",
            at(9) + "converge.htpp is not a known key; did you mean converge.http?");
  }

  @Test
  void entitiesAndTheDatabaseAreRead() throws Exception {
    NodeConfig node =
        load("""
                converge {
                  node.name = a
                  entities {
                    idle-time = 5m, max-live = 500, ask-timeout = 2s, promise-interval = 1s
                    retention = 30d, archive = /var/archive
                  }
                  database {
                    kind = postgresql, durability = power
                    url = "jdbc:postgresql://db:5432/a", user = me, password = secret
                  }
                }
                """)
            .node();

    assertThat(node.entities())
        .isEqualTo(
            new EntitiesConfig(
                Duration.ofMinutes(5),
                500,
                Duration.ofSeconds(2),
                Duration.ofSeconds(1),
                Duration.ofDays(30),
                Optional.of(Path.of("/var/archive")),
                Path.of("plugins"),
                Map.of()));
    assertThat(node.database())
        .isEqualTo(
            new DatabaseConfig(
                DatabaseConfig.Kind.POSTGRESQL,
                "jdbc:postgresql://db:5432/a",
                "me",
                "secret",
                DatabaseConfig.Durability.POWER));
    assertThat(node.toString()).contains("jdbc:postgresql://db:5432/a").doesNotContain("secret");
  }

  @Test
  void rulesOfExpiryAreRead() throws Exception {
    assertThat(
            load("""
                converge {
                  node.name = a
                  store.expiry = [ { prefix = "session/", after = 30m }, { prefix = "", after = 1d } ]
                }
                """)
                .node()
                .storeExpiry())
        .containsExactly(
            new NodeConfig.Expiry("session/", Duration.ofMinutes(30)),
            new NodeConfig.Expiry("", Duration.ofDays(1)));
    assertThat(
            rejected(
                "converge { node.name = a, store.expiry = [ { prefix = a, after = 5ms },"
                    + " { prefix = a, after = 1s, afer = 2s }, { after = 1s } ] }"))
        .contains(
            "converge.store.expiry[0].after must be a duration from 100ms",
            "converge.store.expiry[1].prefix must be another one; \"a\" is in the list already",
            "converge.store.expiry[1].afer is not a known key; did you mean",
            "converge.store.expiry[2].prefix is missing");
  }

  @Test
  void levelsOfEntityTypesAreRead() throws Exception {
    assertThat(
            load("""
                converge {
                  node.name = a
                  entities.levels { cart { write = majority, read = session }, note.write = 2 }
                }
                """)
                .node()
                .entities()
                .levels())
        .containsOnly(
            Map.entry("cart", new EntitiesConfig.Levels("majority", "session")),
            Map.entry("note", new EntitiesConfig.Levels("2", "local")));
    assertThat(
            rejected(
                "converge { node.name = a, entities.levels"
                    + " { cart { write = all, read = 1 }, note { reads = local }, x = 1 } }"))
        .contains(
            "converge.entities.levels.cart.write must be local, majority, or a number of replicas"
                + " from 1, not \"all\"",
            "converge.entities.levels.cart.read must be local, session or majority, not 1",
            "did you mean converge.entities.levels.note.read?",
            "converge.entities.levels.x must be an object, not 1");
  }

  @Test
  void whatIsWrongWithEntitiesAndTheDatabaseIsSaid() {
    assertThat(
            rejected(
                    """
                    converge {
                      node.name = a
                      entities.idle-time = 100ms
                      entities.max-live = 99.5
                      entities.retention = -1d
                      entities.promise-intervall = 1s
                      entities.archive = " "
                      database.url = "jdbc:postgresql://db/a"
                      database.durability = disk
                    }
                    """)
                .lines()
                .skip(1))
        .containsExactlyInAnyOrder(
            at(3) + "converge.entities.idle-time must be a duration from 1s to 1d, not \"100ms\"",
            at(4)
                + "converge.entities.max-live must be a whole number from 100 to 10000000, not 99.5",
            at(5)
                + "converge.entities.retention must be a duration such as 7d; 0s for none, not"
                + " \"-1d\"",
            at(6)
                + "converge.entities.promise-intervall is not a known key; did you mean"
                + " converge.entities.promise-interval?",
            at(7) + "converge.entities.archive must be the path of a folder, not \" \"",
            at(8)
                + "converge.database.url is for kind = postgresql; an H2 file is in"
                + " converge.node.data-dir always",
            at(9) + "converge.database.durability must be one of process, power, not \"disk\"");
  }

  @Test
  void postgresqlNeedsAUrlAndAUser() {
    assertThat(rejected("converge { node.name = a, database.kind = postgresql }"))
        .contains(
            "converge.database.url is missing; it must be like jdbc:postgresql://host:5432/name",
            "converge.database.user is missing");
    assertThat(
            rejected(
                "converge { node.name = a, database { kind = postgresql, user = u, url ="
                    + " \"jdbc:h2:mem:a\" } }"))
        .contains("converge.database.url must be like jdbc:postgresql://");
  }

  @Test
  void aMissingNameIsReportedByItsKey() {
    assertThat(rejected("converge.http.port = 9000"))
        .contains("converge.node.name is missing; it must be a name of 1 to 64 characters");
  }

  @Test
  void aKeyThatResemblesNothingShowsTheKnownOnes() {
    assertThat(rejected("converge { node.name = a, remote.banana = 1 }"))
        .contains("converge.remote.banana is not a known key; known here: host, port");
  }

  @Test
  void unknownKeysAreFoundInsideListsAndDocumentTypes() {
    assertThat(
            rejected(
                """
                converge {
                  node.name = a
                  peers = [{ name = b, remote { host = b, port = 1 }, http { host = b, prot = 2 } }]
                  documents.note.on-delete-updates = update-wins
                }
                """))
        .contains(
            at(3) + "converge.peers[0].http.port is missing",
            at(3)
                + "converge.peers[0].http.prot is not a known key; did you mean"
                + " converge.peers[0].http.port?",
            at(4)
                + "converge.documents.note.on-delete-updates is not a known key; did you mean"
                + " converge.documents.note.on-delete-update?");
  }

  @Test
  void peersThatShareANameOrAnAddressAreRefused() {
    assertThat(
            rejected(
                """
                converge {
                  node.name = a
                  peers = [
                    { name = b, remote { host = b, port = 1 }, http { host = b, port = 2 } }
                    { name = b, remote { host = c, port = 1 }, http { host = c, port = 2 } }
                    { name = d, remote { host = b, port = 1 }, http { host = d, port = 2 } }
                    { name = e, remote { host = 127.0.0.1, port = 25551 }, http { host = e, port = 2 } }
                    { name = a, remote { host = a, port = 25552 }, http { host = a, port = 8551 } }
                  ]
                }
                """))
        .contains(
            "converge.peers[1].name must be another name; \"b\" is in the list already",
            "converge.peers[2].remote must be another address; b:1 is that of b",
            "converge.peers[3].remote must be another address; 127.0.0.1:25551 is that of this"
                + " node, a",
            "converge.peers[4].remote is this node's own entry and must have the port of"
                + " converge.remote, 25551, not 25552");
  }

  @Test
  void valuesOfTheWrongShapeAreRefused() {
    assertThat(rejected("converge { node.name = [1], http = 8551, peers = all, documents = [] }"))
        .contains(
            "converge.node.name must be a name",
            "converge.http must be an object, not 8551",
            "converge.peers must be a list of objects, not \"all\"",
            "converge.documents must be an object, not []");
  }

  @Test
  void aPortWithAFractionIsNoPort() {
    assertThat(rejected("converge { node.name = a, http.port = 80.5 }"))
        .contains("converge.http.port must be a port")
        .contains("not 80.5");
  }

  @Test
  void documentTypesDoNotShadowReadyMadeOnes() {
    assertThat(rejected("converge { node.name = a, documents { cart {}, \"Big One\" {} } }"))
        .contains(
            "converge.documents.cart must be named otherwise",
            "converge.documents.\"Big One\" must be named with 1 to 64 characters of [a-z0-9-]");
  }

  @Test
  void oneListenerCannotBeForBothHttpAndRemoting() {
    assertThat(rejected("converge { node.name = a, http.port = 9000, remote.port = 9000 }"))
        .contains("converge.remote.port must differ from converge.http.port; both are 9000");
  }

  @Test
  void otherKeysPassThrough() throws Exception {
    LoadedConfig loaded = load("converge.node.name = a, pekko.loglevel = DEBUG");

    assertThat(loaded.raw().getString("pekko.loglevel")).isEqualTo("DEBUG");
    assertThat(loaded.raw().getString("converge.http.host")).isEqualTo("127.0.0.1");
  }

  @Test
  void systemPropertiesOutsideTheSectionsAreForSomebodyElse() {
    Config overrides =
        ConfigLoader.overrides(
            ConfigFactory.parseMap(
                Map.of("converge.seed", "7", "converge.http.port", "9001", "user.name", "x")));

    assertThat(overrides.root().unwrapped())
        .isEqualTo(Map.of("converge", Map.of("http", Map.of("port", "9001"))));
  }

  @Test
  void overridesWinOverTheFile() throws Exception {
    LoadedConfig loaded =
        ConfigLoader.load(
            "test",
            ConfigFactory.parseString("converge { node.name = a, http.port = 1 }"),
            ConfigFactory.parseMap(Map.of("converge.http.port", "9001")));

    assertThat(loaded.node().http().port()).isEqualTo(9001);
  }

  @Test
  void anAbsentFileAndBadSyntaxSaySo() throws Exception {
    assertThatThrownBy(() -> ConfigLoader.load(folder.resolve("none.conf")))
        .isInstanceOf(InvalidConfigException.class)
        .hasMessage("There is no configuration file " + folder.resolve("none.conf") + ".");
    assertThatThrownBy(() -> ConfigLoader.load(folder))
        .hasMessage("The configuration " + folder + " is not a file.");
    assertThat(rejected("converge { node")).contains("node.conf cannot be understood: ");
    assertThat(rejected("converge.node.name = ${nowhere}")).contains("nowhere");
    assertThat(rejected("converge = 7")).contains("converge must be an object");
  }

  @Test
  void theReferenceDeploymentsAreValid() throws Exception {
    Path config = Path.of("..", "config", "local");
    for (int n = 1; n <= 3; n++) {
      NodeConfig node = ConfigLoader.load(config.resolve("node-" + n + ".conf")).node();
      assertThat(node.name()).isEqualTo("node-" + n);
      assertThat(node.http().port()).isEqualTo(8550 + n);
      assertThat(node.peers()).hasSize(2);
      assertThat(node.documents()).containsOnlyKeys("note", "profile", "contract");
    }
  }

  private LoadedConfig load(String text) throws IOException, InvalidConfigException {
    return ConfigLoader.load(Files.writeString(folder.resolve("node.conf"), text));
  }

  private String rejected(String text) {
    InvalidConfigException e = catchThrowableOfType(InvalidConfigException.class, () -> load(text));
    assertThat(e).as("the configuration should be refused").isNotNull();
    return String.valueOf(e.getMessage());
  }

  private String at(int line) {
    return "  " + folder.resolve("node.conf") + ":" + line + ": ";
  }
}
