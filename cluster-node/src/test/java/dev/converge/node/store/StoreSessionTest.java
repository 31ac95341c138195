package dev.converge.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class StoreSessionTest {
  @Test
  void what_was_seen_where_is_merged_and_replaced_by_a_node_that_has_all_of_it() {
    StoreSession session = StoreSession.of("a", "n1").merge(StoreSession.of("a", "n2"));
    session = session.merge(StoreSession.of("b", "n1"));
    assertThat(session.nodesOf("a")).containsExactly("n1", "n2");
    assertThat(session.nodesOf("b")).containsExactly("n1");
    assertThat(session.nodesOf("c")).isEmpty();
    session = session.replacedBy(StoreSession.of("a", "n3"));
    assertThat(session.nodesOf("a")).containsExactly("n3");
    assertThat(session.nodesOf("b")).containsExactly("n1");
    assertThat(StoreSession.parse(session.text())).isEqualTo(session);
    assertThat(session.text()).matches("s\\.[A-Za-z0-9_-]+");
  }

  @Test
  void of_many_keys_it_stays_small_and_forgets_nothing() {
    StoreSession session = StoreSession.EMPTY;
    for (int i = 0; i < 2_000; i++) {
      session = session.merge(StoreSession.of("key" + i, "node-" + i % 3));
      StoreSession read = StoreSession.parse(session.text());
      assertThat(read).isEqualTo(session);
      assertThat(read.nodesOf("key" + i)).contains("node-" + i % 3);
    }
    for (int i = 0; i < 2_000; i++) {
      assertThat(session.nodesOf("key" + i)).contains("node-" + i % 3);
    }
    assertThat(session.text().length()).isLessThan(700);
    StoreSession other = StoreSession.of("key7", "far").merge(session);
    assertThat(other.nodesOf("key7")).contains("far", "node-1");
  }

  @Test
  void what_is_no_text_of_one_is_refused() {
    String good = StoreSession.of("a", "n1").text();
    for (String bad :
        List.of("", "s.", "s.!", "x" + good, good + "AA", good.substring(0, good.length() - 2))) {
      assertThatThrownBy(() -> StoreSession.parse(bad))
          .as(bad)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("give back what an answer carried");
    }
  }
}
