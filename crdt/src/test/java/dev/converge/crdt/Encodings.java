package dev.converge.crdt;

import dev.converge.crdt.Subjects.Op;
import dev.converge.crdt.algebra.Crdt;
import dev.converge.crdt.binary.Codecs;
import dev.converge.crdt.binary.CrdtCodec;
import dev.converge.crdt.testing.Subject;
import java.util.List;

/** Each type with its encodings, for all tests of encodings. */
final class Encodings {
  private Encodings() {}

  record Encoding<S extends Crdt<S>>(Subject<S, Op> subject, CrdtCodec<S> binary) {
    @Override
    public String toString() {
      return subject.name();
    }
  }

  static List<Encoding<?>> all() {
    var s = Codecs.string();
    return List.of(
        new Encoding<>(Subjects.gCounter(), Codecs.gCounter()),
        new Encoding<>(Subjects.pnCounter(), Codecs.pnCounter()),
        new Encoding<>(Subjects.boundedCounter(), Codecs.boundedCounter()),
        new Encoding<>(Subjects.gSet(), Codecs.gSet(s)),
        new Encoding<>(Subjects.lwwRegister(), Codecs.lwwRegister(s)),
        new Encoding<>(Subjects.orSet(), Codecs.orSet(s)),
        new Encoding<>(Subjects.rwSet(), Codecs.rwSet(s)),
        new Encoding<>(Subjects.lwwElementSet(), Codecs.lwwElementSet(s)),
        new Encoding<>(Subjects.mvRegister(), Codecs.mvRegister(s)),
        new Encoding<>(Subjects.enableWinsFlag(), Codecs.enableWinsFlag()),
        new Encoding<>(Subjects.disableWinsFlag(), Codecs.disableWinsFlag()),
        new Encoding<>(Subjects.lwwMap(), Codecs.lwwMap(s, s)),
        new Encoding<>(Subjects.causalGSet(), Codecs.causalGSet(s)),
        new Encoding<>(Subjects.causalGCounter(), Codecs.causalGCounter()),
        new Encoding<>(Subjects.causalPNCounter(), Codecs.causalPNCounter()),
        new Encoding<>(Subjects.causalLwwRegister(), Codecs.causalLwwRegister(s)),
        new Encoding<>(Subjects.mapOfSets(), Codecs.orMap(s, Codecs.orSet(s))),
        new Encoding<>(Subjects.mapOfCounters(), Codecs.orMap(s, Codecs.causalPNCounter())),
        new Encoding<>(Subjects.mapOfRegisters(), Codecs.orMap(s, Codecs.causalLwwRegister(s))),
        new Encoding<>(
            Subjects.mapOfMaps(), Codecs.orMap(s, Codecs.orMap(s, Codecs.causalPNCounter()))),
        new Encoding<>(
            NestedSubjects.lwwElementSets(),
            Codecs.orMap(s, Codecs.orMap(s, Codecs.lwwElementSet(s)))),
        new Encoding<>(
            NestedSubjects.enableWinsFlags(),
            Codecs.orMap(s, Codecs.orMap(s, Codecs.enableWinsFlag()))),
        new Encoding<>(Subjects.mapOfVariants(), Codecs.orMap(s, Codecs.variant(Codecs.any()))));
  }
}
