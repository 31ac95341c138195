package dev.converge.engine.conflict;

import static dev.converge.engine.support.Events.event;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.fold.EntityModel;
import dev.converge.engine.fold.EventContext;
import dev.converge.engine.fold.NaiveFold;
import dev.converge.engine.support.Note;
import java.util.List;
import org.junit.jupiter.api.Test;

class IntentMergeTest {
  private record Item(String id, String text) {}

  private record Edited(List<ListEdit<Item>> edits) {}

  private static final List<Item> BASE = items("milk", "bread");

  private static List<Item> items(String... ids) {
    return List.of(ids).stream().map(id -> new Item(id, id)).toList();
  }

  private static final EntityModel<List<Item>, Edited> MODEL =
      new EntityModel<>() {
        @Override
        public List<Item> emptyState() {
          return BASE;
        }

        @Override
        public List<Item> apply(List<Item> state, Edited event, EventContext context) {
          return ListEdit.apply(state, event.edits(), Item::id);
        }

        @Override
        public ConflictResolver<List<Item>, Edited> conflicts() {
          return Resolvers.mergeByIntent("list", Edited::edits, (e, edits) -> new Edited(edits));
        }
      };

  private static NaiveFold.Result<List<Item>, Edited> both(List<Item> one, List<Item> two) {
    return NaiveFold.fold(
        MODEL,
        List.of(
            edited(event("node-1:1", 1, Note.on("x", "1")), one),
            edited(event("node-2:1", 2, Note.on("x", "2")), two)));
  }

  private static ReplicatedEvent<Edited> edited(ReplicatedEvent<Note> envelope, List<Item> after) {
    return new ReplicatedEvent<>(
        envelope.dot(),
        envelope.time(),
        envelope.context(),
        1,
        null,
        envelope.hash(),
        new Edited(ListEdit.between(BASE, after, Item::id)));
  }

  @Test
  void theEditsOfBothSidesAreCombined() {
    var result = both(items("milk", "eggs", "bread"), items("milk", "bread", "jam"));
    assertThat(result.state()).isEqualTo(items("milk", "eggs", "bread", "jam"));
    assertThat(result.history().get(1).decision()).isEqualTo(Decision.apply());
  }

  @Test
  void anEntryThatBothPutInIsThereOnce() {
    var result = both(items("milk", "bread", "jam"), items("jam", "milk", "bread"));
    assertThat(result.state()).isEqualTo(items("milk", "bread", "jam"));
    assertThat(result.history().get(1).decision().why())
        .contains("list: combined with the edits of node-1:1");
  }

  @Test
  void anEntryThatOneSideChangedAndTheOtherRemovedStays() {
    Item oatMilk = new Item("milk", "oat milk");
    List<Item> changed = List.of(oatMilk, BASE.get(1));
    var removedLater = both(changed, List.of());
    assertThat(removedLater.state()).containsExactly(oatMilk);
    assertThat(removedLater.history().get(1).decision())
        .isEqualTo(
            Decision.replace(
                new Edited(List.of(new ListEdit.Remove<>("bread"))),
                "list: entry 'milk' stays, as the removal had not seen node-1:1"));
    assertThat(both(List.of(), changed).state()).containsExactly(oatMilk);
    assertThat(both(changed, items("bread")).history().get(1).decision())
        .isEqualTo(
            Decision.discard("list: entry 'milk' stays, as the removal had not seen node-1:1"));
  }

  @Test
  void theIntentIsWhatTurnsOneListIntoAnother() {
    List<Item> after = items("eggs", "bread", "jam");
    List<ListEdit<Item>> edits = ListEdit.between(BASE, after, Item::id);
    assertThat(edits).hasSize(3);
    assertThat(ListEdit.apply(BASE, edits, Item::id)).isEqualTo(after);
    assertThat(ListEdit.apply(items("tea"), edits, Item::id))
        .isEqualTo(items("eggs", "tea", "jam"));
    assertThatThrownBy(() -> ListEdit.between(BASE, items("a", "a"), Item::id))
        .hasMessageContaining("two entries of a list have the id 'a'");
  }
}
