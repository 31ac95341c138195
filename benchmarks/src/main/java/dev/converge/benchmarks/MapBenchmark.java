package dev.converge.benchmarks;

import dev.converge.crdt.LWWMap;
import dev.converge.crdt.ORMap;
import dev.converge.crdt.ORSet;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.cluster.ddata.ORMultiMap;
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

/** Maps of registers, and maps of sets (their multi-map), beside Pekko's. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class MapBenchmark {
  private static final ReplicaId SELF = ReplicaId.of("self");
  private static final ReplicaId OTHER = ReplicaId.of("other");
  private static final String PRESENT = "element-50";

  /** How many keys the map has. */
  @Param({"100", "10000"})
  public int elements;

  private final SelfUniqueAddress peer = Peers.address(1);
  private final SelfUniqueAddress peerOther = Peers.address(2);
  private final org.apache.pekko.cluster.ddata.LWWRegister.Clock<String> clock =
      org.apache.pekko.cluster.ddata.LWWRegister.defaultClock();
  private final HybridTimestamp late = new HybridTimestamp(1_000_000, 0);

  private LWWMap<String, String> ours = LWWMap.empty();
  private LWWMap<String, String> ourDelta = ours;
  private LWWMap<String, String> ourOne = ours;
  private LWWMap<String, String> ourRelative = ours;
  private ORMap<String, ORSet<String>> ourSets = ORMap.empty(ORSet.type());
  private ORMap<String, ORSet<String>> ourSetsDelta = ourSets;

  private org.apache.pekko.cluster.ddata.LWWMap<String, String> theirs =
      org.apache.pekko.cluster.ddata.LWWMap.create();
  private org.apache.pekko.cluster.ddata.ORMap.DeltaOp theirDelta =
      theirs.put(peer, "", "", clock).delta().get();
  private org.apache.pekko.cluster.ddata.LWWMap<String, String> theirOne = theirs;
  private org.apache.pekko.cluster.ddata.LWWMap<String, String> theirRelative = theirs;
  private ORMultiMap<String, String> theirSets = ORMultiMap.create();
  private org.apache.pekko.cluster.ddata.ORMap.DeltaOp theirSetsDelta = theirDelta;

  /** Fills both sides alike; makes deltas, and maps that differ in one hundredth. */
  @Setup
  public void fill() {
    for (String key : Peers.elements(elements)) {
      ours = ours.merge(ours.put(SELF, new HybridTimestamp(1, 0), key, "v"));
      theirs = theirs.put(peer, key, "v", clock).resetDelta();
      ourSets = ourSets.merge(ourSets.update(key, set -> set.add(SELF, "x")));
      theirSets = theirSets.addBinding(peer, key, "x").resetDelta();
    }
    ourDelta = ours.put(OTHER, late, "new", "w");
    theirDelta = theirs.put(peerOther, "new", "w", clock).delta().get();
    ourSetsDelta = ourSets.update("new", set -> set.add(OTHER, "y"));
    theirSetsDelta = theirSets.addBinding(peerOther, "new", "y").delta().get();
    ourOne = ours;
    ourRelative = ours;
    theirOne = theirs;
    theirRelative = theirs;
    for (int i = 0; i < Peers.halfPercent(elements); i++) {
      ourOne = ourOne.merge(ourOne.put(SELF, late, "mine-" + i, "v"));
      theirOne = theirOne.put(peer, "mine-" + i, "v", clock).resetDelta();
      ourRelative = ourRelative.merge(ourRelative.put(OTHER, late, "theirs-" + i, "v"));
      theirRelative = theirRelative.put(peerOther, "theirs-" + i, "v", clock).resetDelta();
    }
  }

  /** Ours: a new key. */
  @Benchmark
  public Object putNewConverge() {
    return ours.merge(ours.put(SELF, late, "new", "w"));
  }

  /** Theirs: a new key. */
  @Benchmark
  public Object putNewPekko() {
    return theirs.put(peer, "new", "w", clock);
  }

  /** Ours: a new value. */
  @Benchmark
  public Object putConverge() {
    return ours.merge(ours.put(SELF, late, PRESENT, "w"));
  }

  /** Theirs: a new value. */
  @Benchmark
  public Object putPekko() {
    return theirs.put(peer, PRESENT, "w", clock);
  }

  /** Ours: a value. */
  @Benchmark
  public Object getConverge() {
    return ours.get(PRESENT);
  }

  /** Theirs: a value. */
  @Benchmark
  public Object getPekko() {
    return theirs.get(PRESENT);
  }

  /** Ours: a removal. */
  @Benchmark
  public Object removeConverge() {
    return ours.merge(ours.remove(PRESENT));
  }

  /** Theirs: a removal. */
  @Benchmark
  public Object removePekko() {
    return theirs.remove(peer, PRESENT);
  }

  /** Ours: the merge of another's put. */
  @Benchmark
  public Object mergeDeltaConverge() {
    return ours.merge(ourDelta);
  }

  /** Theirs: the merge of another's put. */
  @Benchmark
  public Object mergeDeltaPekko() {
    return theirs.mergeDelta(theirDelta);
  }

  /** Ours: two maps that come from one. */
  @Benchmark
  public Object mergeRelativesConverge() {
    return ourOne.merge(ourRelative);
  }

  /** Theirs: two maps that come from one. */
  @Benchmark
  public Object mergeRelativesPekko() {
    return theirOne.merge(theirRelative);
  }

  /** Ours: one more element of the set under a key. */
  @Benchmark
  public Object addUnderKeyConverge() {
    return ourSets.merge(ourSets.update(PRESENT, set -> set.add(SELF, "y")));
  }

  /** Theirs: one more element of the set under a key. */
  @Benchmark
  public Object addUnderKeyPekko() {
    return theirSets.addBinding(peer, PRESENT, "y");
  }

  /** Ours: the merge of another's addition under a new key. */
  @Benchmark
  public Object mergeUnderKeyConverge() {
    return ourSets.merge(ourSetsDelta);
  }

  /** Theirs: the merge of another's addition under a new key. */
  @Benchmark
  public Object mergeUnderKeyPekko() {
    return theirSets.mergeDelta(theirSetsDelta);
  }
}
