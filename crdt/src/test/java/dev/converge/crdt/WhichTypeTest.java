package dev.converge.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.algebra.Crdt;
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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each row of the table in docs/which-type.md: the outcome is what the types here do. */
class WhichTypeTest {
  private static final Path PAGE = Path.of("../docs/which-type.md");
  private static final ReplicaId A = ReplicaId.of("a");
  private static final ReplicaId B = ReplicaId.of("b");

  private static HybridTimestamp at(long millis) {
    return new HybridTimestamp(millis, 0);
  }

  /** A row: to a common state, a and b do something each at the same time; then all show this. */
  record Row(String type, String before, String a, String b, String shows, boolean holds) {
    String line() {
      return Stream.of("`" + type + "`", before, a, b, shows)
          .collect(Collectors.joining(" | ", "| ", " |"));
    }

    @Override
    public String toString() {
      return line();
    }
  }

  /**
   * One situation.
   *
   * @param before the deltas of the common past, one after the other
   */
  private static <S extends Crdt<S>> Row row(
      String type,
      S empty,
      Function<S, ?> value,
      String beforeText,
      List<UnaryOperator<S>> before,
      String aText,
      UnaryOperator<S> a,
      String bText,
      UnaryOperator<S> b,
      String shows) {
    S common = empty;
    for (UnaryOperator<S> change : before) {
      common = common.merge(change.apply(common));
    }
    S atA = common.merge(a.apply(common));
    S atB = common.merge(b.apply(common));
    S merged = atA.merge(atB);
    boolean same = merged.equals(atB.merge(atA));
    return new Row(
        type,
        beforeText,
        aText,
        bText,
        shows,
        same && value.apply(merged).toString().equals(shows));
  }

  private static <E> UnaryOperator<ORSet<E>> add(ReplicaId replica, E element) {
    return s -> s.add(replica, element);
  }

  private static Stream<Row> counters() {
    return Stream.of(
        row(
            "GCounter",
            GCounter.empty(),
            GCounter::value,
            "5",
            List.of(c -> c.increment(A, 5)),
            "increment by 2",
            c -> c.increment(A, 2),
            "increment by 3",
            c -> c.increment(B, 3),
            "10"),
        row(
            "PNCounter",
            PNCounter.empty(),
            PNCounter::value,
            "5",
            List.of(c -> c.increment(A, 5)),
            "decrement by 4",
            c -> c.decrement(A, 4),
            "decrement by 4",
            c -> c.decrement(B, 4),
            "-3"),
        row(
            "BoundedCounter",
            BoundedCounter.empty(),
            BoundedCounter::value,
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

  private static Stream<Row> sets() {
    return Stream.of(
        row(
            "GSet",
            GSet.<String>empty(),
            GSet::elements,
            "[]",
            List.of(),
            "add x",
            s -> s.add("x"),
            "add x",
            s -> s.add("x"),
            "[x]"),
        row(
            "ORSet",
            ORSet.<String>empty(),
            ORSet::elements,
            "[x]",
            List.of(add(A, "x")),
            "remove x",
            s -> s.remove("x"),
            "add x",
            add(B, "x"),
            "[x]"),
        row(
            "ORSet",
            ORSet.<String>empty(),
            ORSet::elements,
            "[x]",
            List.of(add(A, "x")),
            "remove x",
            s -> s.remove("x"),
            "remove x",
            s -> s.remove("x"),
            "[]"),
        row(
            "RWSet",
            RWSet.<String>empty(),
            RWSet::elements,
            "[x]",
            List.of(s -> s.add(A, "x")),
            "remove x",
            s -> s.remove(A, "x"),
            "add x",
            s -> s.add(B, "x"),
            "[]"),
        row(
            "RWSet",
            RWSet.<String>empty(),
            RWSet::elements,
            "[]",
            List.of(),
            "remove x, which is not there",
            s -> s.remove(A, "x"),
            "add x",
            s -> s.add(B, "x"),
            "[]"),
        row(
            "LWWElementSet",
            LWWElementSet.<String>empty(),
            LWWElementSet::elements,
            "[x], from 1:00",
            List.of(s -> s.add(A, at(60), "x")),
            "remove x at 2:00",
            s -> s.remove(A, at(120), "x"),
            "add x at 2:01",
            s -> s.add(B, at(121), "x"),
            "[x]"),
        row(
            "LWWElementSet",
            LWWElementSet.<String>empty(),
            LWWElementSet::elements,
            "[x], from 1:00",
            List.of(s -> s.add(A, at(60), "x")),
            "remove x at 2:02",
            s -> s.remove(A, at(122), "x"),
            "add x at 2:01",
            s -> s.add(B, at(121), "x"),
            "[]"));
  }

  private static Stream<Row> registersAndFlags() {
    return Stream.of(
        row(
            "LWWRegister",
            LWWRegister.<String>empty(),
            r -> r.value().orElse("nothing"),
            "nothing",
            List.of(),
            "set x at 2:01",
            r -> r.set(A, at(121), "x"),
            "set y at 2:00",
            r -> r.set(B, at(120), "y"),
            "x"),
        row(
            "LWWRegister",
            LWWRegister.<String>empty(),
            r -> r.value().orElse("nothing"),
            "nothing",
            List.of(),
            "set x at 2:00",
            r -> r.set(A, at(120), "x"),
            "set y at 2:00",
            r -> r.set(B, at(120), "y"),
            "y"),
        row(
            "MVRegister",
            MVRegister.<String>empty(),
            MVRegister::values,
            "[]",
            List.of(),
            "set x",
            r -> r.set(A, "x"),
            "set y",
            r -> r.set(B, "y"),
            "[x, y]"),
        row(
            "MVRegister",
            MVRegister.<String>empty(),
            MVRegister::values,
            "[x]",
            List.of(r -> r.set(A, "x")),
            "set y",
            r -> r.set(A, "y"),
            "clear",
            MVRegister::clear,
            "[y]"),
        row(
            "EnableWinsFlag",
            EnableWinsFlag.empty(),
            f -> f,
            "enabled",
            List.of(f -> f.enable(A)),
            "disable",
            EnableWinsFlag::disable,
            "enable",
            f -> f.enable(B),
            "enabled"),
        row(
            "DisableWinsFlag",
            DisableWinsFlag.empty(),
            f -> f,
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

  private static <V extends CausalCrdt<V>> Row inMap(
      String type,
      CausalType<V> valueType,
      Function<V, ?> value,
      String before,
      UnaryOperator<V> first,
      String update,
      UnaryOperator<V> change,
      String shows) {
    return row(
        type,
        ORMap.<String, V>empty(valueType),
        map -> values(map, value),
        before,
        List.of(map -> map.update("k", first)),
        "remove k",
        map -> map.remove("k"),
        update,
        map -> map.update("k", change),
        shows);
  }

  private static Stream<Row> maps() {
    return Stream.of(
        row(
            "LWWMap",
            LWWMap.<String, String>empty(),
            map -> map,
            "{k=x}, from 1:00",
            List.of(map -> map.put(A, at(60), "k", "x")),
            "put k=y at 2:01",
            map -> map.put(A, at(121), "k", "y"),
            "put k=z at 2:00",
            map -> map.put(B, at(120), "k", "z"),
            "{k=y}"),
        row(
            "LWWMap",
            LWWMap.<String, String>empty(),
            map -> map,
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
        row(
            "ORMap of Variant",
            ORMap.<String, Variant>empty(Variant.type()),
            map -> map.get("k").orElseThrow().types(),
            "{}",
            List.of(),
            "make k a counter",
            map -> map.update("k", v -> v.mark(A, CausalPNCounter.type())),
            "make k a set",
            map -> map.update("k", v -> v.mark(B, ORSet.type())),
            "[pncounter, orset]"));
  }

  static List<Row> rows() {
    return Stream.of(counters(), sets(), registersAndFlags(), maps()).flatMap(s -> s).toList();
  }

  @ParameterizedTest
  @MethodSource("rows")
  void theOutcomeIsAsTheTableSays(Row row) {
    assertThat(row.holds()).as(row.line()).isTrue();
  }

  @Test
  void thePageHasTheseRowsAndNoOthers() throws IOException {
    List<String> lines =
        Files.readAllLines(PAGE).stream()
            .dropWhile(line -> !line.startsWith("| type | before |"))
            .skip(2)
            .takeWhile(line -> line.startsWith("|"))
            .toList();
    assertThat(lines).isEqualTo(rows().stream().map(Row::line).toList());
  }
}
