package dev.converge.crdt;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.Subjects.Kind;
import dev.converge.crdt.Subjects.Op;
import dev.converge.crdt.algebra.Crdt;
import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Causality;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.crdt.testing.Laws;
import dev.converge.crdt.testing.Oracle;
import dev.converge.crdt.testing.Rng;
import dev.converge.crdt.testing.Subject;
import java.math.BigInteger;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Types that are wrong in the ways that tempt: the suites must report each of them. */
class BrokenTypesTest {
  private static Op op(Kind kind, Rng rng) {
    return new Op(kind, rng.letter(), rng.letter(), BigInteger.valueOf(1 + rng.below(9)));
  }

  /** Compares times only: of two writes at one time, the argument of merge wins. */
  record LwwWithoutTieBreak(HybridTimestamp time, String value)
      implements Crdt<LwwWithoutTieBreak> {
    static final LwwWithoutTieBreak EMPTY = new LwwWithoutTieBreak(HybridTimestamp.ZERO, "");

    @Override
    public LwwWithoutTieBreak merge(LwwWithoutTieBreak other) {
      return time.compareTo(other.time) > 0 ? this : other;
    }
  }

  @Test
  void aRegisterWithoutATieBreakIsReportedAsNotCommutative() {
    Subject<LwwWithoutTieBreak, Op> subject =
        new Subject<>(
            "LwwWithoutTieBreak",
            LwwWithoutTieBreak.EMPTY,
            rng -> op(Kind.SET, rng),
            (s, e) -> new LwwWithoutTieBreak(e.time(), e.operation().element()));
    assertThatThrownBy(() -> Laws.hold(subject))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("commutative")
        .hasMessageContaining("-Dconverge.seed=");
  }

  /** "Vector clock first, wall clock if concurrent". */
  record VectorClockLww(VersionVector clock, HybridTimestamp time, ReplicaId writer, String value)
      implements Crdt<VectorClockLww> {
    static final VectorClockLww EMPTY =
        new VectorClockLww(VersionVector.empty(), HybridTimestamp.ZERO, ReplicaId.of("a"), "");

    @Override
    public VectorClockLww merge(VectorClockLww other) {
      Causality causality = clock.compare(other.clock);
      int byClock = causality == Causality.AFTER ? 1 : causality == Causality.BEFORE ? -1 : 0;
      int byTime = time.compareTo(other.time);
      int order = byClock != 0 ? byClock : byTime != 0 ? byTime : writer.compareTo(other.writer);
      return order >= 0 ? this : other;
    }
  }

  @Test
  void vectorClockFirstWallClockIfConcurrentIsReported() {
    Subject<VectorClockLww, Op> subject =
        new Subject<>(
            "VectorClockLww",
            VectorClockLww.EMPTY,
            rng -> op(Kind.SET, rng),
            (s, e) ->
                new VectorClockLww(
                    s.clock().with(e.replica(), s.clock().get(e.replica()) + 1),
                    e.time(),
                    e.replica(),
                    e.operation().element()));
    assertThatThrownBy(() -> Laws.hold(subject))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("breaks a law");
  }

  /** Merging adds the counts, where it should take the greater. */
  record SummingCounter(Map<ReplicaId, BigInteger> counts) implements Crdt<SummingCounter> {
    @Override
    public SummingCounter merge(SummingCounter other) {
      Map<ReplicaId, BigInteger> sum = new TreeMap<>(counts);
      other.counts.forEach((replica, count) -> sum.merge(replica, count, BigInteger::add));
      return new SummingCounter(sum);
    }
  }

  @Test
  void aCounterThatSumsIsReportedByBothSuites() {
    Subject<SummingCounter, Op> subject =
        new Subject<>(
            "SummingCounter",
            new SummingCounter(Map.of()),
            rng -> op(Kind.INCREMENT, rng),
            (s, e) -> new SummingCounter(Map.of(e.replica(), e.operation().by())));
    assertThatThrownBy(() -> Laws.hold(subject))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("breaks a law");
    assertThatThrownBy(
            () ->
                Oracle.agrees(
                    subject,
                    s -> s.counts().values().stream().reduce(BigInteger.ZERO, BigInteger::add),
                    Specifications::sum))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("SummingCounter");
  }

  /** A lawful join, but the delta holds the increment alone, so the next one hides it. */
  @Test
  void aDeltaThatHoldsTheIncrementAloneIsReportedByTheOracle() {
    Subject<GCounter, Op> subject =
        new Subject<>(
            "ForgetfulCounter",
            GCounter.empty(),
            rng -> op(Kind.INCREMENT, rng),
            (s, e) -> GCounter.empty().increment(e.replica(), e.operation().by()));
    assertThatThrownBy(() -> Oracle.agrees(subject, GCounter::value, Specifications::sum))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("made smaller, from")
        .hasMessageContaining("to 2 steps");
  }

  /** Forgets what has been removed: merging is the union. */
  record SetWithoutContext(Map<Dot, String> dots, CausalContext own)
      implements Crdt<SetWithoutContext> {
    @Override
    public SetWithoutContext merge(SetWithoutContext other) {
      Map<Dot, String> union = new HashMap<>(dots);
      union.putAll(other.dots);
      return new SetWithoutContext(union, own.merge(other.own));
    }

    Set<String> elements() {
      return Set.copyOf(new HashSet<>(dots.values()));
    }
  }

  @Test
  void theCartItemThatComesBackIsReportedByTheOracle() {
    Subject<SetWithoutContext, Op> subject =
        new Subject<>(
            "SetWithoutContext",
            new SetWithoutContext(Map.of(), CausalContext.empty()),
            rng -> op(rng.oneIn(2) ? Kind.ADD : Kind.REMOVE, rng),
            (s, e) -> {
              Dot dot = s.own().next(e.replica());
              return e.operation().is(Kind.ADD)
                  ? new SetWithoutContext(
                      Map.of(dot, e.operation().element()), CausalContext.ofDots(dot))
                  : new SetWithoutContext(Map.of(), CausalContext.empty());
            });
    assertThatThrownBy(
            () -> Oracle.agrees(subject, SetWithoutContext::elements, Specifications::added))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("differs from its specification");
  }

  /** A causal register that keeps the winner's dot alone, with a context that has them all. */
  record PruningRegister(Map<Dot, Timestamped<String>> writes, CausalContext seen)
      implements Crdt<PruningRegister> {
    @Override
    public PruningRegister merge(PruningRegister other) {
      Map<Dot, Timestamped<String>> alive = new HashMap<>();
      writes.forEach(
          (dot, write) -> {
            if (other.writes.containsKey(dot) || !other.seen.contains(dot)) {
              alive.put(dot, write);
            }
          });
      other.writes.forEach(
          (dot, write) -> {
            if (!seen.contains(dot)) {
              alive.put(dot, write);
            }
          });
      Optional<Map.Entry<Dot, Timestamped<String>>> last =
          alive.entrySet().stream()
              .max(
                  Map.Entry.<Dot, Timestamped<String>>comparingByValue(
                          (a, b) -> a.time().compareTo(b.time()))
                      .thenComparing(Map.Entry.comparingByKey()));
      return new PruningRegister(
          last.stream().collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue)),
          seen.merge(other.seen));
    }
  }

  @Test
  void aRegisterInAMapThatKeepsTheWinnerAloneIsReported() {
    Subject<PruningRegister, Op> subject =
        new Subject<>(
            "PruningRegister",
            new PruningRegister(Map.of(), CausalContext.empty()),
            rng -> op(rng.oneIn(3) ? Kind.CLEAR : Kind.SET, rng),
            (s, e) -> {
              CausalContext seen = CausalContext.ofDots(s.writes().keySet().toArray(new Dot[0]));
              if (e.operation().is(Kind.CLEAR)) {
                return new PruningRegister(Map.of(), seen);
              }
              Dot dot = s.seen().next(e.replica());
              Timestamped<String> write = new Timestamped<>(e.time(), e.operation().element());
              return new PruningRegister(Map.of(dot, write), seen.with(dot));
            });
    assertThatThrownBy(() -> Laws.hold(subject))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("breaks a law");
  }
}
