package dev.converge.examples.onlineretail;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which commands go to which node, and what every node must hold in the end. Pure.
 *
 * @param nodes how many nodes there are
 * @param run which replay into the same cluster this is, from 1: each has carts of its own
 */
record ReplayPlan(int nodes, int run) {
  /** Every so many carts one is written at two nodes at once. */
  static final int SPLIT_EVERY = 10;

  /** An item and how often it is added by one command. */
  record Add(String item, int quantity) {}

  /** What one node is told about one cart, in order. */
  record Write(String cart, int node, List<Add> adds) {}

  /** The id of a basket's cart. */
  String cart(Basket basket) {
    return "invoice-" + basket.line() + (run == 1 ? "" : "-run-" + run);
  }

  /**
   * The writes of a basket: one, at the nodes in turn; for every tenth two for two nodes, which are
   * to be done at the same time: the odd positions of the line at one, the even at the other, so
   * that items on both sides must sum.
   */
  List<Write> writes(Basket basket) {
    int home = (basket.line() - 1) % nodes;
    String cart = cart(basket);
    if (basket.line() % SPLIT_EVERY != 0 || nodes == 1) {
      return List.of(new Write(cart, home, adds(basket.codes())));
    }
    List<String> odd = new ArrayList<>();
    List<String> even = new ArrayList<>();
    for (int i = 0; i < basket.codes().size(); i++) {
      (i % 2 == 0 ? odd : even).add(basket.codes().get(i));
    }
    List<Write> writes = new ArrayList<>(List.of(new Write(cart, home, adds(odd))));
    if (!even.isEmpty()) {
      writes.add(new Write(cart, (home + 1) % nodes, adds(even)));
    }
    return writes;
  }

  /** One command for each code, in the order of their first occurrence. */
  private static List<Add> adds(List<String> codes) {
    Map<String, Integer> quantities = new LinkedHashMap<>();
    codes.forEach(code -> quantities.merge(code, 1, Integer::sum));
    return quantities.entrySet().stream().map(e -> new Add(e.getKey(), e.getValue())).toList();
  }

  /**
   * What the cart must hold, from the invoice itself and not by way of {@link #writes}: how often
   * each code stands on it.
   */
  static Map<String, Integer> expected(Basket basket) {
    Map<String, Integer> expected = new TreeMap<>();
    for (String code : basket.codes()) {
      expected.merge(code, 1, Integer::sum);
    }
    return expected;
  }
}
