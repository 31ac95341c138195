package dev.converge.examples.readmodel;

import dev.converge.examples.NodeClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A process that follows the feed until its standard input ends. Arguments: the database's file,
 * the cursor at which a new one begins, and the nodes.
 */
public final class Follower {
  private static final long PAUSE_MILLIS = 20;

  private Follower() {}

  /** Follows. */
  public static void main(String[] args) throws Exception {
    HttpClient http = NodeClient.newHttpClient();
    List<NodeClient> nodes =
        Arrays.stream(args).skip(2).map(url -> new NodeClient(URI.create(url), http)).toList();
    Thread parent = new Thread(Follower::endWithInput, "parent");
    parent.setDaemon(true);
    parent.start();
    try (CartTables tables = CartTables.open(Path.of(args[0]), args[1])) {
      Projection projection = new Projection(nodes, tables, Projection.PAGE);
      System.out.println("FOLLOWS");
      while (true) {
        if (!projection.step()) {
          TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
        }
      }
    }
  }

  private static void endWithInput() {
    try {
      while (System.in.read() >= 0) {
        // until whoever started this closes it, or ends
      }
    } catch (IOException e) {
      // as good as its end
    }
    Runtime.getRuntime().halt(0);
  }

  /** Starts one, and waits until it follows. */
  static Process start(Path database, String from, List<NodeClient> nodes) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dconverge.log.level=WARN",
                Follower.class.getName(),
                database.toString(),
                from));
    nodes.forEach(node -> command.add(node.url().toString()));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().put("CLASSPATH", System.getProperty("java.class.path"));
    try {
      Process process = builder.start();
      String line = process.inputReader().readLine();
      if (!"FOLLOWS".equals(line)) {
        process.destroyForcibly();
        throw new IOException("the follower has ended before it followed");
      }
      return process;
    } catch (IOException e) {
      throw new UncheckedIOException("the follower cannot be started", e);
    }
  }
}
