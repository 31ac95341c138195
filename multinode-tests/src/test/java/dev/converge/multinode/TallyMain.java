package dev.converge.multinode;

import dev.converge.node.cli.Main;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A node with the version of {@link TallyType} that a file beside its configuration says. */
public final class TallyMain {
  private TallyMain() {}

  /** Gets {@code node --config FILE}. */
  public static void main(String[] args) throws IOException {
    System.setProperty(TallyType.VERSION, Files.readString(file(Path.of(args[2]))));
    Main.main(args);
  }

  private static Path file(Path config) {
    return config.resolveSibling(config.getFileName() + ".version");
  }

  /** The version that the node runs at its next start. */
  static void install(NodeProcess node, int version) throws IOException {
    Path config = node.config().dataDir().resolveSibling(node.name() + ".conf");
    Files.writeString(file(config), Integer.toString(version));
  }
}
