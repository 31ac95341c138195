package dev.converge.crdt.causal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.testing.Property;
import dev.converge.crdt.testing.Rng;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/**
 * Deltas bring what they come to where they were made, and the index lags behind the writes:
 * neither may be seen. So random histories, in which old versions are written to again and deltas
 * come late, twice or from elsewhere, are compared with maps that are made anew for each step.
 */
class WritesTest {
  private static final List<ReplicaId> REPLICAS = List.of(ReplicaId.of("a"), ReplicaId.of("b"));

  enum Kind {
    PUT,
    PUT_IN_PLACE_OF_ONE,
    REMOVE,
    PUT_NESTED,
    REMOVE_NESTED,
    /** Made from another version, and not merged there first. */
    PUT_ELSEWHERE,
    /** Made from what another version has under the key. */
    PUT_NESTED_ELSEWHERE,
    LATE_DELTA,
    READ_DELTA,
    JOIN,
    ASK
  }

  /** One step: what is done to which of the latest versions, by whom, under which key. */
  record Step(Kind kind, int version, int other, int key, ReplicaId replica) {}

  private static List<Step> steps(Rng rng) {
    int length = 1 + rng.below(rng.isWide() ? 300 : 40);
    // Most often the latest, so that histories get long enough for the index to be brought up.
    int oldOneIn = rng.pick(List.of(2, 30));
    int askOneIn = rng.pick(List.of(2, 8, 1_000));
    int keys = rng.pick(List.of(3, 12, 60));
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < length; i++) {
      Kind kind = rng.pick(List.of(Kind.values()));
      kind = kind == Kind.ASK && !rng.oneIn(askOneIn) ? Kind.PUT : kind;
      kind = kind == Kind.JOIN && !rng.oneIn(4) ? Kind.PUT : kind;
      int version = rng.oneIn(oldOneIn) ? rng.below(8) : 0;
      steps.add(new Step(kind, version, rng.below(8), rng.below(keys), rng.pick(REPLICAS)));
    }
    return steps;
  }

  private static DotStore anew(DotStore store) {
    if (!(store instanceof DotMap<?, ?> map)) {
      return store;
    }
    Map<Object, DotStore> stores = new HashMap<>();
    map.forEach((key, nested) -> stores.put(key, anew(nested)));
    return DotMap.of(stores);
  }

  /** Knows neither what it came from nor has it an index that lags. */
  @SuppressWarnings("unchecked") // anew keeps the shape.
  private static Causal<DotMap<String, DotStore>> anew(Causal<DotMap<String, DotStore>> value) {
    return Causal.of((DotMap<String, DotStore>) anew(value.store()), value.context());
  }

  private static final class History {
    /** The latest first. */
    final List<Causal<DotMap<String, DotStore>>> versions = new ArrayList<>();

    final List<Causal<DotMap<String, DotStore>>> deltas = new ArrayList<>();

    /** Of each replica the last that it wrote: a replica does not write to what it has left. */
    final Map<ReplicaId, Long> written = new HashMap<>();

    History() {
      versions.add(Causal.empty(DotMap.none()));
    }

    /** All versions have their dots from one place, so that no dot stands for two things. */
    private Dot dot(ReplicaId replica) {
      return new Dot(replica, written.merge(replica, 1L, Long::sum));
    }

    private static Dot first(DotStore store) {
      List<Dot> dots = new ArrayList<>();
      store.forEachDot(dots::add);
      return dots.get(0);
    }

    private Causal<DotMap<String, DotStore>> delta(
        Causal<DotMap<String, DotStore>> version, Step step) {
      String flat = "flat " + step.key();
      String nested = "nested " + step.key() % 3;
      return switch (step.kind()) {
        case PUT -> {
          Dot dot = dot(step.replica());
          yield Causal.put(version, flat, DotFun.of(dot, "of " + dot), dot);
        }
        case PUT_IN_PLACE_OF_ONE -> {
          DotStore there = version.store().get(flat);
          Dot dot = dot(step.replica());
          List<Dot> replaced = there == null ? List.of() : List.of(first(there));
          yield Causal.put(version, flat, DotFun.of(dot, "of " + dot), dot, replaced);
        }
        case REMOVE -> Causal.remove(version, flat);
        case PUT_NESTED -> {
          Dot dot = dot(step.replica());
          yield Causal.nested(
              version, nested, Causal.put(inner(version, nested), flat, DotSet.of(dot), dot));
        }
        case PUT_ELSEWHERE -> {
          Dot dot = dot(step.replica());
          yield Causal.put(other(step), flat, DotFun.of(dot, "of " + dot), dot);
        }
        case PUT_NESTED_ELSEWHERE -> {
          Dot dot = dot(step.replica());
          yield Causal.nested(
              version, nested, Causal.put(inner(other(step), nested), flat, DotSet.of(dot), dot));
        }
        case REMOVE_NESTED ->
            Causal.nested(version, nested, Causal.remove(inner(version, nested), flat));
        case LATE_DELTA, READ_DELTA ->
            deltas.isEmpty()
                ? Causal.empty(DotMap.none())
                : deltas.get(deltas.size() - 1 - step.other() % deltas.size());
        case JOIN -> other(step);
        case ASK -> throw new IllegalArgumentException("no delta");
      };
    }

    private Causal<DotMap<String, DotStore>> other(Step step) {
      return versions.get(step.other() % versions.size());
    }

    private static Causal<DotMap<String, DotSet>> inner(
        Causal<DotMap<String, DotStore>> version, String key) {
      return Causal.at(version, key, DotMap.<String, DotSet>none());
    }

    void take(Step step) {
      Causal<DotMap<String, DotStore>> version = versions.get(step.version() % versions.size());
      if (step.kind() == Kind.ASK) {
        check(version);
        return;
      }
      Causal<DotMap<String, DotStore>> delta = delta(version, step);
      deltas.add(delta);
      Causal<DotMap<String, DotStore>> expected = anew(version).merge(anew(delta));
      Causal<DotMap<String, DotStore>> actual =
          version.merge(step.kind() == Kind.READ_DELTA ? anew(delta) : delta);
      assertThat(actual).isEqualTo(expected);
      assertThat(actual.store().size()).isEqualTo(expected.store().size());
      assertThat(actual.merge(delta)).isSameAs(actual);
      versions.add(0, actual);
    }

    /** What it says by its index is what it holds. */
    static void check(Causal<DotMap<String, DotStore>> version) {
      check(version.store());
    }

    private static <S extends DotStore> void check(DotMap<String, S> map) {
      Map<Dot, String> keys = new HashMap<>();
      map.forEach((key, store) -> store.forEachDot(dot -> keys.put(dot, key)));
      for (ReplicaId replica : REPLICAS) {
        for (long sequence = 1; sequence <= 300; sequence++) {
          Dot dot = new Dot(replica, sequence);
          assertThat(map.keyOf(dot)).isEqualTo(keys.get(dot));
        }
      }
      List<Dot> dots = new ArrayList<>();
      map.forEachDot(dots::add);
      assertThat(dots).containsExactlyInAnyOrderElementsOf(keys.keySet());
      map.forEach(
          (key, store) -> {
            if (store instanceof DotMap<?, ?> nested) {
              check(strings(nested));
            }
          });
    }

    @SuppressWarnings("unchecked") // All keys here are strings.
    private static DotMap<String, ? extends DotStore> strings(DotMap<?, ?> map) {
      return (DotMap<String, ? extends DotStore>) map;
    }
  }

  @Test
  void whatADeltaBringsAndWhatTheIndexLagsIsNotSeen() {
    Property.check(
        "writes to maps",
        WritesTest::steps,
        steps -> {
          History history = new History();
          steps.forEach(history::take);
          history.versions.forEach(History::check);
        });
  }

  private static Causal<DotMap<String, DotSet>> of(int count) {
    Causal<DotMap<String, DotSet>> map = Causal.empty(DotMap.none());
    for (int i = 1; i <= count; i++) {
      Dot dot = map.next(REPLICAS.get(0));
      map = map.merge(Causal.put(map, "key " + i, DotSet.of(dot), dot));
    }
    return map;
  }

  @Test
  void aDeltaBringsWhatItComesToAndForgetsIt() {
    Causal<DotMap<String, DotSet>> map = of(10);
    Dot dot = map.next(REPLICAS.get(0));
    Causal<DotMap<String, DotSet>> delta = Causal.put(map, "key 3", DotSet.of(dot), dot);
    Outcome<DotMap<String, DotSet>> outcome = Objects.requireNonNull(delta.outcome());
    assertThat(of(10).merge(delta)).isEqualTo(outcome.state());
    assertThat(delta.outcome()).isSameAs(outcome);
    Causal<DotMap<String, DotSet>> merged = map.merge(delta);
    assertThat(merged).isSameAs(outcome.state());
    assertThat(delta.outcome()).isNull();
    assertThat(map.merge(delta)).isEqualTo(merged);
  }

  @Test
  void aWriteIsAddedToWhatItDoesNotReplace() {
    Causal<DotMap<String, DotSet>> map = of(10);
    Dot dot = map.next(REPLICAS.get(1));
    Causal<DotMap<String, DotSet>> merged =
        map.merge(Causal.put(map, "key 3", DotSet.of(dot), dot, List.of()));
    assertThat(merged.store().get("key 3")).isEqualTo(DotSet.of(dot, Dot.of(REPLICAS.get(0), 3)));
  }

  @Test
  void aWriteOfADotThatHasBeenSeenIsIgnoredAsAnyOldDeltaIs() {
    Causal<DotMap<String, DotSet>> map = of(10);
    Causal<DotMap<String, DotSet>> removed = map.merge(Causal.remove(map, "key 3"));
    Dot old = Dot.of(REPLICAS.get(0), 3);
    assertThat(removed.merge(Causal.put(removed, "key 3", DotSet.of(old), old))).isEqualTo(removed);
  }

  @Test
  void aWriteOfAnotherShapeOrOfOtherDotsIsRefused() {
    Causal<DotMap<String, DotStore>> map = Causal.empty(DotMap.none());
    Dot one = map.next(REPLICAS.get(0));
    Causal<DotMap<String, DotStore>> state = map.merge(Causal.put(map, "x", DotSet.of(one), one));
    Dot two = state.next(REPLICAS.get(0));
    assertThatThrownBy(() -> Causal.put(state, "x", DotFun.of(two, "text"), two))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the values are of different types");
    assertThatThrownBy(() -> Causal.put(state, "y", DotSet.of(one), two))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has other dots than a:2");
  }

  @Test
  void anOldDeltaWithADotUnderAnotherKeyIsReportedHoweverLateTheIndex() {
    for (int count : List.of(5, 15, 40, 1_000)) {
      Causal<DotMap<String, DotSet>> map = of(count);
      Causal<DotMap<String, DotSet>> twin =
          Causal.delta(DotMap.of("other", DotSet.of(REPLICAS.get(0), count)), List.of());
      assertThatThrownBy(() -> map.merge(twin))
          .isInstanceOf(DotConflictException.class)
          .hasMessageContaining("key " + count)
          .hasMessageContaining("key other");
    }
  }

  @Test
  void theIndexKeepsTheKeysThatTheStoresHave() {
    Causal<DotMap<String, DotSet>> map = of(20);
    for (int i = 1; i <= 20; i++) {
      Dot dot = map.next(REPLICAS.get(0));
      map = map.merge(read(Causal.put(map, new String("key " + i), DotSet.of(dot), dot)));
    }
    Map<String, String> held = new HashMap<>();
    map.store().forEach((key, dots) -> held.put(key, key));
    for (int i = 21; i <= 40; i++) {
      String key = map.store().keyOf(Dot.of(REPLICAS.get(0), i));
      assertThat(key).isSameAs(held.get(key));
    }
  }

  private static <S extends DotStore> Causal<S> read(Causal<S> delta) {
    return Causal.of(delta.store(), delta.context());
  }

  @Test
  void aMapWhoseIndexLagsIsCheckedWholly() {
    DotMap<String, DotSet> map = of(20).store();
    CausalContext less = CausalContext.empty().withRange(REPLICAS.get(0), 1, 19);
    assertThatThrownBy(() -> Causal.of(map, less))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a:20");
  }
}
