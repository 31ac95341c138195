package dev.converge.crdt.sequence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.clock.ReplicaId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The examples of this package's Javadoc. */
class SequenceExamplesTest {
  private final ReplicaId phone = ReplicaId.of("phone");
  private final ReplicaId laptop = ReplicaId.of("laptop");

  @Test
  void aListThatTwoEdit() {
    RGA<String> list = RGA.empty();
    list = list.merge(list.insertAll(phone, 0, List.of("milk", "eggs")));
    RGA<String> onLaptop = list.merge(list.insert(laptop, 1, "bread"));
    list = list.merge(list.delete(0, 1));
    List<String> both = list.merge(onLaptop).elements(); // [bread, eggs]
    assertThat(both).containsExactly("bread", "eggs");
  }

  @Test
  void aListInASession() {
    RGASession<String> session = RGA.<String>empty().edit(phone);
    session.insertAll(0, List.of("milk", "eggs"));
    session.delete(0, 1);
    RGA<String> delta = session.takeDelta(); // for the others
    RGA<String> list = session.value(); // [eggs]
    assertThat(list.elements()).containsExactly("eggs");
    assertThat(RGA.<String>empty().merge(delta)).isEqualTo(list);
  }

  @Test
  void aTextInASession() {
    TextSession typing = Text.empty().edit(phone);
    typing.insert(0, "helo");
    typing.insert(3, "l");
    Text delta = typing.takeDelta(); // for the others
    Text text = typing.value(); // hello
    assertThat(text).hasToString("hello");
    assertThat(Text.empty().merge(delta)).isEqualTo(text);
  }

  @Test
  void aCursor() {
    Text text = Text.empty().insert(phone, 0, "hello");
    Anchor cursor = text.anchor(5, Anchor.Side.BEFORE);
    text = text.merge(text.insert(laptop, 0, "> "));
    int at = text.indexOf(cursor).orElseThrow(); // 7
    assertThat(at).isEqualTo(7);
  }

  @Test
  void aDeltaThatWaits() {
    Text hello = Text.empty().insert(phone, 0, "hello");
    Text more = hello.insert(laptop, 5, "!");
    long waiting = Text.empty().merge(more).pending().elements(); // 1: the "!"
    boolean all = more.merge(hello).pending().isEmpty(); // true
    assertThat(waiting).isEqualTo(1);
    assertThat(all).isTrue();
  }
}
