package dev.converge.crdt.sequence;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.converge.crdt.testing.Oracle;
import dev.converge.crdt.testing.Property;
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
  void theSuiteTellsFugueMaxFromFugue() {
    // The two differ in few histories.
    assumeTrue(Property.cases() >= Property.DEFAULT_CASES);
    assertThatThrownBy(
            () ->
                Oracle.agrees(
                    Edits.crowdedText(), Text::toString, new FugueMaxSpecification(true, false)))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("differs from its specification");
  }

  @Test
  void list() {
    Oracle.agrees(
        Edits.list(), list -> String.join("", list.elements()), new FugueMaxSpecification(false));
  }
}
