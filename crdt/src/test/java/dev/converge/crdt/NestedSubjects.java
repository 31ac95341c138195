package dev.converge.crdt;

import dev.converge.crdt.Subjects.Kind;
import dev.converge.crdt.Subjects.Op;
import dev.converge.crdt.causal.CausalCrdt;
import dev.converge.crdt.causal.CausalType;
import dev.converge.crdt.testing.Event;
import dev.converge.crdt.testing.Subject;
import java.util.function.BiFunction;

/**
 * Types in a map in a map. {@code REMOVE_KEY} removes an outer key; {@code CLEAR} an inner one, in
 * place of clearing what is under it.
 */
final class NestedSubjects {
  private NestedSubjects() {}

  private static <V extends CausalCrdt<V>> Subject<ORMap<String, ORMap<String, V>>, Op> nested(
      Subject<V, Op> subject, CausalType<V> type, BiFunction<V, Event<Op>, V> change) {
    return new Subject<>(
        "ORMap of ORMap of " + subject.name(),
        ORMap.empty(ORMap.type(type)),
        rng -> {
          Op op = subject.operations().apply(rng);
          return rng.oneIn(8) ? new Op(Kind.REMOVE_KEY, op.key(), op.element(), op.by()) : op;
        },
        (outer, e) -> {
          Op op = e.operation();
          if (op.is(Kind.REMOVE_KEY)) {
            return outer.remove(op.key());
          }
          return outer.update(
              op.key(),
              inner ->
                  op.is(Kind.CLEAR)
                      ? inner.remove(op.inner())
                      : inner.update(op.inner(), v -> change.apply(v, e)));
        });
  }

  static Subject<ORMap<String, ORMap<String, RWSet<String>>>, Op> rwSets() {
    return nested(Subjects.rwSet(), RWSet.type(), Subjects::changeRwSet);
  }

  static Subject<ORMap<String, ORMap<String, LWWElementSet<String>>>, Op> lwwElementSets() {
    return nested(Subjects.lwwElementSet(), LWWElementSet.type(), Subjects::changeLwwElementSet);
  }

  static Subject<ORMap<String, ORMap<String, MVRegister<String>>>, Op> mvRegisters() {
    return nested(Subjects.mvRegister(), MVRegister.type(), Subjects::changeMvRegister);
  }

  static Subject<ORMap<String, ORMap<String, EnableWinsFlag>>, Op> enableWinsFlags() {
    return nested(Subjects.enableWinsFlag(), EnableWinsFlag.type(), Subjects::changeEnableWinsFlag);
  }

  static Subject<ORMap<String, ORMap<String, DisableWinsFlag>>, Op> disableWinsFlags() {
    return nested(
        Subjects.disableWinsFlag(), DisableWinsFlag.type(), Subjects::changeDisableWinsFlag);
  }

  static Subject<ORMap<String, ORMap<String, LWWMap<String, String>>>, Op> lwwMaps() {
    return nested(Subjects.lwwMap(), LWWMap.type(), Subjects::changeLwwMap);
  }
}
