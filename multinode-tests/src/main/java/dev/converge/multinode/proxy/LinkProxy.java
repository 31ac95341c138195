package dev.converge.multinode.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * Stands before a port of the loopback interface and passes on what comes, as the two ways of the
 * link say: late, or not at all. A connection of which something was lost is closed when its way is
 * whole again, for what came after a gap would make no sense. Two threads a direction. Thread-safe.
 */
public final class LinkProxy implements AutoCloseable {
  private static final int CONNECT_MILLIS = 2_000;

  private static final InetAddress LOOPBACK = InetAddress.getLoopbackAddress();

  private final ServerSocket server;
  private final int target;
  private final Function<String, Link> links;
  private final Set<DelayedPipe> pipes = ConcurrentHashMap.newKeySet();

  /**
   * The two ways of a connection.
   *
   * @param there from the client
   * @param back to the client
   */
  public record Link(Way there, Way back) {}

  private LinkProxy(ServerSocket server, int target, Function<String, Link> links) {
    this.server = server;
    this.target = target;
    this.links = links;
  }

  /**
   * Begins to listen.
   *
   * @param port that clients connect to
   * @param target that they get to
   * @param links by the address that a client connects from
   */
  public static LinkProxy start(int port, int target, Function<String, Link> links) {
    try {
      ServerSocket server = new ServerSocket(port, 50, LOOPBACK);
      LinkProxy proxy = new LinkProxy(server, target, links);
      daemon("proxy before " + target, proxy::accept);
      return proxy;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** To be called after a way has become whole again. */
  public void closeBroken() {
    pipes.forEach(DelayedPipe::closeIfBroken);
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        daemon("proxy connection to " + target, () -> connect(client));
      } catch (IOException e) {
        // Closed, or one client was too quick to leave.
      }
    }
  }

  private void connect(Socket client) {
    Socket behind = new Socket();
    try {
      behind.connect(new InetSocketAddress(LOOPBACK, target), CONNECT_MILLIS);
      client.setTcpNoDelay(true);
      behind.setTcpNoDelay(true);
    } catch (IOException e) {
      DelayedPipe.close(client, behind);
      return;
    }
    Link link = links.apply(client.getInetAddress().getHostAddress());
    start(new DelayedPipe(client, behind, link.there()));
    start(new DelayedPipe(behind, client, link.back()));
  }

  private void start(DelayedPipe pipe) {
    pipes.add(pipe);
    pipe.start(() -> pipes.remove(pipe));
  }

  static void daemon(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() {
    try {
      server.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    pipes.forEach(DelayedPipe::close);
  }
}
