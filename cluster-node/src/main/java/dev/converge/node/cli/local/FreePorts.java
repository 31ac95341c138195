package dev.converge.node.cli.local;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * Finds rows of ports that are free on this machine, for clusters that live for a moment. Nothing
 * keeps another program from taking them between the look and the use. Stateless.
 */
public final class FreePorts {
  // Below the ports that operating systems hand out by themselves.
  private static final int FIRST = 15_000;
  private static final int LAST = 32_000;
  private static final int TRIES = 1_000;

  private FreePorts() {}

  /**
   * The first port of a row of {@code length} free ones, tried at places that {@code random} gives.
   *
   * @throws IllegalStateException if none was found in a thousand tries
   */
  public static int row(int length, Random random) {
    for (int i = 0; i < TRIES; i++) {
      int first = FIRST + random.nextInt(LAST - FIRST - length);
      if (IntStream.range(first, first + length).allMatch(FreePorts::isFree)) {
        return first;
      }
    }
    throw new IllegalStateException("no " + length + " free ports in a row on this machine");
  }

  static boolean isFree(int port) {
    try (ServerSocket socket = new ServerSocket()) {
      // As servers do: a port whose last connections are still closing is free.
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
      return true;
    } catch (IOException e) {
      return false;
    }
  }
}
