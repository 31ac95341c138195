package dev.converge.benchmarks;

import dev.converge.crdt.EnableWinsFlag;
import dev.converge.crdt.GCounter;
import dev.converge.crdt.LWWRegister;
import dev.converge.crdt.PNCounter;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.cluster.ddata.Flag;
import org.apache.pekko.cluster.ddata.SelfUniqueAddress;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Counters of three writers, registers and flags, beside Pekko's. Their flag can only be switched
 * on, once; ours off as well.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class CounterBenchmark {
  private static final ReplicaId SELF = ReplicaId.of("writer-0");
  private static final ReplicaId OTHER = ReplicaId.of("writer-1");
  private static final SelfUniqueAddress PEER = Peers.address(0);
  private static final SelfUniqueAddress PEER_OTHER = Peers.address(1);

  private final GCounter ourCount;
  private final GCounter ourCountOfSelf;
  private final GCounter ourCountOfOther;
  private final PNCounter ourUpAndDown;
  private final PNCounter ourUpAndDownOfSelf;
  private final PNCounter ourUpAndDownOfOther;
  private final org.apache.pekko.cluster.ddata.GCounter theirCount;
  private final org.apache.pekko.cluster.ddata.GCounter theirCountOfSelf;
  private final org.apache.pekko.cluster.ddata.GCounter theirCountOfOther;
  private final org.apache.pekko.cluster.ddata.PNCounter theirUpAndDown;
  private final org.apache.pekko.cluster.ddata.PNCounter theirUpAndDownOfSelf;
  private final org.apache.pekko.cluster.ddata.PNCounter theirUpAndDownOfOther;

  private final org.apache.pekko.cluster.ddata.LWWRegister.Clock<String> clock =
      org.apache.pekko.cluster.ddata.LWWRegister.defaultClock();
  private final HybridTimestamp late = new HybridTimestamp(1_000_000, 0);
  private final LWWRegister<String> ourRegister =
      LWWRegister.of(SELF, new HybridTimestamp(1, 0), "a");
  private final LWWRegister<String> ourWrite = ourRegister.set(OTHER, late, "b");
  private final org.apache.pekko.cluster.ddata.LWWRegister<String> theirRegister =
      org.apache.pekko.cluster.ddata.LWWRegister.create(PEER, "a", clock);
  private final org.apache.pekko.cluster.ddata.LWWRegister<String> theirWrite =
      theirRegister.withValue(PEER_OTHER, "b", clock);

  private final EnableWinsFlag ourFlag = EnableWinsFlag.empty();
  private final EnableWinsFlag ourFlagOn = ourFlag.enable(OTHER);
  private final Flag theirFlag = Flag.create();
  private final Flag theirFlagOn = theirFlag.switchOn();

  /** Three writers have counted on both sides. */
  public CounterBenchmark() {
    GCounter count = GCounter.empty();
    PNCounter upAndDown = PNCounter.empty();
    var peerCount = org.apache.pekko.cluster.ddata.GCounter.create();
    var peerUpAndDown = org.apache.pekko.cluster.ddata.PNCounter.create();
    for (int i = 0; i < 3; i++) {
      ReplicaId replica = ReplicaId.of("writer-" + i);
      SelfUniqueAddress peer = Peers.address(i);
      count = count.merge(count.increment(replica, 5));
      upAndDown = upAndDown.merge(upAndDown.increment(replica, 5));
      upAndDown = upAndDown.merge(upAndDown.decrement(replica, 3));
      peerCount = peerCount.increment(peer, 5).resetDelta();
      peerUpAndDown = peerUpAndDown.increment(peer, 5).decrement(peer, 3).resetDelta();
    }
    ourCount = count;
    ourCountOfSelf = count.merge(count.increment(SELF, 1));
    ourCountOfOther = count.merge(count.increment(OTHER, 1));
    theirCount = peerCount;
    theirCountOfSelf = peerCount.increment(PEER, 1).resetDelta();
    theirCountOfOther = peerCount.increment(PEER_OTHER, 1).resetDelta();
    ourUpAndDown = upAndDown;
    ourUpAndDownOfSelf = upAndDown.merge(upAndDown.increment(SELF, 1));
    ourUpAndDownOfOther = upAndDown.merge(upAndDown.decrement(OTHER, 1));
    theirUpAndDown = peerUpAndDown;
    theirUpAndDownOfSelf = peerUpAndDown.increment(PEER, 1).resetDelta();
    theirUpAndDownOfOther = peerUpAndDown.decrement(PEER_OTHER, 1).resetDelta();
  }

  /** Ours: GCounter, count one more. */
  @Benchmark
  public Object countConverge() {
    return ourCount.merge(ourCount.increment(SELF, 1));
  }

  /** Theirs: GCounter, count one more. */
  @Benchmark
  public Object countPekko() {
    return theirCount.increment(PEER, 1);
  }

  /** Ours: GCounter, merge. */
  @Benchmark
  public Object mergeCountsConverge() {
    return ourCountOfSelf.merge(ourCountOfOther);
  }

  /** Theirs: GCounter, merge. */
  @Benchmark
  public Object mergeCountsPekko() {
    return theirCountOfSelf.merge(theirCountOfOther);
  }

  /** Ours: GCounter, value. */
  @Benchmark
  public Object valueConverge() {
    return ourCount.value();
  }

  /** Theirs: GCounter, value. */
  @Benchmark
  public Object valuePekko() {
    return theirCount.getValue();
  }

  /** Ours: PNCounter, count one down. */
  @Benchmark
  public Object countDownConverge() {
    return ourUpAndDown.merge(ourUpAndDown.decrement(SELF, 1));
  }

  /** Theirs: PNCounter, count one down. */
  @Benchmark
  public Object countDownPekko() {
    return theirUpAndDown.decrement(PEER, 1);
  }

  /** Ours: PNCounter, merge. */
  @Benchmark
  public Object mergeUpAndDownConverge() {
    return ourUpAndDownOfSelf.merge(ourUpAndDownOfOther);
  }

  /** Theirs: PNCounter, merge. */
  @Benchmark
  public Object mergeUpAndDownPekko() {
    return theirUpAndDownOfSelf.merge(theirUpAndDownOfOther);
  }

  /** Ours: PNCounter, value. */
  @Benchmark
  public Object upAndDownValueConverge() {
    return ourUpAndDown.value();
  }

  /** Theirs: PNCounter, value. */
  @Benchmark
  public Object upAndDownValuePekko() {
    return theirUpAndDown.getValue();
  }

  /** Ours: LWWRegister, write. */
  @Benchmark
  public Object writeConverge() {
    return ourRegister.merge(ourRegister.set(SELF, late, "c"));
  }

  /** Theirs: LWWRegister, write (reads the clock). */
  @Benchmark
  public Object writePekko() {
    return theirRegister.withValue(PEER, "c", clock);
  }

  /** Ours: LWWRegister, merge. */
  @Benchmark
  public Object mergeWritesConverge() {
    return ourRegister.merge(ourWrite);
  }

  /** Theirs: LWWRegister, merge. */
  @Benchmark
  public Object mergeWritesPekko() {
    return theirRegister.merge(theirWrite);
  }

  /** Ours: flag, switch on. */
  @Benchmark
  public Object switchOnConverge() {
    return ourFlag.merge(ourFlag.enable(SELF));
  }

  /** Theirs: flag, switch on. */
  @Benchmark
  public Object switchOnPekko() {
    return theirFlag.switchOn();
  }

  /** Ours: flag, merge. */
  @Benchmark
  public Object mergeFlagsConverge() {
    return ourFlag.merge(ourFlagOn);
  }

  /** Theirs: flag, merge. */
  @Benchmark
  public Object mergeFlagsPekko() {
    return theirFlag.merge(theirFlagOn);
  }
}
