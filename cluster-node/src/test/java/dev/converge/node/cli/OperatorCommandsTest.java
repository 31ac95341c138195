package dev.converge.node.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

/** The commands for operators, against servers that answer what a test has laid down. */
class OperatorCommandsTest {
  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private final FakeApi one = new FakeApi();
  private final FakeApi other = new FakeApi();

  /** Answers by method and path; what it was sent is kept. */
  private static final class FakeApi {
    private final HttpServer server;
    private final Map<String, String> answers = new HashMap<>();
    private int status = 200;
    final List<String> requests = new CopyOnWriteArrayList<>();

    FakeApi() {
      try {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      } catch (IOException e) {
        throw new AssertionError(e);
      }
      server.createContext("/", this::answer);
      server.start();
    }

    String url() {
      return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    private void answer(HttpExchange exchange) throws IOException {
      String request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
      String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      requests.add(request + (body.isEmpty() ? "" : " " + body));
      String answer = answers.get(request);
      byte[] bytes =
          (answer == null ? "{\"detail\":\"there is nothing\"}" : answer)
              .getBytes(StandardCharsets.UTF_8);
      try (exchange) {
        int code = request.startsWith("POST") ? status : 200;
        exchange.sendResponseHeaders(answer == null ? 404 : code, bytes.length);
        exchange.getResponseBody().write(bytes);
      }
    }
  }

  @BeforeEach
  void answers() {
    one.answers.put("GET /v1/replicas", "{\"self\":\"node-1\"}");
    other.answers.put("GET /v1/replicas", "{\"self\":\"node-2\"}");
  }

  @AfterEach
  void stop() {
    one.server.stop(0);
    other.server.stop(0);
  }

  private int run(String... args) {
    CommandLine line =
        Main.commandLine(
            Main.class,
            (config, raw) -> {
              throw new AssertionError("no node is started");
            });
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(err, true));
    return line.execute(args);
  }

  @Test
  void retirementIsAskedOfANodeThatStays() {
    other.answers.put(
        "POST /v1/replicas/retire",
        "{\"epoch\":5,\"members\":[{\"replica\":\"node-2\"},{\"replica\":\"node-3\"}]}");
    assertThat(run("retire", "node-1", "--force", "--url", one.url(), "--url", other.url()))
        .isZero();
    assertThat(out.toString())
        .isEqualToIgnoringNewLines("Retired. The replicas are now node-2, node-3 (epoch 5).");
    assertThat(one.requests).containsExactly("GET /v1/replicas");
    assertThat(other.requests)
        .contains("POST /v1/replicas/retire {\"force\":true,\"replicas\":[\"node-1\"]}");
  }

  @Test
  void whyNobodyWasRetiredIsOneLine() {
    one.status = 409;
    one.answers.put("POST /v1/replicas/retire", "{\"detail\":\"two replicas need --force\"}");
    assertThat(run("retire", "node-2", "--url", one.url())).isEqualTo(1);
    assertThat(err.toString()).isEqualToIgnoringNewLines("Not retired: two replicas need --force");
  }

  @Test
  void ifNobodyThatStaysAnswersThatIsSaid() {
    other.server.stop(0);
    assertThat(run("retire", "node-1", "--url", one.url(), "--url", other.url())).isEqualTo(1);
    assertThat(err.toString())
        .contains("No node that stays can be asked", other.url(), "nothing listens there");
  }

  @Test
  void aRestoreGoesToTheNodeThatIsNamed() {
    one.status = 202;
    one.answers.put("POST /v1/replicas/restore", "{}");
    assertThat(run("restore", "--url", one.url())).isZero();
    assertThat(out.toString()).contains("Begun", "converge status --url " + one.url());
    other.status = 409;
    other.answers.put("POST /v1/replicas/restore", "{\"detail\":\"there is no other member\"}");
    assertThat(run("restore", "--url", other.url())).isEqualTo(1);
    assertThat(err.toString()).contains("Not restored: there is no other member");
  }

  @Test
  void aRepairIsDoneAtEachNodeAndSaysWhatItFound() {
    String path = "POST /v1/entities/cart/a%20b%2Fc/repair";
    one.answers.put(path, "{\"checked\":7,\"repaired\":[\"row 3, from node-2\"]}");
    other.answers.put(path, "{\"checked\":7,\"repaired\":[]}");
    assertThat(run("repair", "cart", "a b/c", "--url", one.url(), "--url", other.url())).isZero();
    assertThat(out.toString().lines())
        .containsExactly(
            one.url() + " 7 rows checked, 1 repaired",
            "  repaired: row 3, from node-2",
            other.url() + " 7 rows checked, all whole");
  }

  @Test
  void aRepairThatWouldLoseSomethingSaysWhat() {
    one.status = 409;
    one.answers.put(
        "POST /v1/entities/cart/c/repair",
        "{\"detail\":\"nothing was changed\",\"lost\":[\"row 3\"]}");
    assertThat(run("repair", "cart", "c", "--url", one.url())).isEqualTo(1);
    assertThat(out.toString().lines())
        .containsExactly(one.url() + " nothing was changed", "  would be lost: row 3");
  }

  @Test
  void anErasureIsAskedForOnceAndSaysWhatIsLeft() {
    String path = "POST /v1/entities/cart/c/erase";
    one.answers.put(
        path,
        "{\"erased\":{\"at\":\"2026-05-04T10:00:00Z\",\"by\":\"node-1\",\"reason\":\"asked for\"}}");
    String[] line = {
      "erase", "cart", "c", "--reason", "asked for", "--url", one.url(), "--url", other.url()
    };
    assertThat(run(line)).isZero();
    assertThat(out.toString().lines())
        .containsExactly("Erased at 2026-05-04T10:00:00Z by node-1: asked for");
    one.status = 503;
    one.answers.put(path, "{\"detail\":\"later\"}");
    assertThat(run(line)).isEqualTo(1);
    assertThat(err.toString()).contains("Not erased: later");
  }
}
