package dev.converge.node.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpCharsets;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpHeader;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;

/**
 * The web console: a page, a script and a style from the jar. The page asks this node's own API and
 * nothing else, needs nothing from elsewhere, and forbids the browser to load any.
 */
final class Console {
  static final String SCRIPT = "/console.js";
  static final String STYLE = "/console.css";

  private static final String PAGE = "/index.html";
  private static final Map<String, ContentType> TYPES =
      Map.of(
          PAGE,
          ContentTypes.TEXT_HTML_UTF8,
          SCRIPT,
          ContentTypes.create(MediaTypes.APPLICATION_JAVASCRIPT, HttpCharsets.UTF_8),
          STYLE,
          ContentTypes.create(MediaTypes.TEXT_CSS, HttpCharsets.UTF_8));
  private static final List<HttpHeader> HEADERS =
      List.of(
          RawHeader.create("Cache-Control", "no-cache"),
          RawHeader.create("Vary", "Accept"),
          RawHeader.create("X-Content-Type-Options", "nosniff"),
          RawHeader.create("Referrer-Policy", "no-referrer"),
          RawHeader.create(
              "Content-Security-Policy",
              "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
                  + " img-src data:; base-uri 'none'; form-action 'none';"
                  + " frame-ancestors 'none'"));

  private Console() {}

  static void addTo(Router router) {
    for (String file : List.of(SCRIPT, STYLE)) {
      router.add(
          "GET",
          file,
          call -> {
            call.onlyQuery();
            return CompletableFuture.completedFuture(file(file));
          });
    }
  }

  /** Whether a browser asks, which wants the page; programs say nothing, or JSON. */
  static boolean isWanted(Call call) {
    return call.header("Accept").map(accepts -> accepts.contains("text/html")).orElse(false);
  }

  static CompletionStage<HttpResponse> page() {
    return CompletableFuture.completedFuture(file(PAGE));
  }

  private static HttpResponse file(String name) {
    try (InputStream file = Console.class.getResourceAsStream("console" + name)) {
      ContentType type = TYPES.get(name);
      if (file == null || type == null) {
        throw new IllegalStateException("console" + name + " is missing beside this class");
      }
      return HttpResponse.create()
          .withEntity(HttpEntities.create(type, file.readAllBytes()))
          .addHeaders(HEADERS);
    } catch (IOException e) {
      throw new UncheckedIOException("console" + name + " cannot be read", e);
    }
  }
}
