package dev.converge.crdt.sequence;

import dev.converge.crdt.testing.Event;
import dev.converge.crdt.testing.Rng;
import dev.converge.crdt.testing.Subject;
import java.util.ArrayList;
import java.util.List;

/** The sequences, described once for all suites. */
public final class Edits {
  private Edits() {}

  /**
   * An edit, by a place that is taken modulo what is possible where it is made.
   *
   * @param at the place
   * @param delete how many to delete there
   * @param insert what to insert there
   */
  public record Edit(int at, int delete, String insert) {
    int from(int length) {
      return Math.floorMod(at, length + 1);
    }

    int count(int length) {
      return Math.min(delete, length - from(length));
    }
  }

  /** Few places, near both ends, so that edits meet; what is inserted may be long or an emoji. */
  private static Edit random(Rng rng) {
    int at = rng.oneIn(3) ? 0 : rng.oneIn(2) ? -1 : rng.below(8);
    int delete = rng.oneIn(3) ? 1 + rng.below(3) : 0;
    StringBuilder insert = new StringBuilder();
    int length = delete > 0 && rng.oneIn(2) ? 0 : 1 + rng.below(3);
    for (int i = 0; i < length; i++) {
      insert.append(rng.oneIn(12) ? "😀" : rng.letter());
    }
    return new Edit(at, delete, insert.toString());
  }

  /** Text, by sessions. */
  public static Subject<Text, Edit> text() {
    return new Subject<>("Text", Text.empty(), Edits::random, Edits::change);
  }

  /** Single letters among the first, so that many are put between the same two. */
  static Subject<Text, Edit> crowdedText() {
    return new Subject<>(
        "Text, crowded",
        Text.empty(),
        rng -> new Edit(rng.below(3), 0, rng.letter()),
        Edits::change);
  }

  private static Text change(Text text, Event<Edit> event) {
    TextSession session = text.edit(event.replica());
    Edit edit = event.operation();
    int length = text.length();
    session.delete(edit.from(length), edit.count(length));
    session.insert(edit.from(length), edit.insert());
    return session.takeDelta();
  }

  /** With plain mutators: an edit that deletes does not insert. */
  public static Subject<RGA<String>, Edit> list() {
    return new Subject<>("RGA", RGA.empty(), Edits::random, Edits::change);
  }

  private static RGA<String> change(RGA<String> list, Event<Edit> event) {
    Edit edit = event.operation();
    int from = edit.from(list.size());
    return edit.count(list.size()) > 0
        ? list.delete(from, edit.count(list.size()))
        : list.insertAll(event.replica(), from, letters(edit.insert()));
  }

  static List<String> letters(String text) {
    List<String> letters = new ArrayList<>();
    text.codePoints().forEach(c -> letters.add(Character.toString(c)));
    return letters;
  }
}
