package dev.converge.benchmarks;

import dev.converge.crdt.ORSet;
import dev.converge.crdt.clock.ReplicaId;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.cluster.ddata.SelfUniqueAddress;
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

/**
 * Observed-remove sets beside Pekko's. A write here is what a replica does for it: the delta is
 * made and merged; on Pekko's side the new set is made, with its delta inside.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SetBenchmark {
  private static final ReplicaId SELF = ReplicaId.of("self");
  private static final ReplicaId OTHER = ReplicaId.of("other");
  private static final String PRESENT = "element-50";

  /** How many elements the set has. */
  @Param({"100", "1000", "10000", "100000"})
  public int elements;

  private ORSet<String> ours = ORSet.empty();
  private ORSet<String> ourAddition = ORSet.empty();
  private ORSet<String> ourRemoval = ORSet.empty();
  private ORSet<String> ourOne = ORSet.empty();
  private ORSet<String> ourRelative = ORSet.empty();
  private ORSet<String> ourStranger = ORSet.empty();

  private final SelfUniqueAddress peerSelf = Peers.address(1);
  private final SelfUniqueAddress peerOther = Peers.address(2);
  private org.apache.pekko.cluster.ddata.ORSet<String> theirs =
      org.apache.pekko.cluster.ddata.ORSet.create();
  private org.apache.pekko.cluster.ddata.ORSet.DeltaOp theirAddition =
      theirs.add(peerSelf, "").delta().get();
  private org.apache.pekko.cluster.ddata.ORSet.DeltaOp theirRemoval = theirAddition;
  private org.apache.pekko.cluster.ddata.ORSet<String> theirOne = theirs;
  private org.apache.pekko.cluster.ddata.ORSet<String> theirRelative = theirs;
  private org.apache.pekko.cluster.ddata.ORSet<String> theirStranger = theirs;

  /** Fills both sets alike; makes deltas, and sets that differ in one hundredth. */
  @Setup
  public void fill() {
    ours = filled(ORSet.empty(), SELF, "element-", elements);
    ourStranger = filled(ORSet.empty(), SELF, "element-", elements);
    theirs = filled(org.apache.pekko.cluster.ddata.ORSet.create(), peerSelf, "element-", elements);
    theirStranger =
        filled(org.apache.pekko.cluster.ddata.ORSet.create(), peerSelf, "element-", elements);

    ourAddition = ours.add(OTHER, "one more");
    theirAddition = theirs.add(peerOther, "one more").delta().get();
    ourRemoval = ours.remove(PRESENT);
    theirRemoval = theirs.remove(peerSelf, PRESENT).delta().get();

    int own = Peers.halfPercent(elements);
    ourOne = filled(ours, SELF, "mine-", own);
    theirOne = filled(theirs, peerSelf, "mine-", own);
    ourRelative = filled(ours, OTHER, "theirs-", own);
    theirRelative = filled(theirs, peerOther, "theirs-", own);
    ourStranger = filled(ourStranger, OTHER, "theirs-", own);
    theirStranger = filled(theirStranger, peerOther, "theirs-", own);
  }

  private static ORSet<String> filled(
      ORSet<String> from, ReplicaId replica, String prefix, int count) {
    ORSet<String> set = from;
    for (int i = 0; i < count; i++) {
      set = set.merge(set.add(replica, prefix + i));
    }
    return set;
  }

  private static org.apache.pekko.cluster.ddata.ORSet<String> filled(
      org.apache.pekko.cluster.ddata.ORSet<String> from,
      SelfUniqueAddress replica,
      String prefix,
      int count) {
    org.apache.pekko.cluster.ddata.ORSet<String> set = from;
    for (int i = 0; i < count; i++) {
      set = set.add(replica, prefix + i).resetDelta();
    }
    return set;
  }

  /** Ours: a new element. */
  @Benchmark
  public Object addConverge() {
    return ours.merge(ours.add(SELF, "new"));
  }

  /** Theirs: a new element. */
  @Benchmark
  public Object addPekko() {
    return theirs.add(peerSelf, "new");
  }

  /** Ours: an element that is there. */
  @Benchmark
  public Object addAgainConverge() {
    return ours.merge(ours.add(SELF, PRESENT));
  }

  /** Theirs: an element that is there. */
  @Benchmark
  public Object addAgainPekko() {
    return theirs.add(peerSelf, PRESENT);
  }

  /** Ours: a removal. */
  @Benchmark
  public Object removeConverge() {
    return ours.merge(ours.remove(PRESENT));
  }

  /** Theirs: a removal. */
  @Benchmark
  public Object removePekko() {
    return theirs.remove(peerSelf, PRESENT);
  }

  /** Ours: is it there. */
  @Benchmark
  public boolean containsConverge() {
    return ours.contains(PRESENT);
  }

  /** Theirs: is it there. */
  @Benchmark
  public boolean containsPekko() {
    return theirs.contains(PRESENT);
  }

  /** Ours: the merge of another's addition. */
  @Benchmark
  public Object mergeDeltaConverge() {
    return ours.merge(ourAddition);
  }

  /** Theirs: the merge of another's addition. */
  @Benchmark
  public Object mergeDeltaPekko() {
    return theirs.mergeDelta(theirAddition);
  }

  /** Ours: the merge of another's removal. */
  @Benchmark
  public Object mergeRemovalConverge() {
    return ours.merge(ourRemoval);
  }

  /** Theirs: the merge of another's removal. */
  @Benchmark
  public Object mergeRemovalPekko() {
    return theirs.mergeDelta(theirRemoval);
  }

  /** Ours: two sets that come from one and differ in one hundredth. */
  @Benchmark
  public Object mergeRelativesConverge() {
    return ourOne.merge(ourRelative);
  }

  /** Theirs: two sets that come from one and differ in one hundredth. */
  @Benchmark
  public Object mergeRelativesPekko() {
    return theirOne.merge(theirRelative);
  }

  /** Ours: two sets that were built apart and differ in one hundredth. */
  @Benchmark
  public Object mergeStrangersConverge() {
    return ourOne.merge(ourStranger);
  }

  /** Theirs: two sets that were built apart and differ in one hundredth. */
  @Benchmark
  public Object mergeStrangersPekko() {
    return theirOne.merge(theirStranger);
  }
}
