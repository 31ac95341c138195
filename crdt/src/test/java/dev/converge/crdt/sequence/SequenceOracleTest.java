package dev.converge.crdt.sequence;

import dev.converge.crdt.testing.Oracle;
import org.junit.jupiter.api.Test;

/** Lists and text show what FugueMax, written plainly, says. */
class SequenceOracleTest {
  @Test
  void text() {
    Oracle.agrees(Edits.text(), Text::toString, view -> FugueMaxSpecification.shows(view, true));
  }

  @Test
  void list() {
    Oracle.agrees(
        Edits.list(),
        list -> String.join("", list.elements()),
        view -> FugueMaxSpecification.shows(view, false));
  }
}
