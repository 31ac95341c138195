package dev.converge.multinode.suite;

import dev.converge.multinode.MultiNode;
import dev.converge.multinode.NodeContext;
import dev.converge.multinode.TestNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.apache.pekko.actor.ActorSystem;

/** A node with the version of {@link TallyType} that a file beside its data says. */
public final class TallyTestNode implements TestNode {
  private final ConvergeTestNode node = new ConvergeTestNode();

  /** Made by the harness. */
  public TallyTestNode() {}

  private static Path file(Path dataFolder, String name) {
    return dataFolder.resolveSibling(name + ".tally");
  }

  /** The version that the node runs at its next start; 1 where nothing is said. */
  static void install(MultiNode group, String name, int version) throws IOException {
    Files.writeString(file(group.dataFolder(name), name), Integer.toString(version));
  }

  @Override
  public void start(NodeContext context) throws Exception {
    Path file = file(context.dataFolder(), context.name());
    if (Files.exists(file)) {
      System.setProperty(TallyType.VERSION, Files.readString(file));
    }
    node.start(context);
  }

  @Override
  public Optional<ActorSystem> system() {
    return node.system();
  }

  @Override
  public boolean isWithoutSystem() {
    return node.isWithoutSystem();
  }

  @Override
  public void cut(String peer, boolean cut) {
    node.cut(peer, cut);
  }

  @Override
  public void stop() {
    node.stop();
  }
}
