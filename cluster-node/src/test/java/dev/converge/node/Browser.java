package dev.converge.node;

import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.node.json.Json;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A Chromium without a window that has one page open, told what to do by the DevTools protocol. */
final class Browser implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofSeconds(90);
  private static final HttpClient HTTP = HttpClient.newHttpClient();

  private final Process process;
  private final WebSocket socket;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
  private int asked;

  private Browser(Process process, URI debugger) {
    this.process = process;
    this.socket = HTTP.newWebSocketBuilder().buildAsync(debugger, new Answers()).join();
  }

  /** Where one is installed, if it is. */
  static Optional<Path> installed() {
    return Stream.of("chromium", "chromium-browser", "google-chrome", "chrome")
        .flatMap(
            name ->
                Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                    .map(entry -> Path.of(entry, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** Opens a page. */
  static Browser open(Path program, Path profile, URI page) throws Exception {
    Process process =
        new ProcessBuilder(
                List.of(
                    program.toString(),
                    "--headless",
                    "--no-sandbox",
                    "--disable-gpu",
                    "--disable-dev-shm-usage",
                    "--no-first-run",
                    "--remote-debugging-port=0",
                    "--user-data-dir=" + profile,
                    page.toString()))
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    Path port = profile.resolve("DevToolsActivePort");
    boolean done = false;
    try {
      List<String> lines = until(() -> lines(port), found -> found.size() >= 2);
      URI list = URI.create("http://127.0.0.1:" + lines.get(0) + "/json/list");
      JsonNode tab = until(() -> tab(list, page), found -> found.has("webSocketDebuggerUrl"));
      Browser browser =
          new Browser(process, URI.create(tab.get("webSocketDebuggerUrl").textValue()));
      done = true;
      return browser;
    } finally {
      if (!done) {
        process.destroyForcibly();
      }
    }
  }

  private static List<String> lines(Path file) throws IOException {
    return Files.exists(file) ? Files.readAllLines(file) : List.of();
  }

  private static JsonNode tab(URI list, URI page) throws Exception {
    String tabs = HTTP.send(HttpRequest.newBuilder(list).build(), BodyHandlers.ofString()).body();
    for (JsonNode tab : Json.read(tabs.getBytes(StandardCharsets.UTF_8))) {
      if (tab.path("url").asText().equals(page.toString())) {
        return tab;
      }
    }
    return Json.object();
  }

  private interface Look<T> {
    T look() throws Exception;
  }

  private static <T> T until(Look<T> look, Predicate<T> isGood) throws Exception {
    long end = System.nanoTime() + LIMIT.toNanos();
    T seen = look.look();
    while (!isGood.test(seen) && System.nanoTime() < end) {
      LockSupport.parkNanos(50_000_000);
      seen = look.look();
    }
    return seen;
  }

  /** What an expression of JavaScript comes to in the page, as text. */
  String evaluate(String expression) throws Exception {
    int id = ++asked;
    JsonNode request =
        Json.object()
            .put("id", id)
            .put("method", "Runtime.evaluate")
            .set("params", Json.object().put("expression", "String(" + expression + ")"));
    socket.sendText(new String(Json.write(request), StandardCharsets.UTF_8), true).join();
    String answer = answers.poll(LIMIT.toSeconds(), TimeUnit.SECONDS);
    if (answer == null) {
      throw new IllegalStateException("the browser does not answer");
    }
    JsonNode result = Json.read(answer.getBytes(StandardCharsets.UTF_8));
    return result.at("/result/result/value").asText(result.toString());
  }

  /** The last that an expression came to, when it contained the text or the time was over. */
  String await(String expression, String text) throws Exception {
    return until(() -> evaluate(expression), value -> value.contains(text));
  }

  @Override
  public void close() {
    socket.abort();
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
    process.onExit().join();
  }

  private final class Answers implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    @SuppressWarnings("NullAway") // null says that the text may be reused at once
    public CompletionStage<?> onText(WebSocket from, CharSequence data, boolean last) {
      text.append(data);
      if (last) {
        answers.add(text.toString());
        text.setLength(0);
      }
      from.request(1);
      return null;
    }
  }
}
