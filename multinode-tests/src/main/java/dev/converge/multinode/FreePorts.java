package dev.converge.multinode;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Ports of the loopback interface that nobody uses. Below those that systems give to outgoing
 * connections, or one of these might have a node's port while the node is down.
 */
final class FreePorts {
  private static final int LOWEST = 10_000;
  private static final int HIGHEST = 32_000;
  private static final int ATTEMPTS = 10_000;

  private FreePorts() {}

  /** So many, all different. Nothing holds them: another program may take one before it is used. */
  static List<Integer> take(int count) {
    List<ServerSocket> held = new ArrayList<>();
    List<Integer> ports = new ArrayList<>();
    try {
      for (int attempt = 0; held.size() < count; attempt++) {
        int port = ThreadLocalRandom.current().nextInt(LOWEST, HIGHEST);
        try {
          held.add(new ServerSocket(port, 1, InetAddress.getLoopbackAddress()));
          ports.add(port);
        } catch (IOException e) {
          if (attempt > ATTEMPTS) {
            throw new IOException("no free ports from " + LOWEST + " to " + HIGHEST, e);
          }
        }
      }
      for (ServerSocket socket : held) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return ports;
  }
}
