package dev.converge.crdt;

import static dev.converge.crdt.NestableSpecifications.DISABLE_WINS_FLAG;
import static dev.converge.crdt.NestableSpecifications.ENABLE_WINS_FLAG;
import static dev.converge.crdt.NestableSpecifications.LWW_ELEMENT_SET;
import static dev.converge.crdt.NestableSpecifications.LWW_MAP;
import static dev.converge.crdt.NestableSpecifications.MV_REGISTER;
import static dev.converge.crdt.NestableSpecifications.RW_SET;
import static java.math.BigInteger.ZERO;
import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.causal.CausalCrdt;
import dev.converge.crdt.testing.Oracle;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
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

  @Test
  void boundedCounter() {
    Oracle.agrees(
        Subjects.boundedCounter(),
        counter -> {
          BigInteger sum = counter.rights().values().stream().reduce(ZERO, BigInteger::add);
          assertThat(counter.value()).isEqualTo(sum).isNotNegative();
          return counter.rights();
        },
        Specifications::rights);
  }

  @Test
  void rwSet() {
    Oracle.agrees(Subjects.rwSet(), RWSet::elements, RW_SET.alone(Set.of()));
  }

  @Test
  void nestedRwSets() {
    Oracle.agrees(
        NestedSubjects.rwSets(),
        map -> values(map, inner -> values(inner, RWSet::elements)),
        RW_SET.inTwoMaps());
  }

  @Test
  void lwwElementSet() {
    Oracle.agrees(
        Subjects.lwwElementSet(), LWWElementSet::elements, LWW_ELEMENT_SET.alone(Set.of()));
  }

  @Test
  void nestedLwwElementSets() {
    Oracle.agrees(
        NestedSubjects.lwwElementSets(),
        map -> values(map, inner -> values(inner, LWWElementSet::elements)),
        LWW_ELEMENT_SET.inTwoMaps());
  }

  @Test
  void mvRegister() {
    Oracle.agrees(Subjects.mvRegister(), MVRegister::values, MV_REGISTER.alone(Set.of()));
  }

  @Test
  void nestedMvRegisters() {
    Oracle.agrees(
        NestedSubjects.mvRegisters(),
        map -> values(map, inner -> values(inner, MVRegister::values)),
        MV_REGISTER.inTwoMaps());
  }

  @Test
  void enableWinsFlag() {
    Oracle.agrees(
        Subjects.enableWinsFlag(), EnableWinsFlag::isEnabled, ENABLE_WINS_FLAG.alone(false));
  }

  @Test
  void nestedEnableWinsFlags() {
    Oracle.agrees(
        NestedSubjects.enableWinsFlags(),
        map -> values(map, inner -> values(inner, EnableWinsFlag::isEnabled)),
        ENABLE_WINS_FLAG.inTwoMaps());
  }

  @Test
  void disableWinsFlag() {
    Oracle.agrees(
        Subjects.disableWinsFlag(), DisableWinsFlag::isEnabled, DISABLE_WINS_FLAG.alone(false));
  }

  @Test
  void nestedDisableWinsFlags() {
    Oracle.agrees(
        NestedSubjects.disableWinsFlags(),
        map -> values(map, inner -> values(inner, DisableWinsFlag::isEnabled)),
        DISABLE_WINS_FLAG.inTwoMaps());
  }

  @Test
  void lwwMap() {
    Oracle.agrees(Subjects.lwwMap(), CrdtOracleTest::entries, LWW_MAP.alone(Map.of()));
  }

  @Test
  void nestedLwwMaps() {
    Oracle.agrees(
        NestedSubjects.lwwMaps(),
        map -> values(map, inner -> values(inner, CrdtOracleTest::entries)),
        LWW_MAP.inTwoMaps());
  }

  private static Map<String, String> entries(LWWMap<String, String> map) {
    return map.stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
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
