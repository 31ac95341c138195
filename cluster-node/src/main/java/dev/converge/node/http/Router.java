package dev.converge.node.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.headers.RawHeader;

/**
 * The table of routes: method and path pattern to handler. A pattern's {@code {name}} stands for
 * one decoded segment, which may contain slashes. A table, so that the routes can be listed and
 * compared with their documentation.
 */
final class Router {
  /** Answers a call; may also throw what {@link Problem#of} understands. */
  interface Handler {
    CompletionStage<HttpResponse> handle(Call call);
  }

  /**
   * One route.
   *
   * @param method GET, POST or DELETE
   * @param pattern such as {@code /v1/data/{key}}
   * @param handler what answers
   */
  record Route(String method, String pattern, Handler handler) {
    private Optional<Map<String, String>> match(List<String> segments) {
      String[] parts = pattern.substring(1).split("/", -1);
      if (pattern.equals("/")) {
        parts = new String[0];
      }
      if (parts.length != segments.size()) {
        return Optional.empty();
      }
      Map<String, String> values = new HashMap<>();
      for (int i = 0; i < parts.length; i++) {
        if (parts[i].startsWith("{")) {
          values.put(parts[i].substring(1, parts[i].length() - 1), segments.get(i));
        } else if (!parts[i].equals(segments.get(i))) {
          return Optional.empty();
        }
      }
      return Optional.of(values);
    }
  }

  /**
   * A route that fits.
   *
   * @param route the route
   * @param path the values of its placeholders
   */
  record Match(Route route, Map<String, String> path) {
    Handler handler() {
      return route.handler();
    }
  }

  private final List<Route> routes = new ArrayList<>();

  Router add(String method, String pattern, Handler handler) {
    routes.add(new Route(method, pattern, handler));
    return this;
  }

  boolean has(String method, String pattern) {
    return routes.stream()
        .anyMatch(route -> route.method().equals(method) && route.pattern().equals(pattern));
  }

  List<Route> routes() {
    return List.copyOf(routes);
  }

  /**
   * The first route that fits.
   *
   * @throws Problem 404 if no pattern does, 405 if one does for another method
   */
  Match find(String method, List<String> segments) {
    Set<String> others = new TreeSet<>();
    for (Route route : routes) {
      Optional<Map<String, String>> values = route.match(segments);
      if (values.isPresent()) {
        if (route.method().equals(method)) {
          return new Match(route, values.get());
        }
        others.add(route.method());
      }
    }
    if (others.isEmpty()) {
      throw Problem.notFound("there is nothing at /" + String.join("/", segments));
    }
    throw new Problem(
            405, "Method not allowed", method + " is not possible here; " + others + " are")
        .withHeader(RawHeader.create("Allow", String.join(", ", others)));
  }
}
