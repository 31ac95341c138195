package dev.converge.crdt.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.sequence.Anchor.Side;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Anchors stay where they were put, whatever is edited. */
class AnchorTest {
  private static final ReplicaId A = ReplicaId.of("a");
  private static final ReplicaId B = ReplicaId.of("b");
  private static final Text BASE = Text.empty().insert(A, 0, "hello world");

  @Test
  void anAnchorMovesWithItsElement() {
    Anchor beforeWorld = BASE.anchor(6, Side.AFTER);
    Anchor afterSpace = BASE.anchor(6, Side.BEFORE);
    Text edited = BASE.merge(BASE.insert(B, 0, "oh, ")).merge(BASE.insert(A, 6, "big "));
    assertThat(edited).hasToString("oh, hello big world");
    assertThat(edited.indexOf(beforeWorld)).hasValue(14);
    assertThat(edited.indexOf(afterSpace)).hasValue(10);
  }

  @Test
  void anAnchorStaysWhereItsElementWasDeleted() {
    Anchor before = BASE.anchor(8, Side.AFTER);
    Anchor after = BASE.anchor(9, Side.BEFORE);
    Text edited = BASE.merge(BASE.delete(5, 6));
    assertThat(edited.indexOf(before)).hasValue(5);
    assertThat(edited.indexOf(after)).hasValue(5);
  }

  @Test
  void theEndsAreAnchorsToo() {
    assertThat(BASE.anchor(0, Side.BEFORE)).isEqualTo(Anchor.START);
    assertThat(BASE.anchor(11, Side.AFTER)).isEqualTo(Anchor.END);
    assertThat(BASE.indexOf(Anchor.START)).hasValue(0);
    assertThat(BASE.indexOf(Anchor.END)).hasValue(11);
  }

  @Test
  void anAnchorOfAnElementThatHasNotComeIsNowhere() {
    Text more = BASE.merge(BASE.insert(B, 3, "x"));
    assertThat(BASE.indexOf(more.anchor(3, Side.AFTER))).isEqualTo(OptionalInt.empty());
  }

  @Test
  void everyIndexOfALongTextComesBackInSessionsAndValues() {
    TextSession session = Text.empty().edit(A);
    for (int i = 0; i < 3_000; i++) {
      session.insert(i / 3, "ab");
      if (i % 5 == 0) {
        session.delete(i / 4, 1);
      }
    }
    Text text = session.value();
    for (int i = 0; i <= text.length(); i += 7) {
      for (Side side : Side.values()) {
        assertThat(text.indexOf(text.anchor(i, side))).hasValue(i);
        assertThat(session.indexOf(session.anchor(i, side))).hasValue(i);
      }
    }
  }

  @Test
  void anAnchorHasATextForm() {
    for (Anchor anchor :
        List.of(
            Anchor.START,
            Anchor.END,
            Anchor.before(Dot.of(A, 7)),
            Anchor.after(Dot.of(new ReplicaId("b", 3), 1)))) {
      assertThat(Anchor.parse(anchor.toString())).isEqualTo(anchor);
    }
    assertThat(Anchor.before(Dot.of(A, 7))).hasToString("<a:7");
    for (String wrong : List.of("", "a:7", "<a:0", "<a", "=a:7")) {
      assertThatThrownBy(() -> Anchor.parse(wrong)).isInstanceOf(IllegalArgumentException.class);
    }
  }
}
