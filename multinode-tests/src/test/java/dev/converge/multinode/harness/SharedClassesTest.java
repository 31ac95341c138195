package dev.converge.multinode.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.converge.multinode.Layout;
import dev.converge.multinode.MultiNode;
import dev.converge.multinode.PekkoNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Nodes of later groups map their classes from an archive that an earlier group has left. */
class SharedClassesTest {
  private static final Path MAPS = Path.of("/proc/self/maps");

  @Test
  void theSecondGroupOfAKindMapsTheClassesOfTheFirst() {
    assumeTrue(Files.exists(MAPS), "only Linux tells what a process has mapped");
    // No former run has used these flags.
    Layout layout =
        Layout.of(
                "shared-classes",
                List.of("a"),
                PekkoNode.class,
                Layout.outputRoot().resolve("shared-classes"))
            .withJvmFlags("-Dshared.classes.run=" + System.nanoTime());
    try (MultiNode first = MultiNode.start(layout)) {
      assertThat(archives(first)).isZero();
    }
    try (MultiNode second = MultiNode.start(layout)) {
      assertThat(archives(second)).isPositive();
    }
  }

  private static long archives(MultiNode nodes) {
    return nodes.callOn(
        "a",
        node -> {
          try (var lines = Files.lines(Path.of("/proc/self/maps"))) {
            return lines
                .filter(line -> line.endsWith(".jsa") && line.contains("multinode/classes"))
                .count();
          }
        });
  }
}
