package dev.converge.node.entity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.pekko.EventCodec;
import java.math.BigInteger;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CartTest {
  private final Rig<CartEvent, CartEvent, Cart.State> a = rig("a");
  private final Rig<CartEvent, CartEvent, Cart.State> b = rig("b");

  private static Rig<CartEvent, CartEvent, Cart.State> rig(String name) {
    return new Rig<>(name, new Cart(), EventCodec.cbor(CartEvent.class));
  }

  private static CartEvent add(String item, long quantity) {
    return new CartEvent.Added(item, BigInteger.valueOf(quantity));
  }

  private static CartEvent remove(String item) {
    return new CartEvent.Removed(item);
  }

  private static CartEvent set(String item, long quantity) {
    return new CartEvent.QuantitySet(item, BigInteger.valueOf(quantity));
  }

  private void meetAndExpect(Map<String, Integer> quantities) {
    Rig.meet(a, b);
    assertThat(a.state()).isEqualTo(b.state());
    assertThat(a.decisions()).isEqualTo(b.decisions());
    assertThat(a.state().quantities().toString())
        .isEqualTo(new java.util.TreeMap<>(quantities).toString());
  }

  @Test
  void concurrent_additions_of_one_item_add_up() {
    a.run(1, add("tea", 2));
    b.run(1, add("tea", 3));
    meetAndExpect(Map.of("tea", 5));
  }

  @Test
  void a_removal_takes_away_what_it_has_seen_and_a_concurrent_addition_survives_in_either_order() {
    for (long removalAt : new long[] {10, 30}) {
      Rig<CartEvent, CartEvent, Cart.State> x = rig("x");
      Rig<CartEvent, CartEvent, Cart.State> y = rig("y");
      x.run(1, add("tea", 2));
      y.pull(x);
      x.run(removalAt, remove("tea"));
      y.run(20, add("tea", 7));
      Rig.meet(x, y);
      assertThat(x.state()).isEqualTo(y.state());
      assertThat(x.state().quantities()).isEqualTo(Map.of("tea", BigInteger.valueOf(7)));
    }
  }

  @Test
  void removing_what_is_not_there_is_accepted_and_has_no_effect() {
    assertThat(a.run(1, remove("tea"))).isTrue();
    assertThat(a.run(2, set("tea", 0))).isTrue();
    assertThat(a.decisions()).isEmpty();
  }

  @Test
  void of_concurrent_set_quantities_the_last_writers_stands() {
    a.run(1, add("tea", 1));
    b.pull(a);
    a.run(10, set("tea", 5));
    b.run(20, set("tea", 9));
    meetAndExpect(Map.of("tea", 9));
  }

  @Test
  void a_set_quantity_of_zero_removes_and_a_concurrent_addition_stays() {
    a.run(1, add("tea", 1));
    b.pull(a);
    a.run(10, set("tea", 0));
    b.run(5, add("tea", 4));
    meetAndExpect(Map.of("tea", 4));
  }

  @Test
  void after_a_checkout_every_command_is_refused() {
    a.run(1, add("tea", 1));
    a.run(2, new CartEvent.CheckedOut());
    assertThat(a.run(3, add("tea", 1))).isFalse();
    assertThat(a.run(3, new CartEvent.CheckedOut())).isFalse();
  }

  @Test
  void an_addition_concurrent_with_the_checkout_is_kept_and_escalated_in_either_order() {
    for (long checkoutAt : new long[] {10, 30}) {
      Rig<CartEvent, CartEvent, Cart.State> x = rig("x");
      Rig<CartEvent, CartEvent, Cart.State> y = rig("y");
      x.run(1, add("tea", 1));
      y.pull(x);
      x.run(checkoutAt, new CartEvent.CheckedOut());
      y.run(20, add("milk", 2));
      Rig.meet(x, y);
      assertThat(x.state()).isEqualTo(y.state());
      assertThat(x.decisions()).isEqualTo(y.decisions());
      assertThat(x.state().checkedOut()).isTrue();
      assertThat(x.state().quantities()).containsKeys("tea", "milk");
      assertThat(x.decisions().get(2)).startsWith("Escalate");
    }
  }

  @Test
  void random_use_at_two_nodes_always_ends_alike() {
    long seed = Long.getLong("converge.seed", 99L);
    for (int round = 0; round < 300; round++) {
      Random random = new Random(seed + round);
      Rig<CartEvent, CartEvent, Cart.State> x = rig("x");
      Rig<CartEvent, CartEvent, Cart.State> y = rig("y");
      for (int i = 0; i < 25; i++) {
        Rig<CartEvent, CartEvent, Cart.State> at = random.nextBoolean() ? x : y;
        String item = random.nextBoolean() ? "tea" : "milk";
        switch (random.nextInt(12)) {
          case 0, 1, 2, 3 -> at.run(random.nextInt(50), add(item, 1 + random.nextInt(3)));
          case 4, 5 -> at.run(random.nextInt(50), remove(item));
          case 6, 7 -> at.run(random.nextInt(50), set(item, random.nextInt(3)));
          case 8 -> {
            if (i > 20) {
              at.run(random.nextInt(50), new CartEvent.CheckedOut());
            }
          }
          default -> at.pull(at == x ? y : x);
        }
      }
      Rig.meet(x, y);
      assertThat(x.state()).as("seed %d", seed + round).isEqualTo(y.state());
      assertThat(x.decisions()).as("seed %d", seed + round).isEqualTo(y.decisions());
    }
  }
}
