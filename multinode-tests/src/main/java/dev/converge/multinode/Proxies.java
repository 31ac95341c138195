package dev.converge.multinode;

import dev.converge.multinode.proxy.LinkProxy;
import dev.converge.multinode.proxy.Way;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** The proxies of a group, if it has any, and the ways through them. Thread-safe. */
final class Proxies implements AutoCloseable {
  private final Map<String, Way> ways = new ConcurrentHashMap<>();
  private final List<LinkProxy> proxies = new ArrayList<>();
  private final boolean present;

  private Proxies(boolean present) {
    this.present = present;
  }

  /** Before the remoting of each node one for all peers, before its service one for each. */
  static Proxies start(Places places) {
    Proxies started = new Proxies(places.hasProxies());
    if (places.hasProxies()) {
      Map<String, String> nameByHost = new HashMap<>();
      places.names().forEach(name -> nameByHost.put(places.of(name).clientHost(), name));
      for (String to : places.names()) {
        started.proxies.add(
            LinkProxy.start(
                places.of(to).remote(),
                places.of(to).bind(),
                host -> started.link(nameByHost.getOrDefault(host, host), to)));
        places
            .servicePorts(to)
            .forEach(
                (from, port) ->
                    started.proxies.add(
                        LinkProxy.start(
                            port, places.of(to).service(), host -> started.link(from, to))));
      }
    }
    return started;
  }

  private LinkProxy.Link link(String from, String to) {
    return new LinkProxy.Link(way(from, to), way(to, from));
  }

  private Way way(String from, String to) {
    return ways.computeIfAbsent(from + " " + to, fresh -> new Way());
  }

  void slow(String from, String to, Duration delay) {
    requirePresent();
    way(from, to).delay(delay);
  }

  void lose(String from, String to, boolean loses) {
    requirePresent();
    way(from, to).lose(loses);
    if (!loses) {
      proxies.forEach(LinkProxy::closeBroken);
    }
  }

  void reset() {
    for (Way way : ways.values()) {
      way.delay(Duration.ZERO);
      way.lose(false);
    }
    proxies.forEach(LinkProxy::closeBroken);
  }

  private void requirePresent() {
    if (!present) {
      throw new IllegalStateException(
          "A link can be slow, or cut in one direction only, where a proxy stands in it: say proxies"
              + " = true in @MultiNodeTest. (Artery's own blackhole always works both ways, whatever"
              + " direction one gives it.)");
    }
  }

  @Override
  public void close() {
    proxies.forEach(LinkProxy::close);
  }
}
