package dev.converge.crdt;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.converge.crdt.algebra.Crdt;
import dev.converge.crdt.binary.Codecs;
import dev.converge.crdt.binary.CrdtCodec;
import dev.converge.crdt.sequence.Edits;
import dev.converge.crdt.sequence.RGA;
import dev.converge.crdt.sequence.Text;
import dev.converge.crdt.testing.Subject;
import java.util.List;

/** Each type with its encodings, for all tests of encodings. */
final class Encodings {
  private Encodings() {}

  record Encoding<S extends Crdt<S>, O>(
      Subject<S, O> subject, CrdtCodec<S> binary, TypeReference<S> json) {
    @Override
    public String toString() {
      return subject.name();
    }
  }

  static List<Encoding<?, ?>> all() {
    var s = Codecs.string();
    return List.of(
        new Encoding<>(Subjects.gCounter(), Codecs.gCounter(), new TypeReference<GCounter>() {}),
        new Encoding<>(Subjects.pnCounter(), Codecs.pnCounter(), new TypeReference<PNCounter>() {}),
        new Encoding<>(
            Subjects.boundedCounter(),
            Codecs.boundedCounter(),
            new TypeReference<BoundedCounter>() {}),
        new Encoding<>(Subjects.gSet(), Codecs.gSet(s), new TypeReference<GSet<String>>() {}),
        new Encoding<>(
            Subjects.lwwRegister(),
            Codecs.lwwRegister(s),
            new TypeReference<LWWRegister<String>>() {}),
        new Encoding<>(Subjects.orSet(), Codecs.orSet(s), new TypeReference<ORSet<String>>() {}),
        new Encoding<>(Subjects.rwSet(), Codecs.rwSet(s), new TypeReference<RWSet<String>>() {}),
        new Encoding<>(
            Subjects.lwwElementSet(),
            Codecs.lwwElementSet(s),
            new TypeReference<LWWElementSet<String>>() {}),
        new Encoding<>(
            Subjects.mvRegister(),
            Codecs.mvRegister(s),
            new TypeReference<MVRegister<String>>() {}),
        new Encoding<>(
            Subjects.enableWinsFlag(),
            Codecs.enableWinsFlag(),
            new TypeReference<EnableWinsFlag>() {}),
        new Encoding<>(
            Subjects.disableWinsFlag(),
            Codecs.disableWinsFlag(),
            new TypeReference<DisableWinsFlag>() {}),
        new Encoding<>(
            Subjects.lwwMap(), Codecs.lwwMap(s, s), new TypeReference<LWWMap<String, String>>() {}),
        new Encoding<>(
            Subjects.causalGSet(),
            Codecs.causalGSet(s),
            new TypeReference<CausalGSet<String>>() {}),
        new Encoding<>(
            Subjects.causalGCounter(),
            Codecs.causalGCounter(),
            new TypeReference<CausalGCounter>() {}),
        new Encoding<>(
            Subjects.causalPNCounter(),
            Codecs.causalPNCounter(),
            new TypeReference<CausalPNCounter>() {}),
        new Encoding<>(
            Subjects.causalLwwRegister(),
            Codecs.causalLwwRegister(s),
            new TypeReference<CausalLWWRegister<String>>() {}),
        new Encoding<>(
            Subjects.mapOfSets(),
            Codecs.orMap(s, Codecs.orSet(s)),
            new TypeReference<ORMap<String, ORSet<String>>>() {}),
        new Encoding<>(
            Subjects.mapOfCounters(),
            Codecs.orMap(s, Codecs.causalPNCounter()),
            new TypeReference<ORMap<String, CausalPNCounter>>() {}),
        new Encoding<>(
            Subjects.mapOfRegisters(),
            Codecs.orMap(s, Codecs.causalLwwRegister(s)),
            new TypeReference<ORMap<String, CausalLWWRegister<String>>>() {}),
        new Encoding<>(
            Subjects.mapOfMaps(),
            Codecs.orMap(s, Codecs.orMap(s, Codecs.causalPNCounter())),
            new TypeReference<ORMap<String, ORMap<String, CausalPNCounter>>>() {}),
        new Encoding<>(
            NestedSubjects.lwwElementSets(),
            Codecs.orMap(s, Codecs.orMap(s, Codecs.lwwElementSet(s))),
            new TypeReference<ORMap<String, ORMap<String, LWWElementSet<String>>>>() {}),
        new Encoding<>(
            NestedSubjects.enableWinsFlags(),
            Codecs.orMap(s, Codecs.orMap(s, Codecs.enableWinsFlag())),
            new TypeReference<ORMap<String, ORMap<String, EnableWinsFlag>>>() {}),
        new Encoding<>(
            Subjects.mapOfVariants(),
            Codecs.orMap(s, Codecs.variant(Codecs.any())),
            new TypeReference<ORMap<String, Variant>>() {}),
        new Encoding<>(Edits.text(), Text.codec(), new TypeReference<Text>() {}),
        new Encoding<>(Edits.list(), RGA.codec(s), new TypeReference<RGA<String>>() {}));
  }
}
