package dev.converge.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.causal.CausalCrdt;
import dev.converge.crdt.causal.CausalType;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each row of the table in docs/which-type.md: the outcome is what the types here do. */
class WhichTypeTest {
  private static final Path PAGE = Path.of("../docs/which-type.md");
  private static final ReplicaId A = ReplicaId.of("a");
  private static final ReplicaId B = ReplicaId.of("b");

  private static final Situation.Of<ORSet<String>> OR_SET =
      new Situation.Of<>("ORSet", ORSet.empty(), ORSet::elements);
  private static final Situation.Of<RWSet<String>> RW_SET =
      new Situation.Of<>("RWSet", RWSet.empty(), RWSet::elements);
  private static final Situation.Of<LWWElementSet<String>> LWW_SET =
      new Situation.Of<>("LWWElementSet", LWWElementSet.empty(), LWWElementSet::elements);
  private static final Situation.Of<LWWRegister<String>> LWW_REGISTER =
      new Situation.Of<>("LWWRegister", LWWRegister.empty(), r -> r.value().orElse("nothing"));
  private static final Situation.Of<MVRegister<String>> MV_REGISTER =
      new Situation.Of<>("MVRegister", MVRegister.empty(), MVRegister::values);
  private static final Situation.Of<LWWMap<String, String>> LWW_MAP =
      new Situation.Of<>("LWWMap", LWWMap.empty(), map -> map);

  private static HybridTimestamp at(long millis) {
    return new HybridTimestamp(millis, 0);
  }

  private static <E> UnaryOperator<ORSet<E>> add(ReplicaId replica, E element) {
    return s -> s.add(replica, element);
  }

  private static Stream<Situation> counters() {
    return Stream.of(
        new Situation.Of<>("GCounter", GCounter.empty(), GCounter::value)
            .when(
                "5",
                List.of(c -> c.increment(A, 5)),
                "increment by 2",
                c -> c.increment(A, 2),
                "increment by 3",
                c -> c.increment(B, 3),
                "10"),
        new Situation.Of<>("PNCounter", PNCounter.empty(), PNCounter::value)
            .when(
                "5",
                List.of(c -> c.increment(A, 5)),
                "decrement by 4",
                c -> c.decrement(A, 4),
                "decrement by 4",
                c -> c.decrement(B, 4),
                "-3"),
        new Situation.Of<>("BoundedCounter", BoundedCounter.empty(), BoundedCounter::value)
            .when(
                "a has rights to 5, b to 4",
                List.of(c -> c.increment(A, 9), c -> c.transfer(A, B, 4)),
                "decrement by 4",
                c -> c.decrement(A, 4),
                "decrement by 4; a further 1 is refused",
                c -> {
                  BoundedCounter delta = c.decrement(B, 4);
                  assertThat(c.merge(delta).rights(B)).isZero();
                  return delta;
                },
                "1"));
  }

  private static Stream<Situation> sets() {
    return Stream.of(
        new Situation.Of<>("GSet", GSet.<String>empty(), GSet::elements)
            .when("[]", List.of(), "add x", s -> s.add("x"), "add x", s -> s.add("x"), "[x]"),
        OR_SET.when(
            "[x]",
            List.of(add(A, "x")),
            "remove x",
            s -> s.remove("x"),
            "add x",
            add(B, "x"),
            "[x]"),
        OR_SET.when(
            "[x]",
            List.of(add(A, "x")),
            "remove x",
            s -> s.remove("x"),
            "remove x",
            s -> s.remove("x"),
            "[]"),
        RW_SET.when(
            "[x]",
            List.of(s -> s.add(A, "x")),
            "remove x",
            s -> s.remove(A, "x"),
            "add x",
            s -> s.add(B, "x"),
            "[]"),
        RW_SET.when(
            "[]",
            List.of(),
            "remove x, which is not there",
            s -> s.remove(A, "x"),
            "add x",
            s -> s.add(B, "x"),
            "[]"),
        LWW_SET.when(
            "[x], from 1:00",
            List.of(s -> s.add(A, at(60), "x")),
            "remove x at 2:00",
            s -> s.remove(A, at(120), "x"),
            "add x at 2:01",
            s -> s.add(B, at(121), "x"),
            "[x]"),
        LWW_SET.when(
            "[x], from 1:00",
            List.of(s -> s.add(A, at(60), "x")),
            "remove x at 2:02",
            s -> s.remove(A, at(122), "x"),
            "add x at 2:01",
            s -> s.add(B, at(121), "x"),
            "[]"));
  }

  private static Stream<Situation> registersAndFlags() {
    return Stream.of(
        LWW_REGISTER.when(
            "nothing",
            List.of(),
            "set x at 2:01",
            r -> r.set(A, at(121), "x"),
            "set y at 2:00",
            r -> r.set(B, at(120), "y"),
            "x"),
        LWW_REGISTER.when(
            "nothing",
            List.of(),
            "set x at 2:00",
            r -> r.set(A, at(120), "x"),
            "set y at 2:00",
            r -> r.set(B, at(120), "y"),
            "y"),
        MV_REGISTER.when(
            "[]", List.of(), "set x", r -> r.set(A, "x"), "set y", r -> r.set(B, "y"), "[x, y]"),
        MV_REGISTER.when(
            "[x]",
            List.of(r -> r.set(A, "x")),
            "set y",
            r -> r.set(A, "y"),
            "clear",
            MVRegister::clear,
            "[y]"),
        new Situation.Of<>("EnableWinsFlag", EnableWinsFlag.empty(), f -> f)
            .when(
                "enabled",
                List.of(f -> f.enable(A)),
                "disable",
                EnableWinsFlag::disable,
                "enable",
                f -> f.enable(B),
                "enabled"),
        new Situation.Of<>("DisableWinsFlag", DisableWinsFlag.empty(), f -> f)
            .when(
                "enabled",
                List.of(f -> f.enable(A)),
                "disable",
                f -> f.disable(A),
                "enable",
                f -> f.enable(B),
                "disabled"));
  }

  private static <V extends CausalCrdt<V>> Map<String, String> values(
      ORMap<String, V> map, Function<V, ?> value) {
    Map<String, String> values = new TreeMap<>();
    map.forEach((key, v) -> values.put(key, value.apply(v).toString()));
    return values;
  }

  private static <V extends CausalCrdt<V>> Situation inMap(
      String type,
      CausalType<V> valueType,
      Function<V, ?> value,
      String before,
      UnaryOperator<V> first,
      String update,
      UnaryOperator<V> change,
      String shows) {
    return new Situation.Of<>(type, ORMap.<String, V>empty(valueType), map -> values(map, value))
        .when(
            before,
            List.of(map -> map.update("k", first)),
            "remove k",
            map -> map.remove("k"),
            update,
            map -> map.update("k", change),
            shows);
  }

  private static Stream<Situation> maps() {
    return Stream.of(
        LWW_MAP.when(
            "{k=x}, from 1:00",
            List.of(map -> map.put(A, at(60), "k", "x")),
            "put k=y at 2:01",
            map -> map.put(A, at(121), "k", "y"),
            "put k=z at 2:00",
            map -> map.put(B, at(120), "k", "z"),
            "{k=y}"),
        LWW_MAP.when(
            "{k=x}, from 1:00",
            List.of(map -> map.put(A, at(60), "k", "x")),
            "remove k at 2:01",
            map -> map.remove("k"),
            "put k=z at 2:00",
            map -> map.put(B, at(120), "k", "z"),
            "{k=z}"),
        inMap(
            "ORMap of ORSet",
            ORSet.<String>type(),
            ORSet::elements,
            "{k=[x]}",
            s -> s.add(A, "x"),
            "add y to k",
            s -> s.add(B, "y"),
            "{k=[y]}"),
        inMap(
            "ORMap of CausalPNCounter",
            CausalPNCounter.type(),
            CausalPNCounter::value,
            "{k=5}, all counted by b",
            c -> c.increment(B, 5),
            "increment k by 1",
            c -> c.increment(B, 1),
            "{k=6}"),
        inMap(
            "ORMap of CausalPNCounter",
            CausalPNCounter.type(),
            CausalPNCounter::value,
            "{k=5}, all counted by a",
            c -> c.increment(A, 5),
            "increment k by 1",
            c -> c.increment(B, 1),
            "{k=1}"),
        inMap(
            "ORMap of CausalLWWRegister",
            CausalLWWRegister.<String>type(),
            r -> r.value().orElse("nothing"),
            "{k=x}",
            r -> r.set(A, at(60), "x"),
            "set k to y",
            r -> r.set(B, at(61), "y"),
            "{k=y}"),
        inMap(
            "ORMap of RWSet",
            RWSet.<String>type(),
            RWSet::elements,
            "{k=[x]}",
            s -> s.add(A, "x"),
            "remove x from k",
            s -> s.remove(B, "x"),
            "{k=[]}"),
        new Situation.Of<>(
                "ORMap of Variant",
                ORMap.<String, Variant>empty(Variant.type()),
                map -> map.get("k").orElseThrow().types())
            .when(
                "{}",
                List.of(),
                "make k a counter",
                map -> map.update("k", v -> v.mark(A, CausalPNCounter.type())),
                "make k a set",
                map -> map.update("k", v -> v.mark(B, ORSet.type())),
                "[pncounter, orset]"));
  }

  static List<Situation> rows() {
    return Stream.of(counters(), sets(), registersAndFlags(), maps()).flatMap(s -> s).toList();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void theOutcomeIsAsTheTableSays(Situation situation) {
    assertThat(situation.holds()).as(situation.line()).isTrue();
  }

  @Test
  void thePageHasTheseRowsAndNoOthers() throws IOException {
    List<String> lines =
        Files.readAllLines(PAGE).stream()
            .dropWhile(line -> !line.startsWith("| type | before |"))
            .skip(2)
            .takeWhile(line -> line.startsWith("|"))
            .toList();
    assertThat(lines).isEqualTo(rows().stream().map(Situation::line).toList());
  }
}
