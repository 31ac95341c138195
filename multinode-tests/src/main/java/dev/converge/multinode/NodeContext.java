package dev.converge.multinode;

import java.nio.file.Path;
import java.util.Set;
import java.util.function.LongSupplier;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Address;

/** A node, to code that runs in its JVM. Thread-safe. */
public interface NodeContext {
  /** The node's name. */
  String name();

  /** The names of all nodes, whether they run or not. */
  Set<String> names();

  /** How many processes this node has had, with this one; 1 before its first restart. */
  int life();

  /** A folder of its own, which outlives the process. */
  Path dataFolder();

  /**
   * The node's wall clock: the system's, off by what {@link MultiNode#setClock} says.
   *
   * @return milliseconds since the epoch; may jump
   */
  LongSupplier clock();

  /** What the test class says of the nodes' settings, HOCON; for nodes of one's own kind. */
  String config();

  /**
   * The same over what remoting, test conductor and cluster need in a test, HOCON. {@link
   * PekkoNode} makes an actor system of it, over Pekko's own.
   */
  String pekkoConfig();

  /** The port of the loopback interface that other nodes reach this node's remoting at. */
  int remotePort(String name);

  /** The port to listen on for remoting; differs from {@link #remotePort} if a proxy is between. */
  int bindPort();

  /** The local address to connect from, for remoting; empty: any. */
  String clientHost();

  /** One more free port of a node, for what it serves. */
  int servicePort(String name);

  /** The actor system with remoting that is connected to the conductor. */
  ActorSystem system();

  /**
   * The address of another node's actor system, if it has the same name as {@link #system}.
   *
   * @param name of the node
   */
  Address address(String name);

  /**
   * What runs here.
   *
   * @param type its class
   * @throws ClassCastException if it is something else
   */
  <T> T node(Class<T> type);

  /**
   * Waits until all who run the present task have come to this barrier. Nodes that have nothing to
   * do hold nobody up.
   *
   * @throws RuntimeException if one has failed, or does not come in time
   */
  void barrier(String name);
}
