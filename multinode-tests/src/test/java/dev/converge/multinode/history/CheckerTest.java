package dev.converge.multinode.history;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.multinode.history.Anomaly.Kind;
import dev.converge.multinode.history.Operation.Action;
import dev.converge.multinode.history.Operation.Level;
import dev.converge.multinode.history.Operation.Outcome;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An anomaly of each kind, planted, is found; what only looks like one is not. */
class CheckerTest {
  private static final String CART = "cart/1";
  private static final String ENTRY = "data/1";
  private static final List<String> NODES = List.of("node-1", "node-2");

  private final List<Operation> operations = new ArrayList<>();
  private long time = 1;

  private void did(
      int session,
      String node,
      Action action,
      String key,
      String value,
      Level level,
      Outcome outcome,
      String... seen) {
    operations.add(
        new Operation(
            session, node, action, key, value, level, time++, time++, outcome, List.of(seen)));
  }

  private void add(int session, String value, Level level, String... seen) {
    did(session, "node-1", Action.ADD, CART, value, level, Outcome.OK, seen);
  }

  private void read(int session, Level level, String... seen) {
    did(session, "node-2", Action.READ, CART, "", level, Outcome.OK, seen);
  }

  private void history(String node, String... events) {
    did(9, node, Action.HISTORY, CART, "", Level.LOCAL, Outcome.OK, events);
  }

  private void last(String key, String... seen) {
    for (String node : NODES) {
      lastAt(node, key, "same", seen);
    }
  }

  private void lastAt(String node, String key, String digest, String... seen) {
    did(0, node, Action.LAST_READ, key, digest, Level.LOCAL, Outcome.OK, seen);
  }

  private List<Kind> kinds() {
    return Checker.check(operations, NODES).stream().map(Anomaly::kind).distinct().toList();
  }

  @Test
  void aGoodHistoryHasNoAnomaly() {
    add(1, "a", Level.SESSION, "a");
    add(2, "b", Level.MAJORITY, "b");
    read(1, Level.SESSION, "a");
    read(2, Level.MAJORITY, "a", "b");
    read(3, Level.LOCAL);
    history("node-1", "1 applied");
    history("node-2", "1 applied", "2 applied");
    last(CART, "a", "b");
    assertThat(kinds()).isEmpty();
  }

  @Test
  void anAcknowledgedWriteThatIsGoneIsLost() {
    add(1, "a", Level.LOCAL, "a");
    last(CART);
    assertThat(kinds()).containsExactly(Kind.LOST);
  }

  @Test
  void whatWasRemovedOrNeverAcknowledgedIsNotLost() {
    add(1, "a", Level.SESSION, "a");
    did(1, "node-1", Action.REMOVE, CART, "a", Level.SESSION, Outcome.UNKNOWN);
    did(1, "node-1", Action.ADD, CART, "b", Level.SESSION, Outcome.UNKNOWN);
    read(1, Level.SESSION);
    last(CART);
    assertThat(kinds()).isEmpty();
  }

  @Test
  void aRemovalThatWasRefusedExcusesNothing() {
    add(1, "a", Level.SESSION, "a");
    did(1, "node-1", Action.REMOVE, CART, "a", Level.SESSION, Outcome.REFUSED);
    last(CART);
    assertThat(kinds()).containsExactly(Kind.LOST);
  }

  @Test
  void whatIsThereTwiceIsDoubled() {
    add(1, "a", Level.LOCAL, "a");
    last(CART, "a", "a");
    assertThat(kinds()).containsExactly(Kind.DOUBLED);
  }

  @Test
  void whatNobodyAddedIsInvented() {
    add(1, "a", Level.LOCAL, "a");
    last(CART, "a", "b");
    assertThat(kinds()).containsExactly(Kind.INVENTED);
  }

  @Test
  void whatWasRefusedAndIsThereIsInvented() {
    did(1, "node-1", Action.ADD, CART, "a", Level.LOCAL, Outcome.REFUSED);
    last(CART, "a");
    assertThat(kinds()).containsExactly(Kind.INVENTED);
  }

  @Test
  void aSessionThatDoesNotReadItsWriteIsFound() {
    add(1, "a", Level.SESSION, "a");
    read(1, Level.SESSION);
    last(CART, "a");
    assertThat(kinds()).containsExactly(Kind.SESSION);
  }

  @Test
  void aSessionThatGoesBackIsFound() {
    add(1, "a", Level.LOCAL, "a");
    read(2, Level.SESSION, "a");
    read(2, Level.SESSION);
    last(CART, "a");
    assertThat(kinds()).containsExactly(Kind.SESSION);
  }

  @Test
  void aSessionMayReadLessWhereItAsksForNoMore() {
    add(1, "a", Level.SESSION, "a");
    read(1, Level.LOCAL);
    read(2, Level.SESSION);
    last(CART, "a");
    assertThat(kinds()).isEmpty();
  }

  @Test
  void aMajorityReadThatMissesAMajorityWriteIsFound() {
    add(1, "a", Level.MAJORITY, "a");
    read(2, Level.MAJORITY);
    last(CART, "a");
    assertThat(kinds()).containsExactly(Kind.MAJORITY);
  }

  @Test
  void aMajorityReadNeedNotSeeALocalWriteNorOneThatHasNotEnded() {
    add(1, "a", Level.LOCAL, "a");
    operations.add(
        new Operation(
            2, "node-1", Action.ADD, CART, "b", Level.MAJORITY, 3, 99, Outcome.OK, List.of("b")));
    time = 4;
    read(3, Level.MAJORITY);
    time = 100;
    last(CART, "a", "b");
    assertThat(kinds()).isEmpty();
  }

  @Test
  void aFinalEventWithAnotherPlaceOrDecisionIsFound() {
    add(1, "a", Level.LOCAL, "a");
    history("node-1", "1 applied", "2 applied");
    history("node-2", "1 applied", "2 discarded", "3 applied");
    last(CART, "a");
    assertThat(kinds()).containsExactly(Kind.FINAL_CHANGED);
  }

  @Test
  void replicasThatDifferAtTheEndAreFound() {
    add(1, "a", Level.LOCAL, "a");
    lastAt("node-1", CART, "one", "a");
    lastAt("node-2", CART, "another", "a");
    assertThat(kinds()).containsExactly(Kind.DIFFERENT);
  }

  @Test
  void aReplicaThatWasNotReadAtTheEndIsFound() {
    add(1, "a", Level.LOCAL, "a");
    lastAt("node-1", CART, "one", "a");
    assertThat(kinds()).containsExactly(Kind.UNREAD);
  }

  @Test
  void whatTheStoreHasAcknowledgedIsLostToo() {
    did(1, "node-1", Action.ADD, ENTRY, "a", Level.LOCAL, Outcome.OK, "a");
    last(ENTRY);
    assertThat(kinds()).containsExactly(Kind.LOST);
  }

  @Test
  void aMajorityReadOfTheStoreThatMissesAMajorityWriteIsFound() {
    did(1, "node-1", Action.ADD, ENTRY, "a", Level.MAJORITY, Outcome.OK, "a");
    did(2, "node-2", Action.READ, ENTRY, "", Level.MAJORITY, Outcome.OK);
    last(ENTRY, "a");
    assertThat(kinds()).containsExactly(Kind.MAJORITY);
  }

  @Test
  void theStoreIsAskedWithoutASession() {
    did(1, "node-1", Action.ADD, ENTRY, "a", Level.MAJORITY, Outcome.OK, "a");
    did(1, "node-2", Action.ADD, ENTRY, "b", Level.MAJORITY, Outcome.OK, "b");
    last(ENTRY, "a", "b");
    assertThat(kinds()).isEmpty();
  }

  @Test
  void aFileGivesBackWhatWasWritten(@TempDir Path folder) {
    add(1, "a", Level.MAJORITY, "a", "b");
    List<Fault> faults = List.of(new Fault("cut", "node-1 node-2", 5, 7));
    Path file = folder.resolve("history.jsonl");
    try (HistoryFile history = HistoryFile.create(file)) {
      operations.forEach(history::add);
      faults.forEach(history::add);
    }
    assertThat(HistoryFile.read(file)).isEqualTo(new HistoryFile.Content(operations, faults));
  }
}
