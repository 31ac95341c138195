package dev.converge.node.cli.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.node.config.ConfigLoader;
import dev.converge.node.config.NodeConfig;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LocalLayoutTest {
  @TempDir Path folder;

  @Test
  void theNthNodeIsOnTheNthPortWithAFolderOfItsOwn() throws Exception {
    LocalLayout layout = new LocalLayout(3, folder, 8551, 25551, Optional.empty());
    Path file = Files.writeString(folder.resolve("x.conf"), layout.configText(2));

    NodeConfig node = ConfigLoader.load(file).node();

    assertThat(node.name()).isEqualTo("node-2");
    assertThat(node.dataDir()).isEqualTo(folder.resolve("node-2"));
    assertThat(node.http()).hasToString("127.0.0.1:8552");
    assertThat(node.remote()).hasToString("127.0.0.1:25552");
    assertThat(node.peers()).extracting(NodeConfig.Peer::name).containsExactly("node-1", "node-3");
    assertThat(node.faultsEnabled()).isTrue();
    assertThat(node.documents()).containsOnlyKeys("note", "profile", "contract");
    assertThat(layout.urls()).contains(URI.create("http://127.0.0.1:8553"));
  }

  @Test
  void settingsOfTheUserWinOverTheBuiltInOnesAndReachEveryNode() throws Exception {
    Path settings =
        Files.writeString(
            folder.resolve("my \"own\" settings.conf"),
            "converge { faults.enabled = off, documents.memo {} }, pekko.loglevel = DEBUG");
    LocalLayout layout = new LocalLayout(1, folder, 8551, 25551, Optional.of(settings));
    Path file = Files.writeString(folder.resolve("x.conf"), layout.configText(1));

    var loaded = ConfigLoader.load(file);

    assertThat(loaded.node().faultsEnabled()).isFalse();
    assertThat(loaded.node().documents()).containsKeys("memo", "note");
    assertThat(loaded.raw().getString("pekko.loglevel")).isEqualTo("DEBUG");
  }

  @Test
  void numbersOutOfRangeNameTheOption() {
    assertThatThrownBy(() -> new LocalLayout(0, folder, 1, 100, Optional.empty()))
        .hasMessage("--nodes must be from 1 to 16, not 0");
    assertThatThrownBy(() -> new LocalLayout(3, folder, 65_534, 100, Optional.empty()))
        .hasMessage("--http-port must be from 1 to 65533, not 65534");
    assertThatThrownBy(() -> new LocalLayout(3, folder, 8551, 8552, Optional.empty()))
        .hasMessageContaining("must be at least 3 apart");
  }
}
