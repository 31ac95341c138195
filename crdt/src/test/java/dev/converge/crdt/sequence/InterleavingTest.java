package dev.converge.crdt.sequence;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.clock.ReplicaId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Users who type at one spot, apart from each other: what each typed stays in a row. */
class InterleavingTest {
  private static final List<String> WORDS = List.of("aaaaaaaa", "bbbbbbbb", "cccccccc");

  /** One keystroke at a time. */
  private static TextSession typed(Text base, int user, boolean backwards) {
    TextSession session = base.edit(ReplicaId.of("user-" + user));
    int spot = base.length() / 2;
    for (int i = 0; i < WORDS.get(user).length(); i++) {
      session.insert(backwards ? spot : spot + i, WORDS.get(user).substring(i, i + 1));
    }
    return session;
  }

  private static void assertNotInterleaved(String text, int users) {
    for (int user = 0; user < users; user++) {
      assertThat(text).contains(WORDS.get(user));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "2, false, ''", "3, false, ''", "2, true, ''", "3, true, ''",
    "2, false, xy", "3, false, xy", "2, true, xy", "3, true, xy"
  })
  void typingAtOneSpotDoesNotInterleave(int users, boolean backwards, String around) {
    Text base = Text.empty().insert(ReplicaId.of("base"), 0, around);
    List<Text> deltas = new ArrayList<>();
    Text merged = base;
    for (int user = 0; user < users; user++) {
      Text delta = typed(base, user, backwards).takeDelta();
      deltas.add(delta);
      merged = merged.merge(delta);
    }
    assertNotInterleaved(merged.toString(), users);
    for (int user = 0; user < users; user++) {
      Text other = base.merge(deltas.get(user));
      for (Text delta : deltas) {
        other = delta.merge(other);
      }
      assertThat(other).isEqualTo(merged).hasToString(merged.toString());
    }
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void keystrokesThatArriveOneByOneDoNotInterleaveEither(boolean backwards) {
    Text base = Text.empty().insert(ReplicaId.of("base"), 0, "xy");
    Text mine = base;
    Text theirs = base;
    List<Text> fromMe = new ArrayList<>();
    List<Text> fromThem = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      fromMe.add(mine.insert(ReplicaId.of("me"), backwards ? 1 : 1 + i, "a"));
      mine = mine.merge(fromMe.get(i));
      fromThem.add(theirs.insert(ReplicaId.of("them"), backwards ? 1 : 1 + i, "b"));
      theirs = theirs.merge(fromThem.get(i));
    }
    for (int i = 0; i < 8; i++) {
      mine = mine.merge(fromThem.get(i));
      theirs = theirs.merge(fromMe.get(7 - i));
    }
    assertThat(mine).isEqualTo(theirs);
    assertThat(mine.toString()).isIn("xaaaaaaaabbbbbbbby", "xbbbbbbbbaaaaaaaay");
  }

  /**
   * What FugueMax adds to Fugue: right children of one element by the reverse of their right
   * origins, and not by id. x and w were put before z at once. One who has seen both puts N between
   * x and w; one who has not seen w puts F between x and z. N stays beside w.
   */
  @ParameterizedTest
  @CsvSource({"m, n", "n, m"})
  void whatWasPutBeforeANearNeighbourStaysBesideIt(String near, String far) {
    Text z = Text.empty().insert(ReplicaId.of("base"), 0, "z");
    Text x = z.merge(z.insert(ReplicaId.of("a"), 0, "x"));
    Text both = x.merge(z.insert(ReplicaId.of("b"), 0, "w"));
    assertThat(both).hasToString("xwz");
    Text toNear = both.insert(ReplicaId.of(near), 1, "N");
    Text toFar = x.insert(ReplicaId.of(far), 1, "F");
    assertThat(both.merge(toNear).merge(toFar)).hasToString("xFNwz");
    assertThat(both.merge(toFar).merge(toNear)).hasToString("xFNwz");
  }
}
