package dev.converge.crdt.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.sequence.SequenceParts.Deletion;
import dev.converge.crdt.sequence.SequenceParts.Run;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a sequence is made of comes apart and together again; what cannot be one is refused. */
class SequencePartsTest {
  private final ReplicaId phone = ReplicaId.of("phone");

  private Run<String> run(int first, int length, @Nullable String content) {
    Dot after = first == 1 ? null : Dot.of(phone, first - 1);
    return new Run<>(Dot.of(phone, first), length, after, null, content);
  }

  private static Text of(List<Run<String>> runs, List<Deletion> deletions) {
    return Text.of(new SequenceParts<>(runs, deletions));
  }

  @Test
  void theExampleOfTheJavadoc() {
    Text text = Text.empty().insert(phone, 0, "hello");
    SequenceParts<String> parts = text.parts();
    String typed = parts.runs().get(0).content(); // hello
    Text again = Text.of(parts); // equals text
    assertThat(typed).isEqualTo("hello");
    assertThat(again).isEqualTo(text);
  }

  @Test
  void runsAreAsLongAsTheyCanBeHoweverTheyWereCutAndOrdered() {
    Text whole = Text.empty().insert(phone, 0, "hello");
    List<Run<String>> pieces = new ArrayList<>(List.of(run(4, 2, "lo"), run(1, 2, "he")));
    pieces.add(run(3, 1, "l"));
    Text cut = of(pieces, List.of());
    assertThat(cut).isEqualTo(whole);
    assertThat(cut.parts()).isEqualTo(whole.parts());
    Text deleted = whole.merge(whole.delete(1, 2));
    assertThat(deleted.parts().runs())
        .containsExactly(run(1, 1, "h"), run(2, 2, null), run(4, 2, "lo"));
  }

  @Test
  void whatWaitsAndWhatIsDeletedBeforeItComesIsAmongTheParts() {
    Text hello = Text.empty().insert(phone, 0, "hello");
    Text more = hello.insert(phone, 5, "!");
    Text early = more.merge(hello.delete(0, 2));
    assertThat(early.parts().runs()).containsExactly(run(6, 1, "!"));
    assertThat(early.parts().deletions()).containsExactly(new Deletion(Dot.of(phone, 1), 2));
    assertThat(Text.of(early.parts())).isEqualTo(early);
    assertThat(Text.of(early.parts()).merge(hello)).hasToString("llo!");
  }

  @Test
  void listsComeApartAndTogetherToo() {
    RGA<Integer> list = RGA.<Integer>empty().insertAll(phone, 0, List.of(1, 2, 3));
    list = list.merge(list.delete(0, 1));
    assertThat(list.parts().runs().get(1).content()).containsExactly(2, 3);
    assertThat(RGA.of(list.parts())).isEqualTo(list);
    Run<List<Integer>> wrong = new Run<>(Dot.of(phone, 1), 2, null, null, List.of(1));
    assertThatThrownBy(() -> RGA.of(new SequenceParts<>(List.of(wrong), List.of())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a run of 2 elements with a content of 1");
  }

  @Test
  void whatCannotBeASequenceIsRefused() {
    Deletion second = new Deletion(Dot.of(phone, 2), 1);
    refused("phone:2 stands twice", List.of(run(1, 2, "ab"), run(2, 1, "b")), List.of());
    refused("phone:2 stands twice", List.of(), List.of(second, second));
    refused("one of which is there", List.of(run(1, 2, "ab")), List.of(second));
    refused(
        "a run of 2 elements with a content of 1", List.of(run(1, 2, "\uD83D\uDE00")), List.of());
    refused("lone surrogate", List.of(run(1, 1, "\uD83D")), List.of());
  }

  private static void refused(String why, List<Run<String>> runs, List<Deletion> deletions) {
    assertThatThrownBy(() -> of(runs, deletions))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(why);
  }

  @Test
  void rangesEndBeforeTheLastId() {
    assertThatThrownBy(() -> new Deletion(Dot.of(phone, 5), Long.MAX_VALUE))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new Run<>(Dot.of(phone, 5), 0, null, null, "x"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least one");
  }
}
