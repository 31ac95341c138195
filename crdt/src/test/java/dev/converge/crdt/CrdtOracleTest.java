package dev.converge.crdt;

import dev.converge.crdt.causal.CausalCrdt;
import dev.converge.crdt.testing.Oracle;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Each type joins in one line and its specification. */
class CrdtOracleTest {
  @Test
  void gCounter() {
    Oracle.agrees(Subjects.gCounter(), GCounter::value, Specifications::sum);
  }

  @Test
  void pnCounter() {
    Oracle.agrees(Subjects.pnCounter(), PNCounter::value, Specifications::sum);
  }

  @Test
  void gSet() {
    Oracle.agrees(Subjects.gSet(), GSet::elements, Specifications::everAdded);
  }

  @Test
  void lwwRegister() {
    Oracle.agrees(Subjects.lwwRegister(), LWWRegister::value, Specifications::lastWritten);
  }

  @Test
  void orSet() {
    Oracle.agrees(Subjects.orSet(), ORSet::elements, Specifications::added);
  }

  @Test
  void causalGSet() {
    Oracle.agrees(Subjects.causalGSet(), CausalGSet::elements, Specifications::added);
  }

  @Test
  void causalGCounter() {
    Oracle.agrees(Subjects.causalGCounter(), CausalGCounter::value, Specifications::counted);
  }

  @Test
  void causalPNCounter() {
    Oracle.agrees(Subjects.causalPNCounter(), CausalPNCounter::value, Specifications::counted);
  }

  @Test
  void causalLwwRegister() {
    Oracle.agrees(
        Subjects.causalLwwRegister(), CausalLWWRegister::value, Specifications::lastWritten);
  }

  @Test
  void mapOfSets() {
    Oracle.agrees(
        Subjects.mapOfSets(), map -> values(map, ORSet::elements), Specifications::mapOfSets);
  }

  @Test
  void mapOfCounters() {
    Oracle.agrees(
        Subjects.mapOfCounters(),
        map -> values(map, CausalPNCounter::value),
        Specifications::mapOfCounters);
  }

  @Test
  void mapOfRegisters() {
    Oracle.agrees(
        Subjects.mapOfRegisters(),
        map -> values(map, register -> register.value().orElseThrow()),
        Specifications::mapOfRegisters);
  }

  @Test
  void mapOfMaps() {
    Oracle.agrees(
        Subjects.mapOfMaps(),
        map -> values(map, inner -> values(inner, CausalPNCounter::value)),
        Specifications::mapOfMaps);
  }

  @Test
  void mapOfVariants() {
    Oracle.agrees(
        Subjects.mapOfVariants(),
        map -> values(map, CrdtOracleTest::types),
        Specifications::mapOfVariants);
  }

  private static <V extends CausalCrdt<V>, T> Map<String, T> values(
      ORMap<String, V> map, Function<V, T> value) {
    Map<String, T> values = new HashMap<>();
    map.forEach((key, v) -> values.put(key, value.apply(v)));
    return values;
  }

  private static Map<String, Object> types(Variant variant) {
    Map<String, Object> types = new HashMap<>();
    variant.get(CausalPNCounter.type()).ifPresent(c -> types.put("pncounter", c.value()));
    variant.get(ORSet.<String>type()).ifPresent(s -> types.put("orset", s.elements()));
    variant
        .get(CausalLWWRegister.<String>type())
        .ifPresent(r -> types.put("lwwregister", r.value()));
    return types;
  }
}
