package dev.converge.node;

import dev.converge.node.config.DatabaseConfig;
import dev.converge.node.config.EntitiesConfig;
import dev.converge.node.config.NodeConfig;
import dev.converge.node.store.StoreDatabase;
import dev.converge.node.store.StoreExpiry;
import dev.converge.pekko.Entities;
import dev.converge.pekko.ReplicaHome;
import dev.converge.pekko.Replication;
import dev.converge.pekko.journal.DatabaseAddress;
import dev.converge.pekko.membership.BootId;
import dev.converge.pekko.membership.ReplicasSettings;
import dev.converge.pekko.peer.LinkSettings;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What the configuration says of a node's database and replication, in the words of those. */
final class NodeStorage {
  private static final long CHECKPOINT_EVENTS = 1_000;
  private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(10);

  private NodeStorage() {}

  static ReplicaHome open(NodeConfig config, LongSupplier incarnations) {
    DatabaseConfig database = config.database();
    boolean flushed = isFlushed(config);
    if (database.kind() == DatabaseConfig.Kind.H2) {
      return ReplicaHome.open(config.dataDir(), config.name(), flushed, incarnations);
    }
    DatabaseAddress address =
        DatabaseAddress.postgresql(database.url(), database.user(), database.password())
            .flushing(flushed);
    return ReplicaHome.at(address, config.name(), incarnations);
  }

  /** Where the store is kept; null if it is not. */
  static @Nullable StoreDatabase openStore(NodeConfig config) {
    if (!config.isStoreDurable()) {
      return null;
    }
    if (config.database().kind() == DatabaseConfig.Kind.H2) {
      return StoreDatabase.open(config.dataDir(), isFlushed(config));
    }
    DatabaseConfig database = config.database();
    return StoreDatabase.at(
        DatabaseAddress.postgresql(database.url(), database.user(), database.password())
            .flushing(isFlushed(config)));
  }

  static StoreExpiry expiry(NodeConfig config) {
    return new StoreExpiry(
        config.storeExpiry().stream()
            .map(one -> new StoreExpiry.Rule(one.prefix(), one.after()))
            .toList(),
        config.peers().stream().map(NodeConfig.Peer::name).collect(Collectors.toSet()));
  }

  private static boolean isFlushed(NodeConfig config) {
    return config.database().durability() == DatabaseConfig.Durability.POWER;
  }

  static Replication.Settings settings(NodeConfig config) {
    return new Replication.Settings(
        LinkSettings.DEFAULT,
        ReplicasSettings.DEFAULT
            .promisingEvery(config.entities().promiseInterval())
            .flushed(isFlushed(config))
            .onBoot(BootId.read())
            .at(config.remote().toString()));
  }

  static Entities.Settings entities(EntitiesConfig config) {
    return new Entities.Settings(
        config.idleTime(),
        config.askTimeout(),
        config.maxLive(),
        CHECKPOINT_EVENTS,
        CHECKPOINT_INTERVAL);
  }
}
