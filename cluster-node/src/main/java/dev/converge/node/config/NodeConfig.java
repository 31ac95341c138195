package dev.converge.node.config;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What a node is told at its start. Immutable.
 *
 * @param name the node's configured name, such as {@code node-1}; valid as a {@link
 *     dev.converge.crdt.clock.ReplicaId#name()}
 * @param dataDir the folder of the node's own database; created if absent, locked while the node
 *     runs
 * @param http where the HTTP API listens
 * @param remote where Pekko remoting listens
 * @param peers the other nodes, this one left out; by name
 * @param maxBodyBytes the largest HTTP request body taken, in bytes
 * @param faultsEnabled whether {@code /v1/faults} exists (tests and the local cluster only)
 * @param documents the declared document types by name
 * @param entities how entities are kept
 * @param database where
 * @param isStoreDurable whether the store of CRDTs is kept in the database too
 * @param storeExpiry which keys of the store are removed when nobody writes them
 */
public record NodeConfig(
    String name,
    Path dataDir,
    Endpoint http,
    Endpoint remote,
    List<Peer> peers,
    long maxBodyBytes,
    boolean faultsEnabled,
    Map<String, DocumentTypeConfig> documents,
    EntitiesConfig entities,
    DatabaseConfig database,
    boolean isStoreDurable,
    List<Expiry> storeExpiry) {
  /** Copies the collections. */
  public NodeConfig {
    storeExpiry = List.copyOf(storeExpiry);
    peers = List.copyOf(peers);
    documents = Map.copyOf(documents);
  }

  /**
   * Keys that start with {@code prefix} are removed when they were not written for {@code after}.
   */
  public record Expiry(String prefix, Duration after) {}

  /** With entities, database and store as they are by default. */
  public NodeConfig(
      String name,
      Path dataDir,
      Endpoint http,
      Endpoint remote,
      List<Peer> peers,
      long maxBodyBytes,
      boolean faultsEnabled,
      Map<String, DocumentTypeConfig> documents) {
    this(
        name,
        dataDir,
        http,
        remote,
        peers,
        maxBodyBytes,
        faultsEnabled,
        documents,
        EntitiesConfig.DEFAULT,
        DatabaseConfig.H2_FILE,
        true,
        List.of());
  }

  /** The same with entities kept as {@code other} says. */
  public NodeConfig withEntities(EntitiesConfig other) {
    return new NodeConfig(
        name,
        dataDir,
        http,
        remote,
        peers,
        maxBodyBytes,
        faultsEnabled,
        documents,
        other,
        database,
        isStoreDurable,
        storeExpiry);
  }

  /**
   * A host and a port.
   *
   * @param host a name or address
   * @param port 1 to 65,535
   */
  public record Endpoint(String host, int port) {
    @Override
    public String toString() {
      return host + ":" + port;
    }
  }

  /**
   * Another node of the cluster.
   *
   * @param name its configured name
   * @param remote where its Pekko remoting listens
   * @param http where its HTTP API listens
   */
  public record Peer(String name, Endpoint remote, Endpoint http) {}

  /**
   * The conflict rules of one document type.
   *
   * @param resolver how concurrent writes of the same document are judged
   * @param onDeleteUpdate who wins between a delete and a concurrent update
   * @param onCreateCreate what two concurrent creations become
   */
  public record DocumentTypeConfig(
      Resolver resolver, OnDeleteUpdate onDeleteUpdate, OnCreateCreate onCreateCreate) {}

  /** How concurrent writes of the same document are judged. */
  public enum Resolver {
    /** The last writer's version of the whole document stands. */
    LAST_WRITER_WINS,
    /** Field by field; of one field the last writer's value stands. */
    FIELD_MERGE,
    /** Escalated to a person. */
    MANUAL
  }

  /** Who wins between a delete and a concurrent update. */
  public enum OnDeleteUpdate {
    /** The document is deleted. */
    DELETE_WINS,
    /** The document lives on. */
    UPDATE_WINS
  }

  /** What two concurrent creations of one document become. */
  public enum OnCreateCreate {
    /** One document with the fields of both. */
    MERGE,
    /** The first in the total order. */
    FIRST_WINS
  }
}
