package dev.converge.benchmarks;

import java.util.ArrayList;
import java.util.List;
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
