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

  @Test
  void boundedCounter() {
    Laws.hold(Subjects.boundedCounter());
  }

  @Test
  void rwSet() {
    Laws.hold(Subjects.rwSet());
  }

  @Test
  void nestedRwSets() {
    Laws.hold(NestedSubjects.rwSets());
  }

  @Test
  void lwwElementSet() {
    Laws.hold(Subjects.lwwElementSet());
  }

  @Test
  void nestedLwwElementSets() {
    Laws.hold(NestedSubjects.lwwElementSets());
  }

  @Test
  void mvRegister() {
    Laws.hold(Subjects.mvRegister());
  }

  @Test
  void nestedMvRegisters() {
    Laws.hold(NestedSubjects.mvRegisters());
  }

  @Test
  void enableWinsFlag() {
    Laws.hold(Subjects.enableWinsFlag());
  }

  @Test
  void nestedEnableWinsFlags() {
    Laws.hold(NestedSubjects.enableWinsFlags());
  }

  @Test
  void disableWinsFlag() {
    Laws.hold(Subjects.disableWinsFlag());
  }

  @Test
  void nestedDisableWinsFlags() {
    Laws.hold(NestedSubjects.disableWinsFlags());
  }

  @Test
  void lwwMap() {
    Laws.hold(Subjects.lwwMap());
  }

  @Test
  void nestedLwwMaps() {
    Laws.hold(NestedSubjects.lwwMaps());
  }
}
