package dev.converge.multinode.suite;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import dev.converge.multinode.NodeContext;
import dev.converge.multinode.TestNode;
import dev.converge.node.ConvergeNode;
import dev.converge.node.RestartingNode;
import dev.converge.node.config.ConfigLoader;
import dev.converge.node.config.LoadedConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.pekko.actor.ActorSystem;
import org.jspecify.annotations.Nullable;

/**
 * Converge's own node, as {@code ./converge node} runs it, on the clock that the test sets. What
 * the test says of its settings stands in the node's configuration file, but for two keys: {@code
 * test.joiners}, nodes that know the others and are not known to them, and {@code test.only}, whose
 * settings for a node of some name are that node's alone.
 */
public final class ConvergeTestNode implements TestNode {
  private @Nullable RestartingNode node;

  /** Made by the harness. */
  public ConvergeTestNode() {}

  @Override
  public void start(NodeContext context) throws Exception {
    Config said = ConfigFactory.parseString(context.config());
    Path file = context.dataFolder().resolveSibling(context.name() + ".conf");
    Files.writeString(file, hocon(context, said));
    LoadedConfig loaded = ConfigLoader.load(file);
    RestartingNode started = RestartingNode.start(loaded.node(), loaded.raw(), context.clock());
    node = started;
    started
        .terminated()
        .whenComplete(
            (ended, error) -> {
              if (error != null) {
                error.printStackTrace();
                Runtime.getRuntime().halt(1);
              }
            });
    Runtime.getRuntime().addShutdownHook(new Thread(started::stop, "graceful stop"));
  }

  private static String hocon(NodeContext context, Config said) {
    String name = context.name();
    List<String> joiners =
        said.hasPath("test.joiners") ? said.getStringList("test.joiners") : List.of();
    StringBuilder text = new StringBuilder("converge {\n");
    text.append("  node { name = ").append(name);
    text.append(", data-dir = \"").append(context.dataFolder()).append("\" }\n");
    text.append("  http ").append(endpoint(context.servicePort(name))).append('\n');
    text.append("  remote ").append(endpoint(context.remotePort(name))).append('\n');
    text.append("  faults.enabled = on\n  peers = [\n");
    for (String peer : context.names()) {
      if (!peer.equals(name) && !joiners.contains(peer)) {
        text.append("    { name = ").append(peer);
        text.append(", remote ").append(endpoint(context.remotePort(peer)));
        text.append(", http ").append(endpoint(context.servicePort(peer))).append(" }\n");
      }
    }
    text.append("  ]\n");
    text.append("  documents {\n    note { resolver = last-writer-wins }\n");
    text.append("    profile { resolver = field-merge, on-delete-update = update-wins }\n");
    text.append("    contract { resolver = manual }\n");
    text.append("    pledge { resolver = field-merge, on-create-create = first-wins }\n");
    text.append("    leveled {}\n  }\n");
    text.append("  entities.levels.leveled.write = 9\n");
    text.append("  store.expiry = [ { prefix = \"expires/\", after = 3s } ]\n}\n");
    text.append("pekko.fail-mixed-versions = off\n");
    text.append("pekko.remote.artery.bind ");
    text.append("{ hostname = \"127.0.0.1\", port = ").append(context.bindPort()).append(" }\n");
    text.append("pekko.remote.artery.advanced.tcp.outbound-client-hostname = \"");
    text.append(context.clientHost()).append("\"\n");
    text.append(lines(said.withoutPath("test"))).append('\n');
    if (said.hasPath("test.only." + name)) {
      text.append(lines(said.getConfig("test.only." + name))).append('\n');
    }
    return text.toString();
  }

  /** Without braces around all. */
  private static String lines(Config config) {
    return config.isEmpty()
        ? ""
        : config
            .root()
            .render(
                ConfigRenderOptions.defaults()
                    .setJson(false)
                    .setComments(false)
                    .setOriginComments(false));
  }

  private static String endpoint(int port) {
    return "{ host = \"127.0.0.1\", port = " + port + " }";
  }

  @Override
  public Optional<ActorSystem> system() {
    // Its cluster system is replaced when clusters merge.
    return Optional.empty();
  }

  @Override
  public boolean isWithoutSystem() {
    return true;
  }

  /** What runs here. */
  ConvergeNode running() {
    RestartingNode running = node;
    if (running == null) {
      throw new IllegalStateException("not started");
    }
    return running.node();
  }

  @Override
  public void cut(String peer, boolean cut) {
    if (cut) {
      running().faults().cut(Set.of(peer));
    } else {
      running().faults().heal(peer);
    }
  }

  @Override
  public void stop() {
    if (node != null) {
      node.stop();
    }
  }
}
