package dev.converge.benchmarks;

import dev.converge.crdt.GSet;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Grow-only sets beside Pekko's. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class GrowOnlySetBenchmark {
  /** How many elements the set has. */
  @Param({"1000", "100000"})
  public int elements;

  private GSet<String> ours = GSet.empty();
  private GSet<String> ourDelta = ours;
  private GSet<String> ourOne = ours;
  private GSet<String> ourRelative = ours;
  private GSet<String> ourStranger = ours;
  private org.apache.pekko.cluster.ddata.GSet<String> theirs =
      org.apache.pekko.cluster.ddata.GSet.create();
  private org.apache.pekko.cluster.ddata.GSet<String> theirDelta = theirs;
  private org.apache.pekko.cluster.ddata.GSet<String> theirOne = theirs;
  private org.apache.pekko.cluster.ddata.GSet<String> theirRelative = theirs;
  private org.apache.pekko.cluster.ddata.GSet<String> theirStranger = theirs;

  /** Fills both sets alike; makes deltas, and sets that differ in one hundredth. */
  @Setup
  public void fill() {
    int own = Peers.halfPercent(elements);
    ours = ours(GSet.empty(), "element-", elements);
    ourDelta = ours.add("one more");
    ourOne = ours(ours, "mine-", own);
    ourRelative = ours(ours, "theirs-", own);
    ourStranger = ours(ours(GSet.empty(), "element-", elements), "theirs-", own);
    org.apache.pekko.cluster.ddata.GSet<String> none = org.apache.pekko.cluster.ddata.GSet.create();
    theirs = theirs(none, "element-", elements);
    theirDelta = none.add("one more").resetDelta();
    theirOne = theirs(theirs, "mine-", own);
    theirRelative = theirs(theirs, "theirs-", own);
    theirStranger = theirs(theirs(none, "element-", elements), "theirs-", own);
  }

  private static GSet<String> ours(GSet<String> from, String prefix, int count) {
    GSet<String> set = from;
    for (int i = 0; i < count; i++) {
      set = set.merge(set.add(prefix + i));
    }
    return set;
  }

  private static org.apache.pekko.cluster.ddata.GSet<String> theirs(
      org.apache.pekko.cluster.ddata.GSet<String> from, String prefix, int count) {
    org.apache.pekko.cluster.ddata.GSet<String> set = from;
    for (int i = 0; i < count; i++) {
      set = set.add(prefix + i).resetDelta();
    }
    return set;
  }

  /** Ours: a new element. */
  @Benchmark
  public Object addConverge() {
    return ours.merge(ours.add("new"));
  }

  /** Theirs: a new element. */
  @Benchmark
  public Object addPekko() {
    return theirs.add("new");
  }

  /** Ours: is it there. */
  @Benchmark
  public boolean containsConverge() {
    return ours.contains("element-50");
  }

  /** Theirs: is it there. */
  @Benchmark
  public boolean containsPekko() {
    return theirs.contains("element-50");
  }

  /** Ours: the merge of another's addition. */
  @Benchmark
  public Object mergeDeltaConverge() {
    return ours.merge(ourDelta);
  }

  /** Theirs: the merge of another's addition. */
  @Benchmark
  public Object mergeDeltaPekko() {
    return theirs.mergeDelta(theirDelta);
  }

  /** Ours: two sets that come from one. */
  @Benchmark
  public Object mergeRelativesConverge() {
    return ourOne.merge(ourRelative);
  }

  /** Theirs: two sets that come from one. */
  @Benchmark
  public Object mergeRelativesPekko() {
    return theirOne.merge(theirRelative);
  }

  /** Ours: two sets that were built apart. */
  @Benchmark
  public Object mergeStrangersConverge() {
    return ourOne.merge(ourStranger);
  }

  /** Theirs: two sets that were built apart. */
  @Benchmark
  public Object mergeStrangersPekko() {
    return theirOne.merge(theirStranger);
  }
}
