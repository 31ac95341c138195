package dev.converge.multinode.wire;

import java.io.Serializable;
import java.util.Map;

/**
 * All that a child is told at its start.
 *
 * @param name the node's name, unique among all, the conductor's too
 * @param conductor whether it is the conductor
 * @param conductorPort where the conductor listens, or is to listen, on the loopback interface
 * @param nodeClass the class that makes the node
 * @param dataFolder the node's own; outlives the process
 * @param places of all nodes by name
 * @param config what the test says of the node's settings, HOCON
 * @param pekkoConfig the same over what a test needs
 * @param clockOffsetMillis by how much its wall clock is off
 * @param life how many processes this node has had, with this one
 */
public record ChildSettings(
    String name,
    boolean conductor,
    int conductorPort,
    String nodeClass,
    String dataFolder,
    Map<String, Ports> places,
    String config,
    String pekkoConfig,
    long clockOffsetMillis,
    int life)
    implements Serializable {

  /**
   * Where a node is, on the loopback interface.
   *
   * @param remote the port that others connect to
   * @param bind the port that it listens on: another one if a proxy is between
   * @param service one more, for whatever the node serves
   * @param clientHost the address that it connects from, by which a proxy knows it; empty: any
   */
  public record Ports(int remote, int bind, int service, String clientHost)
      implements Serializable {}
}
