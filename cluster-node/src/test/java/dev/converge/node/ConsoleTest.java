package dev.converge.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.typesafe.config.ConfigFactory;
import dev.converge.node.cli.local.FreePorts;
import dev.converge.node.config.NodeConfig;
import dev.converge.node.config.NodeConfig.Endpoint;
import dev.converge.node.config.NodeConfig.Peer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The web console of one of two whole nodes; in a browser, where one is installed. */
class ConsoleTest {
  private static final HttpClient HTTP = HttpClient.newHttpClient();
  private static final String[] BROWSER = {"Accept", "text/html,application/xhtml+xml,*/*;q=0.8"};

  @TempDir static Path folder;
  private static URI url;
  private static URI other;
  private static final List<ConvergeNode> NODES = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    int port = FreePorts.row(4, new Random());
    Peer one = peer("node-1", port);
    Peer two = peer("node-2", port + 2);
    url = URI.create("http://" + one.http());
    other = URI.create("http://" + two.http());
    NODES.add(ConvergeNode.start(config(one, two), ConfigFactory.empty()));
    NODES.add(ConvergeNode.start(config(two, one), ConfigFactory.empty()));
  }

  @AfterAll
  static void stop() {
    NODES.forEach(ConvergeNode::stop);
  }

  private static Peer peer(String name, int port) {
    return new Peer(name, new Endpoint("127.0.0.1", port), new Endpoint("127.0.0.1", port + 1));
  }

  private static NodeConfig config(Peer self, Peer peer) {
    return new NodeConfig(
        self.name(),
        folder.resolve(self.name()),
        self.http(),
        self.remote(),
        List.of(peer),
        1 << 20,
        true,
        Map.of());
  }

  private static HttpResponse<String> get(String path, String... headers) throws Exception {
    HttpRequest.Builder request = HttpRequest.newBuilder(url.resolve(path));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return HTTP.send(request.build(), BodyHandlers.ofString());
  }

  private static void post(String path, String body) throws Exception {
    post(url, path, body);
  }

  private static void post(URI node, String path, String body) throws Exception {
    HttpResponse<String> response =
        HTTP.send(
            HttpRequest.newBuilder(node.resolve(path))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build(),
            BodyHandlers.ofString());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
  }

  @Test
  void aBrowserGetsThePageAndAProgramTheRoutes() throws Exception {
    HttpResponse<String> page = get("/", BROWSER);
    assertThat(page.headers().firstValue("Content-Type")).hasValue("text/html; charset=UTF-8");
    assertThat(page.body()).startsWith("<!DOCTYPE html>");
    HttpResponse<String> routes = get("/");
    assertThat(routes.headers().firstValue("Content-Type")).hasValue("application/json");
    assertThat(routes.body()).contains("\"GET /metrics\"", "\"types\":[\"cart\",\"counter\"]");
    assertThat(List.of(page, routes))
        .allMatch(answer -> answer.headers().firstValue("Vary").equals(Optional.of("Accept")));
  }

  /** It works on a machine without the internet, and nobody else's code gets into it. */
  @Test
  void thePageLoadsNothingFromElsewhereAndForbidsIt() throws Exception {
    HttpResponse<String> page = get("/", BROWSER);
    assertThat(page.headers().firstValue("Content-Security-Policy").orElse(""))
        .startsWith("default-src 'none'; script-src 'self'; style-src 'self'");
    List<String> files =
        Pattern.compile("(?:src|href)=\"(/console[^\"]*)\"")
            .matcher(page.body())
            .results()
            .map(match -> match.group(1))
            .toList();
    assertThat(files).containsExactlyInAnyOrder("/console.css", "/console.js");
    StringBuilder all = new StringBuilder(page.body());
    for (String file : files) {
      HttpResponse<String> answer = get(file);
      assertThat(answer.statusCode()).as(file).isEqualTo(200);
      assertThat(answer.headers().firstValue("Content-Type").orElse(""))
          .matches("(text/css|application/javascript); charset=UTF-8");
      all.append(answer.body());
    }
    assertThat(all.toString())
        .doesNotContainPattern("https?://")
        .doesNotContain("innerHTML", "insertAdjacentHTML", "document.write", "eval(");
    assertThat(page.body()).as("inline").doesNotContain("<style", "onclick", "style=");
  }

  @Test
  void aBrowserShowsKeysAndEntitiesAsTextWhateverTheyAre() throws Exception {
    post("/v1/data/visits", "{\"type\":\"gcounter\",\"op\":\"increment\",\"by\":41}");
    post(
        "/v1/data/%3Cb%3Ebold",
        "{\"type\":\"orset\",\"op\":\"add\",\"element\":\"<script>alert(1)</script>\"}");
    post("/v1/entities/cart/basket-1", "{\"command\":\"add\",\"item\":\"tea\"}");

    try (Browser browser = browser()) {
      String keys = "document.getElementById('keys').innerHTML";
      assertThat(browser.await(keys, ">41<"))
          .contains("<td>visits</td><td>gcounter</td><td class=\"value\">41</td>");
      assertThat(browser.await(keys, "&lt;script&gt;"))
          .contains("<td>&lt;b&gt;bold</td>", "&lt;script&gt;alert(1)&lt;/script&gt;")
          .doesNotContain("<script>");
      post("/v1/data/visits", "{\"type\":\"gcounter\",\"op\":\"increment\"}");
      assertThat(browser.await(keys, ">42<")).as("live").contains(">42<");

      assertThat(browser.await("document.getElementById('members').innerText", "node-1"))
          .contains("node-1", "Up", "yes");
      assertThat(browser.await("document.getElementById('ids').innerText", "basket-1"))
          .isEqualTo("basket-1");
      browser.evaluate("document.querySelector('#ids button').click()");
      assertThat(browser.await("document.getElementById('entity-state').innerText", "tea"))
          .contains("\"tea\": 1");
      String history = "document.getElementById('history').innerText";
      assertThat(browser.await(history, "added")).contains("node-1:1", "applied");
      post("/v1/entities/cart/basket-1", "{\"command\":\"checkout\"}");
      assertThat(browser.await(history, "checkedOut")).as("live").contains("node-1:2");
      assertThat(browser.evaluate("document.getElementById('trouble').hidden")).isEqualTo("true");
    }
  }

  @Test
  void aPersonCutsHealsAndDecidesByButtons() throws Exception {
    post("/v1/entities/cart/both", "{\"command\":\"add\",\"item\":\"tea\"}");
    try (Browser browser = browser()) {
      String members = "document.getElementById('members').innerText";
      String conflicts = "document.getElementById('conflicts').innerText";
      browser.await(members, "Cut");
      browser.evaluate("document.querySelector('#members button').click()");
      assertThat(browser.await(members, "cut off")).contains("cut off");
      post("/v1/entities/cart/both", "{\"command\":\"checkout\"}");
      post(other, "/v1/entities/cart/both", "{\"command\":\"add\",\"item\":\"milk\"}");
      browser.evaluate("document.getElementById('heal').click()");
      assertThat(browser.await(members, "\tCut")).doesNotContain("cut off");

      assertThat(browser.await(conflicts, "cart both")).contains("cart both", "milk");
      browser.evaluate("[...document.querySelectorAll('#conflicts button')].at(-1).click()");
      assertThat(browser.await(conflicts, "None.")).isEqualTo("None.");
      assertThat(get("/v1/conflicts").body()).contains("\"conflicts\":[]");
      assertThat(browser.evaluate("document.getElementById('trouble').hidden")).isEqualTo("true");
    }
  }

  private static Browser browser() throws Exception {
    Optional<Path> program = Browser.installed();
    assumeTrue(
        program.isPresent(), "there is no chromium on the PATH, so the console is not looked at");
    Path profile = Files.createTempDirectory(folder, "profile");
    return Browser.open(program.get(), profile, url.resolve("/"));
  }
}
