package dev.converge.benchmarks;

import dev.converge.crdt.ORSet;
import dev.converge.crdt.clock.ReplicaId;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.Address;
import org.apache.pekko.cluster.UniqueAddress;
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

/** Observed-remove sets: an addition, and the merge of a delta that adds one element. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class SetBenchmark {
  private static final ReplicaId OTHER = ReplicaId.of("other");
  private static final ReplicaId SELF = ReplicaId.of("self");

  /** How many elements the set has. */
  @Param({"100", "1000", "10000", "100000"})
  public int elements;

  private ORSet<String> ours = ORSet.empty();
  private ORSet<String> ourDelta = ORSet.empty();

  private final SelfUniqueAddress peerSelf = address(1);
  private final SelfUniqueAddress peerOther = address(2);
  private org.apache.pekko.cluster.ddata.ORSet<String> theirs =
      org.apache.pekko.cluster.ddata.ORSet.create();
  private org.apache.pekko.cluster.ddata.ORSet.DeltaOp theirDelta =
      theirs.add(peerSelf, "").delta().get();

  private static SelfUniqueAddress address(int n) {
    return new SelfUniqueAddress(
        new UniqueAddress(new Address("pekko", "bench", "127.0.0.1", 20_000 + n), n));
  }

  /** Fills both sets alike, and makes a delta of another writer for each. */
  @Setup
  public void fill() {
    for (int i = 0; i < elements; i++) {
      ours = ours.merge(ours.add(SELF, "element-" + i));
      theirs = theirs.add(peerSelf, "element-" + i);
    }
    theirs = theirs.resetDelta();
    ourDelta = ours.add(OTHER, "one more");
    theirDelta = theirs.add(peerOther, "one more").delta().get();
  }

  /** Ours: the delta of an addition, merged. */
  @Benchmark
  public Object addConverge() {
    return ours.merge(ours.add(SELF, "new"));
  }

  /** Theirs: an addition. */
  @Benchmark
  public Object addPekko() {
    return theirs.add(peerSelf, "new");
  }

  /** Ours: the merge of another's delta. */
  @Benchmark
  public Object mergeDeltaConverge() {
    return ours.merge(ourDelta);
  }

  /** Theirs: the merge of another's delta. */
  @Benchmark
  public Object mergeDeltaPekko() {
    return theirs.mergeDelta(theirDelta);
  }
}
