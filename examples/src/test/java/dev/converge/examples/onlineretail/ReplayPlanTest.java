package dev.converge.examples.onlineretail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.examples.onlineretail.ReplayPlan.Add;
import dev.converge.examples.onlineretail.ReplayPlan.Write;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class ReplayPlanTest {
  private final ReplayPlan plan = new ReplayPlan(3, 1);

  @Test
  void aBasketBecomesOneAddForEachCodeWithHowOftenItStandsThere() {
    assertThat(plan.writes(new Basket(17, List.of("A", "B", "A", "A"))))
        .containsExactly(new Write("invoice-17", 1, List.of(new Add("A", 3), new Add("B", 1))));
  }

  @Test
  void theNodesTakeTurns() {
    List<Integer> homes =
        List.of(1, 2, 3, 4).stream()
            .map(line -> plan.writes(new Basket(line, List.of("A"))).get(0).node())
            .toList();
    assertThat(homes).containsExactly(0, 1, 2, 0);
  }

  @Test
  void everyTenthBasketIsSplitOverTwoNodes() {
    assertThat(plan.writes(new Basket(20, List.of("A", "A", "B", "C", "A"))))
        .containsExactly(
            new Write("invoice-20", 1, List.of(new Add("A", 2), new Add("B", 1))),
            new Write("invoice-20", 2, List.of(new Add("A", 1), new Add("C", 1))));
  }

  @Test
  void aTenthBasketOfOneCodeCannotBeSplit() {
    assertThat(plan.writes(new Basket(10, List.of("A")))).hasSize(1);
  }

  @Test
  void withOneNodeNothingIsSplit() {
    assertThat(new ReplayPlan(1, 1).writes(new Basket(10, List.of("A", "B")))).hasSize(1);
  }

  @Test
  void aLaterRunHasCartsOfItsOwn() {
    assertThat(new ReplayPlan(3, 2).cart(new Basket(17, List.of()))).isEqualTo("invoice-17-run-2");
  }

  @Test
  void theWritesOfEveryRealBasketSumToWhatIsExpected() {
    List<Basket> all = Basket.read(Basket.ALL);
    assertThat(all).hasSize(Basket.ALL);
    for (Basket basket : all) {
      Map<String, Integer> written = new TreeMap<>();
      List<Write> writes = plan.writes(basket);
      writes.stream()
          .flatMap(write -> write.adds().stream())
          .forEach(add -> written.merge(add.item(), add.quantity(), Integer::sum));
      assertThat(written)
          .as("basket %d", basket.line())
          .isNotEmpty()
          .isEqualTo(ReplayPlan.expected(basket));
      Set<Integer> nodes = writes.stream().map(Write::node).collect(Collectors.toSet());
      assertThat(nodes).hasSize(writes.size());
    }
  }

  @Test
  void theRealDataIsWhatItsDescriptionSays() {
    List<Basket> all = Basket.read(Basket.ALL);
    long items = all.stream().mapToLong(b -> b.codes().size()).sum();
    assertThat(items).isBetween(535_000L, 545_000L);
    assertThat(all.get(0).codes())
        .containsExactly("85123A", "71053", "84406B", "84029G", "84029E", "22752", "21730");
    assertThat(Basket.read(2)).isEqualTo(all.subList(0, 2));
  }

  @Test
  void codesKeepTheirInnerSpaces() {
    assertThat(Basket.parse(1, "A B,C,,C\r").codes()).containsExactly("A B", "C", "C");
  }
}
