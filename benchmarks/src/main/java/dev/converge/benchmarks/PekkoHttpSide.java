package dev.converge.benchmarks;

import dev.converge.node.cli.local.FreePorts;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** {@link PekkoEcho} in one process, with a node's options of the JVM. */
final class PekkoHttpSide implements HttpSide {
  private final int port = FreePorts.row(1, new Random());
  private final Process process;

  PekkoHttpSide(List<String> jvmOptions) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC"));
    command.addAll(jvmOptions);
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(PekkoEcho.class.getName(), Integer.toString(port)));
    this.process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
    String line = output.readLine();
    while (line != null && !line.equals("READY")) {
      line = output.readLine(); // the logger's words about itself
    }
    if (line == null) {
      throw new IOException("the echo server did not start");
    }
  }

  @Override
  public URI url() {
    return URI.create("http://127.0.0.1:" + port);
  }

  @Override
  public HttpLoad.@Nullable Requests requests(String row) {
    byte[] get = HttpConnection.get("/v1/data/read");
    byte[] post =
        HttpConnection.post("/v1/data/hits", "{\"type\":\"gcounter\",\"op\":\"increment\"}");
    return switch (row) {
      case "get" -> number -> get;
      case "counter" -> number -> post;
      default -> null;
    };
  }

  @Override
  public Stream<ProcessHandle> processes() {
    return Stream.of(process.toHandle());
  }

  @Override
  public void close() throws IOException, InterruptedException {
    process.getOutputStream().close();
    if (!process.waitFor(10, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }
}
