package dev.converge.crdt.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.causal.DotConflictException;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.testing.Property;
import dev.converge.crdt.testing.Rng;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Text by one replica against a plain string; old values; deltas out of order; misuse. */
class TextTest {
  private static final ReplicaId A = ReplicaId.of("a");
  private static final ReplicaId B = ReplicaId.of("b");

  private record Step(int at, int delete, String insert) {}

  private static List<Step> steps(Rng rng) {
    List<Step> steps = new ArrayList<>();
    int count = rng.isWide() ? 1_000 : 40;
    int spot = 0;
    for (int i = 0; i < count; i++) {
      spot = rng.oneIn(4) ? rng.below(1 << 20) : spot + 1;
      boolean delete = rng.oneIn(3);
      String text = rng.oneIn(100) ? "ab😀".repeat(rng.below(500)) : rng.letter();
      steps.add(new Step(spot, delete ? 1 + rng.below(4) : 0, delete ? "" : text));
    }
    return steps;
  }

  @Test
  void aSessionOfOneReplicaDoesWhatAStringBuilderDoes() {
    Property.check("session against a plain string", 150, TextTest::steps, this::checkSession);
  }

  private void checkSession(List<Step> steps) {
    StringBuilder model = new StringBuilder();
    TextSession session = Text.empty().edit(A);
    List<Text> values = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    Text replica = Text.empty();
    int length = 0;
    for (int i = 0; i < steps.size(); i++) {
      Step step = steps.get(i);
      int at = step.at % (length + 1);
      int count = Math.min(step.delete, length - at);
      session.delete(at, count);
      session.insert(at, step.insert);
      int from = model.offsetByCodePoints(0, at);
      model.replace(from, model.offsetByCodePoints(from, count), step.insert);
      if (i % 97 == 5) {
        values.add(session.value());
        texts.add(model.toString());
        replica = replica.merge(session.takeDelta());
        assertThat(replica).isEqualTo(session.value());
      }
      length += step.insert.codePointCount(0, step.insert.length()) - count;
      assertThat(session.length()).isEqualTo(length);
    }
    assertThat(session).hasToString(model.toString());
    // What was given away stays as it was.
    for (int i = 0; i < values.size(); i++) {
      assertThat(values.get(i)).hasToString(texts.get(i));
    }
    Text delta = session.takeDelta();
    assertThat(replica.merge(delta)).isEqualTo(session.value());
    assertThat(session.takeDelta()).isEqualTo(Text.empty());
  }

  @Test
  void mutatorsAndASessionMakeTheSameValue() {
    Property.check("mutators against a session", 150, TextTest::steps, this::checkMutators);
  }

  private void checkMutators(List<Step> steps) {
    Text text = Text.empty();
    TextSession session = text.edit(A);
    for (Step step : steps.subList(0, Math.min(steps.size(), 120))) {
      int at = step.at % (text.length() + 1);
      int count = Math.min(step.delete, text.length() - at);
      text = text.merge(text.delete(at, count));
      text = text.merge(text.insert(A, at, step.insert));
      session.delete(at, count);
      session.insert(at, step.insert);
    }
    assertThat(text).isEqualTo(session.value()).hasSameHashCodeAs(session.value());
  }

  @Test
  void aLargeTextIsMergedAtTheCostOfWhatDiffers() {
    TextSession session = Text.empty().edit(A);
    for (int i = 0; i < 20_000; i++) {
      session.insert(i / 2, "x"); // In the middle each time: as many runs.
    }
    Text text = session.value();
    Text mine = text.merge(text.insert(A, 777, "here"));
    Text theirs = text.merge(text.insert(B, 9_000, "there"));
    int[] differing = new int[1];
    theirs.state.arena().forEachLeafNotIn(mine.state.arena(), leaf -> differing[0] += leaf.count);
    assertThat(text.state.nodeCount()).isGreaterThan(300);
    assertThat(differing[0]).isLessThan(100);
    assertThat(mine.merge(theirs)).isEqualTo(theirs.merge(mine));
    assertThat(mine.merge(theirs).length()).isEqualTo(20_009);
  }

  @Test
  void anEmojiIsOneElement() {
    Text text = Text.empty().insert(A, 0, "a😀b");
    assertThat(text.length()).isEqualTo(3);
    assertThat(text.codePointAt(1)).isEqualTo(0x1F600);
    assertThat(text.substring(1, 2)).isEqualTo("😀");
    assertThat(text.merge(text.delete(1, 1))).hasToString("ab");
    assertThat(text.merge(text.insert(B, 1, "x")).merge(text.insert(A, 2, "y")))
        .hasToString("ax😀yb");
  }

  @Test
  void halfOfASurrogatePairIsRefused() {
    for (String broken : List.of("\uD83D", "\uDE00", "\uDE00\uD83D", "a\uD83Db")) {
      assertThatThrownBy(() -> Text.empty().insert(A, 0, broken))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("surrogate");
    }
  }

  @Test
  void indexesBeyondTheTextAreRefused() {
    Text text = Text.empty().insert(A, 0, "abc");
    assertThatThrownBy(() -> text.insert(A, 4, "x")).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> text.insert(A, 4, "")).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> text.insert(A, -1, "x")).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> text.delete(2, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> text.delete(0, Integer.MAX_VALUE))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> text.codePointAt(3)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> text.substring(2, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> text.edit(A).insert(4, "x"))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void deltasThatOvertakeTheirPastWaitForIt() {
    Text one = Text.empty().insert(A, 0, "ac");
    Text insert = one.insert(B, 1, "b");
    Text two = one.merge(insert);
    Text delete = two.delete(1, 1);

    Text early = Text.empty().merge(delete).merge(insert);
    assertThat(early).hasToString("");
    assertThat(early.pending().elements()).isEqualTo(1);
    assertThat(early.pending().missing()).containsExactly(Dot.of(A, 1), Dot.of(A, 2));
    assertThat(Text.empty().merge(delete).pending().deletions()).isEqualTo(1);

    Text late = early.merge(one);
    assertThat(late.pending().isEmpty()).isTrue();
    assertThat(late).isEqualTo(two.merge(delete)).hasToString("ac");
  }

  @Test
  void aCycleOfOriginsWaitsForEverAndHarmsNobody() {
    Block first = new Block(A, 1, 1, B, 1, null, 0, "a");
    Block second = new Block(B, 1, 1, A, 1, null, 0, "b");
    Editor editor = new Editor(State.EMPTY_TEXT);
    new Integration(editor).add(first);
    new Integration(editor).add(second);
    Text text = new Text(editor.state());
    assertThat(text).hasToString("");
    assertThat(text.pending().elements()).isEqualTo(2);
    assertThat(text.merge(Text.empty().insert(ReplicaId.of("c"), 0, "c"))).hasToString("c");
  }

  @Test
  void oneIdWithTwoContentsIsReported() {
    Text base = Text.empty().insert(A, 0, "base");
    Text mine = base.merge(base.insert(B, 0, "x"));
    assertThatThrownBy(() -> mine.merge(base.insert(B, 0, "y")))
        .isInstanceOf(DotConflictException.class)
        .hasMessageContaining("b:1");
    assertThatThrownBy(() -> mine.merge(base.insert(B, 2, "x")))
        .isInstanceOf(DotConflictException.class)
        .extracting(e -> ((DotConflictException) e).dot())
        .isEqualTo(Dot.of(B, 1));
  }

  @Test
  void theExampleOfTheJavadoc() {
    ReplicaId phone = ReplicaId.of("phone");
    Text text = Text.empty();
    text = text.merge(text.insert(phone, 0, "hello"));

    TextSession session = text.edit(phone);
    session.insert(5, ", world");
    session.delete(0, 1);
    session.insert(0, "H");
    Text delta = session.takeDelta(); // for the others
    text = session.value(); // for here
    assertThat(text).hasToString("Hello, world");
    assertThat(Text.empty().merge(delta).pending().isEmpty()).isFalse();
  }
}
