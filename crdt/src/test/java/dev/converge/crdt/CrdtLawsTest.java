package dev.converge.crdt;

import dev.converge.crdt.testing.Laws;
import org.junit.jupiter.api.Test;

/** Each type joins in one line. */
class CrdtLawsTest {
  @Test
  void gCounter() {
    Laws.hold(Subjects.gCounter());
  }

  @Test
  void pnCounter() {
    Laws.hold(Subjects.pnCounter());
  }

  @Test
  void gSet() {
    Laws.hold(Subjects.gSet());
  }

  @Test
  void lwwRegister() {
    Laws.hold(Subjects.lwwRegister());
  }

  @Test
  void orSet() {
    Laws.hold(Subjects.orSet());
  }

  @Test
  void causalGSet() {
    Laws.hold(Subjects.causalGSet());
  }

  @Test
  void causalGCounter() {
    Laws.hold(Subjects.causalGCounter());
  }

  @Test
  void causalPNCounter() {
    Laws.hold(Subjects.causalPNCounter());
  }

  @Test
  void causalLwwRegister() {
    Laws.hold(Subjects.causalLwwRegister());
  }

  @Test
  void mapOfSets() {
    Laws.hold(Subjects.mapOfSets());
  }

  @Test
  void mapOfCounters() {
    Laws.hold(Subjects.mapOfCounters());
  }

  @Test
  void mapOfRegisters() {
    Laws.hold(Subjects.mapOfRegisters());
  }

  @Test
  void mapOfMaps() {
    Laws.hold(Subjects.mapOfMaps());
  }

  @Test
  void mapOfVariants() {
    Laws.hold(Subjects.mapOfVariants());
  }
}
