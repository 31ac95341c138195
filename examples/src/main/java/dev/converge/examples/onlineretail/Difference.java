package dev.converge.examples.onlineretail;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** One item of one cart that one node does not hold as expected; 0 stands for absent. */
record Difference(String cart, String node, String item, int expected, int actual) {
  /** All differences between two carts. */
  static List<Difference> between(
      String cart, String node, Map<String, Integer> expected, Map<String, Integer> actual) {
    Set<String> items = new TreeSet<>(expected.keySet());
    items.addAll(actual.keySet());
    List<Difference> differences = new ArrayList<>();
    for (String item : items) {
      int wanted = expected.getOrDefault(item, 0);
      int found = actual.getOrDefault(item, 0);
      if (wanted != found) {
        differences.add(new Difference(cart, node, item, wanted, found));
      }
    }
    return differences;
  }

  @Override
  public String toString() {
    return String.format("%s at %s: %s is %d, not %d", cart, node, item, actual, expected);
  }
}
