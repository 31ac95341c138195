package dev.converge.benchmarks;

import com.typesafe.config.ConfigFactory;
import java.util.ArrayList;
import java.util.List;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.Address;
import org.apache.pekko.cluster.UniqueAddress;
import org.apache.pekko.cluster.ddata.SelfUniqueAddress;

/** What both sides of a benchmark are filled with. */
final class Peers {
  private Peers() {}

  /** The writer of number {@code n} on Pekko's side. */
  static SelfUniqueAddress address(int n) {
    return new SelfUniqueAddress(
        new UniqueAddress(new Address("pekko", "bench", "127.0.0.1", 20_000 + n), n));
  }

  /** An actor system of Pekko's cluster, silent and alone, as their serializer needs one. */
  static ActorSystem system() {
    return ActorSystem.create(
        "bench",
        ConfigFactory.parseString(
                "pekko.actor.provider = cluster, pekko.loglevel = off,"
                    + " pekko.stdout-loglevel = off, pekko.remote.artery.canonical.port = 0,"
                    + " pekko.remote.artery.canonical.hostname = 127.0.0.1")
            .withFallback(ConfigFactory.load()));
  }

  /** {@code element-0} and so on, made anew, so that two sets share no strings. */
  static List<String> elements(int count) {
    List<String> elements = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      elements.add("element-" + i);
    }
    return elements;
  }

  /** How many elements each of two sets has for itself, if they differ in one hundredth. */
  static int halfPercent(int elements) {
    return Math.max(1, elements / 200);
  }
}
