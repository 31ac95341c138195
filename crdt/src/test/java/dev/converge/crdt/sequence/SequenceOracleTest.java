package dev.converge.crdt.sequence;

import dev.converge.crdt.testing.Oracle;
import org.junit.jupiter.api.Test;

/** Lists and text show what FugueMax, written plainly, says. */
class SequenceOracleTest {
  @Test
  void text() {
    Oracle.agrees(Edits.text(), Text::toString, new FugueMaxSpecification(true));
  }

  @Test
  void crowdedText() {
    Oracle.agrees(Edits.crowdedText(), Text::toString, new FugueMaxSpecification(true));
  }

  @Test
  void list() {
    Oracle.agrees(
        Edits.list(), list -> String.join("", list.elements()), new FugueMaxSpecification(false));
  }
}
