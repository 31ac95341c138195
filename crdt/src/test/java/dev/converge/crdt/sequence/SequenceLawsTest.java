package dev.converge.crdt.sequence;

import dev.converge.crdt.testing.Laws;
import org.junit.jupiter.api.Test;

/** Lists and text are joins, whatever order deltas come in: also before what they stand beside. */
class SequenceLawsTest {
  @Test
  void text() {
    Laws.hold(Edits.text());
  }

  @Test
  void list() {
    Laws.hold(Edits.list());
  }
}
