package dev.converge.node.entity;

import static dev.converge.node.config.NodeConfig.OnCreateCreate.MERGE;
import static dev.converge.node.config.NodeConfig.OnDeleteUpdate.DELETE_WINS;
import static dev.converge.node.config.NodeConfig.Resolver.MANUAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.converge.node.config.NodeConfig.DocumentTypeConfig;
import dev.converge.pekko.Choice;
import dev.converge.pekko.EventCodec;
import java.math.BigInteger;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** What persons decide about carts and documents. */
class DecisionsTest {
  private static final DocumentTypeConfig CONTRACT =
      new DocumentTypeConfig(MANUAL, DELETE_WINS, MERGE);

  private final Rig<CartEvent, CartEvent, Cart.State> a = cart("a");
  private final Rig<CartEvent, CartEvent, Cart.State> b = cart("b");
  private final Rig<Document.Command, DocumentEvent, Document.State> x = document("x");
  private final Rig<Document.Command, DocumentEvent, Document.State> y = document("y");

  private static Rig<CartEvent, CartEvent, Cart.State> cart(String name) {
    return new Rig<>(name, new Cart(), EventCodec.cbor(CartEvent.class));
  }

  private static Rig<Document.Command, DocumentEvent, Document.State> document(String name) {
    return new Rig<>(name, new Document(CONTRACT), EventCodec.cbor(DocumentEvent.class));
  }

  private static CartEvent add(String item, long quantity) {
    return new CartEvent.Added(item, BigInteger.valueOf(quantity));
  }

  private static Document.Command patch(String... fieldsAndValues) {
    Map<String, JsonNode> fields = new TreeMap<>();
    for (int i = 0; i < fieldsAndValues.length; i += 2) {
      fields.put(fieldsAndValues[i], TextNode.valueOf(fieldsAndValues[i + 1]));
    }
    return new Document.Command.Patch(fields);
  }

  /** Tea (a:1) at both; then a checks out (a:2) while b adds milk (b:1). */
  private void checkedOutWhileChanged(long checkoutAt) {
    a.run(1, add("tea", 1));
    b.pull(a);
    a.run(checkoutAt, new CartEvent.CheckedOut());
    b.run(20, add("milk", 2));
    Rig.meet(a, b);
    assertThat(a.conflicts()).hasSize(1);
  }

  private void agree() {
    Rig.meet(a, b);
    assertThat(a.state()).isEqualTo(b.state());
    assertThat(a.decisions()).isEqualTo(b.decisions());
    Rig.meet(x, y);
    assertThat(x.state()).isEqualTo(y.state());
    assertThat(x.decisions()).isEqualTo(y.decisions());
  }

  private static String shown(Rig<?, ?, Cart.State> rig) {
    return rig.state().quantities() + (rig.state().checkedOut() ? " checked out" : " open");
  }

  private static String values(Rig<?, ?, Document.State> rig) {
    return rig.state().status() + " " + rig.state().values();
  }

  @Test
  void a_cart_stays_as_it_is_if_a_person_says_so() {
    for (long checkoutAt : new long[] {10, 30}) {
      Rig<CartEvent, CartEvent, Cart.State> one = cart("a");
      Rig<CartEvent, CartEvent, Cart.State> two = cart("b");
      one.run(checkoutAt, new CartEvent.CheckedOut());
      two.run(20, add("milk", 2));
      Rig.meet(one, two);
      assertThat(two.decide(40, new Choice.AsItIs<>())).isTrue();
      Rig.meet(one, two);
      assertThat(shown(one)).isEqualTo("{milk=2} checked out").isEqualTo(shown(two));
      assertThat(one.conflicts()).isEmpty();
    }
  }

  @Test
  void the_checkout_chosen_the_cart_is_what_it_had_seen() {
    checkedOutWhileChanged(10);
    assertThat(b.choose(40, "a:2")).isTrue();
    agree();
    assertThat(shown(a)).isEqualTo("{tea=1} checked out");
    assertThat(a.conflicts()).isEmpty();
  }

  @Test
  void the_change_chosen_the_cart_is_open_again() {
    checkedOutWhileChanged(30);
    assertThat(b.choose(40, "b:1")).isTrue();
    agree();
    assertThat(shown(a)).isEqualTo("{milk=2, tea=1} open");
    assertThat(a.conflicts()).isEmpty();
    assertThat(a.run(50, add("milk", 1))).isTrue();
    assertThat(a.run(51, new CartEvent.CheckedOut())).isTrue();
    agree();
    assertThat(shown(b)).isEqualTo("{milk=3, tea=1} checked out");
  }

  @Test
  void a_command_in_place_of_both_changes_a_cart_that_is_checked_out() {
    checkedOutWhileChanged(30);
    assertThat(
            b.decide(
                40, new Choice.Instead<>(new CartEvent.QuantitySet("milk", BigInteger.valueOf(7)))))
        .isTrue();
    agree();
    assertThat(shown(a)).isEqualTo("{milk=7, tea=1} checked out");
    assertThat(a.conflicts()).isEmpty();
  }

  @Test
  void of_two_decisions_at_once_the_first_stands() {
    checkedOutWhileChanged(10);
    a.decide(40, new Choice.AsItIs<>());
    b.choose(41, "a:2");
    agree();
    assertThat(shown(a)).isEqualTo("{milk=2, tea=1} checked out");
    assertThat(a.decisions().get(4)).startsWith("Discard").contains("decided at the same time");
    assertThat(a.conflicts()).isEmpty();
  }

  @Test
  void a_change_that_comes_after_the_decision_waits_for_another() {
    Rig<CartEvent, CartEvent, Cart.State> late = cart("c");
    late.run(15, add("salt", 1));
    checkedOutWhileChanged(10);
    a.choose(40, "a:2");
    b.pull(late);
    agree();
    assertThat(shown(a)).isEqualTo("{salt=1, tea=1} checked out");
    // Its own, and the one before, which it reopens for itself.
    assertThat(a.conflicts()).hasSize(2);
    a.choose(50, "a:2");
    a.choose(51, "a:2");
    agree();
    assertThat(shown(b)).isEqualTo("{tea=1} checked out");
    assertThat(b.conflicts()).isEmpty();
  }

  @Test
  void an_item_cannot_be_added_without_end() {
    for (int i = 0; i < Cart.MAX_CONTRIBUTIONS; i++) {
      assertThat(a.run(i, add("tea", 1))).isTrue();
    }
    assertThat(a.run(5_000, add("tea", 1))).isFalse();
    assertThat(a.run(5_001, add("milk", 1))).isTrue();
    assertThat(a.run(5_002, new CartEvent.QuantitySet("tea", BigInteger.TEN))).isTrue();
    assertThat(a.run(5_003, add("tea", 1))).isTrue();
    assertThat(shown(a)).isEqualTo("{milk=1, tea=11} open");
  }

  /** A document (x:1) at both; then its title becomes first at x (x:2), and second at y (y:1). */
  private void writtenTwice() {
    x.run(1, patch("title", "old", "body", "text"));
    y.pull(x);
    x.run(10, patch("title", "first"));
    y.run(20, patch("title", "second"));
    Rig.meet(x, y);
    assertThat(values(x)).isEqualTo("LIVE {body=\"text\", title=\"first\"}");
    assertThat(x.conflicts()).hasSize(1);
  }

  @Test
  void the_side_of_a_document_that_a_person_chooses_stands() {
    writtenTwice();
    assertThat(y.choose(30, "y:1")).isTrue();
    agree();
    assertThat(values(x)).isEqualTo("LIVE {body=\"text\", title=\"second\"}");
    assertThat(x.conflicts()).isEmpty();
    // The next write is as any other.
    assertThat(x.run(40, patch("title", "third"))).isTrue();
    agree();
    assertThat(values(y)).isEqualTo("LIVE {body=\"text\", title=\"third\"}");
    assertThat(x.conflicts()).isEmpty();
  }

  @Test
  void as_it_is_keeps_the_first_write() {
    writtenTwice();
    assertThat(x.decide(30, new Choice.AsItIs<>())).isTrue();
    agree();
    assertThat(values(y)).isEqualTo("LIVE {body=\"text\", title=\"first\"}");
    assertThat(y.conflicts()).isEmpty();
  }

  @Test
  void something_else_can_stand_in_the_place_of_both() {
    writtenTwice();
    x.decide(30, new Choice.Instead<>(patch("title", "both")));
    agree();
    assertThat(values(y)).isEqualTo("LIVE {body=\"text\", title=\"both\"}");
    y.run(40, patch("title", "mine"));
    x.run(50, new Document.Command.Delete());
    Rig.meet(x, y);
    x.decide(
        60, new Choice.Instead<>(new Document.Command.Replace(Map.of("n", TextNode.valueOf("1")))));
    agree();
    assertThat(values(y)).isEqualTo("LIVE {n=\"1\"}");
  }

  @Test
  void an_update_chosen_over_a_deletion_brings_the_document_back_whole() {
    x.run(1, patch("title", "old", "body", "text"));
    y.pull(x);
    x.run(10, new Document.Command.Delete());
    y.run(20, patch("title", "new"));
    Rig.meet(x, y);
    assertThat(values(x)).isEqualTo("DELETED {}");
    x.choose(30, "y:1");
    agree();
    assertThat(values(y)).isEqualTo("LIVE {body=\"text\", title=\"new\"}");
  }

  @Test
  void a_deletion_chosen_over_an_update_deletes() {
    x.run(1, patch("title", "old"));
    y.pull(x);
    y.run(10, patch("title", "new"));
    x.run(20, new Document.Command.Delete());
    Rig.meet(x, y);
    assertThat(values(x)).isEqualTo("LIVE {title=\"new\"}");
    x.choose(30, "x:2");
    agree();
    assertThat(values(y)).isEqualTo("DELETED {}");
    assertThat(y.conflicts()).isEmpty();
  }

  @Test
  void a_write_that_the_person_had_not_seen_waits_if_it_is_later() {
    writtenTwice();
    x.choose(30, "y:1");
    y.run(40, patch("title", "meanwhile"));
    agree();
    assertThat(values(x)).isEqualTo("LIVE {body=\"text\", title=\"second\"}");
    assertThat(x.conflicts()).hasSize(1);
    // The decision is a side now, and stands for what it came to.
    x.choose(50, "x:3");
    agree();
    assertThat(values(y)).isEqualTo("LIVE {body=\"text\", title=\"second\"}");
    assertThat(y.conflicts()).isEmpty();
  }

  @Test
  void a_side_that_comes_late_reopens_for_itself() {
    Rig<Document.Command, DocumentEvent, Document.State> late = document("z");
    writtenTwice();
    late.run(5, patch("title", "never seen"));
    x.choose(30, "y:1");
    y.pull(late);
    agree();
    assertThat(x.conflicts()).isNotEmpty();
    while (!x.conflicts().isEmpty()) {
      x.decide(60, new Choice.Instead<>(patch("title", "settled")));
    }
    agree();
    assertThat(values(y)).contains("title=\"settled\"");
    assertThat(y.conflicts()).isEmpty();
  }

  @Test
  void a_document_cannot_grow_without_end() {
    String half = "x".repeat(Document.MAX_CHARACTERS / 2);
    assertThat(x.run(1, patch("a", half))).isTrue();
    assertThatThrownBy(() -> x.run(2, patch("b", half)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at most 1048576 characters");
    assertThat(x.run(3, patch("a", half + "y"))).isTrue();
  }
}
