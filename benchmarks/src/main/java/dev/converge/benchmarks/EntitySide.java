package dev.converge.benchmarks;

import java.util.concurrent.CompletionStage;

/**
 * One of the two that are compared: three replicas in this JVM, each with a database of its own.
 */
interface EntitySide extends AutoCloseable {
  /** What the tables call it. */
  String name();

  /** Sends a command; completes when its event is committed at that replica. */
  CompletionStage<?> write(int replica, String id, long number);

  /** Brings an entity into the memory of a replica; completes when it can answer. */
  CompletionStage<?> wake(int replica, String id);

  /** Lets go of all entities that are in memory, as a restart does. */
  void restart() throws Exception;

  @Override
  void close() throws Exception;

  /** Makes a side. */
  interface Factory {
    EntitySide open(ReportDatabases databases, Arrivals arrivals) throws Exception;
  }
}
