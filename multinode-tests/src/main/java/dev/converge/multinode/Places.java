package dev.converge.multinode;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValueFactory;
import dev.converge.multinode.wire.ChildSettings;
import dev.converge.multinode.wire.ChildSettings.Ports;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Where the nodes of a group are: ports and folders, the same for each of their lives. */
final class Places {
  private final Layout layout;
  private final Map<String, Ports> ports;
  private final Map<String, Map<String, Integer>> servicePorts;
  private final int conductorPort;
  private final Path data;

  private Places(
      Layout layout,
      Map<String, Ports> ports,
      Map<String, Map<String, Integer>> servicePorts,
      int conductorPort,
      Path data) {
    this.layout = layout;
    this.ports = ports;
    this.servicePorts = servicePorts;
    this.conductorPort = conductorPort;
    this.data = data;
  }

  static Places of(Layout layout) {
    int size = layout.nodes().size();
    List<Integer> free = FreePorts.take(size * (3 + size) + 1);
    Iterator<Integer> next = free.iterator();
    int conductorPort = next.next();
    Map<String, Ports> ports = new LinkedHashMap<>();
    Map<String, Map<String, Integer>> servicePorts = new HashMap<>();
    for (String name : layout.nodes()) {
      int remote = next.next();
      int behind = next.next();
      String host = layout.proxies() ? "127.0.1." + (ports.size() + 1) : "";
      ports.put(name, new Ports(remote, layout.proxies() ? behind : remote, next.next(), host));
      Map<String, Integer> own = new HashMap<>();
      for (String peer : layout.nodes()) {
        int proxied = next.next();
        own.put(peer, layout.proxies() && !peer.equals(name) ? proxied : ports.get(name).service());
      }
      servicePorts.put(name, own);
    }
    if (layout.proxies() && !System.getProperty("os.name").startsWith("Linux")) {
      throw new IllegalStateException(
          "Proxies tell nodes apart by loopback addresses, of which only Linux has more than one"
              + " without being set up for it; do without slow links and cuts in one direction here");
    }
    try {
      Files.createDirectories(layout.output());
      return new Places(
          layout,
          ports,
          servicePorts,
          conductorPort,
          Files.createTempDirectory(layout.output().toAbsolutePath(), "data-"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean hasProxies() {
    return layout.proxies();
  }

  List<String> names() {
    return layout.nodes();
  }

  /** By peer, the port at which it finds this node's service. Without proxies all are the same. */
  Map<String, Integer> servicePorts(String node) {
    Map<String, Integer> byPeer = new HashMap<>(servicePorts.getOrDefault(node, Map.of()));
    byPeer.remove(node);
    return byPeer;
  }

  Ports of(String node) {
    Ports place = ports.get(node);
    if (place == null) {
      throw new IllegalArgumentException(
          "There is no node " + node + "; there are " + String.join(", ", layout.nodes()));
    }
    return place;
  }

  Path dataFolder(String node) {
    of(node);
    return data.resolve(node);
  }

  ChildSettings settings(String name, Duration clockOffset, int life) {
    boolean conductor = name.equals(Layout.CONDUCTOR);
    return new ChildSettings(
        name,
        conductor,
        conductorPort,
        layout.node().getName(),
        conductor ? "" : dataFolder(name).toString(),
        seenBy(name),
        layout.config(),
        conductor ? "" : pekkoConfig(of(name)),
        clockOffset.toMillis(),
        life);
  }

  private LinkedHashMap<String, Ports> seenBy(String name) {
    LinkedHashMap<String, Ports> seen = new LinkedHashMap<>();
    ports.forEach(
        (peer, place) -> {
          int service =
              servicePorts.getOrDefault(peer, Map.of()).getOrDefault(name, place.service());
          seen.put(peer, new Ports(place.remote(), place.bind(), service, place.clientHost()));
        });
    return seen;
  }

  private String pekkoConfig(Ports place) {
    Config own = ConfigFactory.empty();
    own =
        own.withValue(
            "pekko.remote.artery.canonical.port", ConfigValueFactory.fromAnyRef(place.remote()));
    own =
        own.withValue("pekko.remote.artery.bind.port", ConfigValueFactory.fromAnyRef(place.bind()));
    own =
        own.withValue(
            "pekko.remote.artery.advanced.tcp.outbound-client-hostname",
            ConfigValueFactory.fromAnyRef(place.clientHost()));
    return ConfigFactory.parseString(layout.config())
        .withFallback(own)
        .withFallback(ConfigFactory.parseResources("multinode-node.conf"))
        .root()
        .render(ConfigRenderOptions.concise());
  }

  /** Deletes the data. */
  void close() {
    try (Stream<Path> files = Files.walk(data)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      // A file that is there for longer does no harm.
    }
  }
}
