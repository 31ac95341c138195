package dev.converge.node.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.node.config.NodeConfig.DocumentTypeConfig;
import dev.converge.node.config.NodeConfig.Endpoint;
import dev.converge.node.config.NodeConfig.Expiry;
import dev.converge.node.config.NodeConfig.OnCreateCreate;
import dev.converge.node.config.NodeConfig.OnDeleteUpdate;
import dev.converge.node.config.NodeConfig.Peer;
import dev.converge.node.config.NodeConfig.Resolver;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads a node's configuration from a HOCON file. The keys and their defaults stand in {@code
 * reference-converge.conf}. The check is whole: all problems are reported at once, each with its
 * key, file and line, the bad value and what is allowed.
 */
public final class ConfigLoader {
  private static final String REFERENCE = "reference-converge.conf";
  private static final String LOCAL_CLUSTER = "local-cluster.conf";
  private static final long KIB = 1024;
  private static final long MIB = 1024 * KIB;
  private static final Set<String> READY_MADE_TYPES = Set.of("counter", "cart");

  private ConfigLoader() {}

  /**
   * Reads {@code file}; the system properties {@code converge.*} and {@code pekko.*} win over it.
   *
   * @throws InvalidConfigException if the file cannot be read or says something wrong
   */
  public static LoadedConfig load(Path file) throws InvalidConfigException {
    if (!Files.isRegularFile(file)) {
      throw new InvalidConfigException(
          Files.exists(file)
              ? "The configuration " + file + " is not a file."
              : "There is no configuration file " + file + ".");
    }
    if (!Files.isReadable(file)) {
      throw new InvalidConfigException("The configuration file " + file + " cannot be read.");
    }
    try {
      Config said =
          ConfigFactory.parseFile(
              file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false));
      return load(file.toString(), said, overrides());
    } catch (ConfigException e) {
      throw unreadable(file.toString(), e);
    }
  }

  /** The document types that every local cluster has. */
  public static Map<String, DocumentTypeConfig> localDocuments() throws InvalidConfigException {
    Config local =
        ConfigFactory.parseResources(ConfigLoader.class.getClassLoader(), LOCAL_CLUSTER)
            .withValue("converge.node.name", ConfigValueFactory.fromAnyRef("local"));
    return load(LOCAL_CLUSTER, local, ConfigFactory.empty()).node().documents();
  }

  /** As {@link #load(Path)}, from what is parsed already. */
  static LoadedConfig load(String source, Config said, Config overrides)
      throws InvalidConfigException {
    Config raw;
    try {
      raw =
          overrides
              .withFallback(said)
              .withFallback(
                  ConfigFactory.parseResources(ConfigLoader.class.getClassLoader(), REFERENCE))
              .resolve();
    } catch (ConfigException e) {
      throw unreadable(source, e);
    }
    List<Problem> problems = new ArrayList<>();
    ConfigValue root = raw.root().get("converge");
    if (!(root instanceof ConfigObject object)) {
      throw new InvalidConfigException(source + ": converge must be an object, not " + root);
    }
    Section converge = new Section(object, "converge", problems);
    LoadedConfig loaded = read(converge, raw);
    if (!problems.isEmpty()) {
      throw new InvalidConfigException(source, problems);
    }
    return loaded;
  }

  private static InvalidConfigException unreadable(String source, ConfigException e) {
    return new InvalidConfigException(source + " cannot be understood: " + e.getMessage(), e);
  }

  private static Config overrides() {
    return overrides(ConfigFactory.systemProperties());
  }

  /**
   * What {@code properties} say of the node. Settings stand in sections; a plain value directly
   * under {@code converge}, such as the seed of a test, is meant for somebody else in this process.
   */
  static Config overrides(Config properties) {
    Config result = ConfigFactory.empty();
    if (properties.hasPath("pekko")) {
      result = result.withValue("pekko", properties.getValue("pekko"));
    }
    if (properties.root().get("converge") instanceof ConfigObject converge) {
      for (Map.Entry<String, ConfigValue> e : converge.entrySet()) {
        if (e.getValue() instanceof ConfigObject || e.getKey().equals("peers")) {
          result = result.withValue(ConfigUtil.joinPath("converge", e.getKey()), e.getValue());
        }
      }
    }
    return result;
  }

  private static LoadedConfig read(Section converge, Config raw) {
    Section node = converge.section("node");
    String name = name(node);
    Path dataDir = dataDir(node, name);
    Duration stopTimeout =
        node.duration(
            "stop-timeout",
            Duration.ofSeconds(1),
            Duration.ofMinutes(10),
            "must be a duration from 1s to 10m");
    node.finish();

    Section httpSection = converge.section("http");
    Endpoint http = endpoint(httpSection, "");
    long maxBody =
        httpSection.bytes("max-body", KIB, 256 * MIB, "must be a size from 1 KiB to 256 MiB");
    httpSection.finish();

    Section remoteSection = converge.section("remote");
    Endpoint remote = remoteEndpoint(remoteSection);
    remoteSection.finish();
    if (http.equals(remote)) {
      remoteSection.problem(
          "port", "must differ from converge.http.port; both are " + remote.port());
    }

    List<Peer> peers = peers(converge, name, http, remote);
    Section faults = converge.section("faults");
    boolean faultsEnabled = faults.flag("enabled");
    faults.finish();
    Map<String, DocumentTypeConfig> documents = documents(converge.section("documents"));
    EntitiesConfig entities = StorageKeys.entities(converge.section("entities"));
    DatabaseConfig database = StorageKeys.database(converge.section("database"));
    Section store = converge.section("store");
    boolean isStoreDurable = store.flag("durability");
    List<Expiry> storeExpiry = StorageKeys.expiry(store);
    store.finish();
    converge.finish();
    return new LoadedConfig(
        new NodeConfig(
            name,
            dataDir,
            http,
            remote,
            peers,
            maxBody,
            faultsEnabled,
            documents,
            entities,
            database,
            isStoreDurable,
            storeExpiry),
        stopTimeout,
        raw);
  }

  private static String name(Section section) {
    return section.text(
        "name",
        ReplicaId::isValidName,
        "must be a name of 1 to 64 characters of [A-Za-z0-9._-]",
        "invalid");
  }

  private static Path dataDir(Section node, String name) {
    if (!node.has("data-dir")) {
      return Path.of("data", name);
    }
    String text = node.text("data-dir", Section::isPath, "must be the path of a folder", "invalid");
    return Path.of(text);
  }

  private static Endpoint remoteEndpoint(Section section) {
    Endpoint endpoint = endpoint(section, "");
    if (endpoint.host().equals("0.0.0.0") || endpoint.host().equals("::")) {
      section.problem(
          "host",
          "must be the address that peers connect to, not the wildcard \"" + endpoint.host() + '"');
    }
    return endpoint;
  }

  private static Endpoint endpoint(Section section, String standIn) {
    String host =
        section.text(
            "host",
            text -> !text.isEmpty() && text.chars().noneMatch(c -> c <= ' ' || c == '/'),
            "must be a host name or an IP address",
            standIn);
    return new Endpoint(host, section.port("port"));
  }

  private static List<Peer> peers(Section converge, String self, Endpoint http, Endpoint remote) {
    List<Peer> peers = new ArrayList<>();
    Set<String> names = new HashSet<>();
    Map<Endpoint, String> addresses = new HashMap<>();
    for (Section entry : converge.sections("peers")) {
      String name = name(entry);
      Section remoteSection = entry.section("remote");
      Endpoint peerRemote = remoteEndpoint(remoteSection);
      remoteSection.finish();
      Section httpSection = entry.section("http");
      Endpoint peerHttp = endpoint(httpSection, "");
      httpSection.finish();
      entry.finish();
      if (!name.equals("invalid") && !names.add(name)) {
        entry.problem("name", "must be another name; \"" + name + "\" is in the list already");
      }
      String other = addresses.putIfAbsent(peerRemote, name);
      if (other != null && !peerRemote.host().isEmpty()) {
        entry.problem("remote", "must be another address; " + peerRemote + " is that of " + other);
      }
      if (name.equals(self)) {
        disagreement(entry, "remote", peerRemote, remote);
        disagreement(entry, "http", peerHttp, http);
      } else if (peerRemote.equals(remote)) {
        entry.problem(
            "remote", "must be another address; " + remote + " is that of this node, " + self);
      } else {
        peers.add(new Peer(name, peerRemote, peerHttp));
      }
    }
    return peers;
  }

  /** This node's entry in the list may listen on a wildcard of its own, but on no other port. */
  private static void disagreement(Section entry, String key, Endpoint listed, Endpoint own) {
    if (listed.port() != own.port()) {
      entry.problem(
          key,
          "is this node's own entry and must have the port of converge."
              + (key + ", " + own.port() + ", not " + listed.port()));
    }
  }

  private static Map<String, DocumentTypeConfig> documents(Section section) {
    Map<String, DocumentTypeConfig> documents = new HashMap<>();
    for (String type : section.names()) {
      Section rules = section.section(type);
      if (!type.matches("[a-z][a-z0-9-]{0,63}")) {
        section.problem(
            type,
            "must be named with 1 to 64 characters of [a-z0-9-], a letter first, not \""
                + (type + '"'));
      } else if (READY_MADE_TYPES.contains(type)) {
        section.problem(type, "must be named otherwise; " + type + " is a ready-made entity type");
      }
      documents.put(
          type,
          new DocumentTypeConfig(
              rules.choice("resolver", Resolver.values()),
              rules.choice("on-delete-update", OnDeleteUpdate.values()),
              rules.choice("on-create-create", OnCreateCreate.values())));
      rules.finish();
    }
    return documents;
  }
}
