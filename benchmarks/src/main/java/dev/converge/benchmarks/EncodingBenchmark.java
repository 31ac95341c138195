package dev.converge.benchmarks;

import dev.converge.crdt.ORSet;
import dev.converge.crdt.binary.CausalCodec;
import dev.converge.crdt.binary.Codecs;
import dev.converge.crdt.binary.Compression;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.cluster.ddata.protobuf.ReplicatedDataSerializer;
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
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Observed-remove sets to bytes and back, beside Pekko's {@code ReplicatedDataSerializer} (protobuf
 * in gzip). How many bytes each makes, {@link EncodingReport} says.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xms2g", "-Xmx2g"})
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 2)
public class EncodingBenchmark {
  private static final CausalCodec<ORSet<String>> CODEC = Codecs.orSet(Codecs.string());

  /** How many elements the set has. */
  @Param({"1000", "100000"})
  public int elements;

  /** What they look like: {@code element-17}, or random UUIDs. */
  @Param({"element-N", "UUID"})
  public String kind = "";

  private ORSet<String> ours = ORSet.empty();
  private byte[] ourBytes = {};
  private byte[] ourPlainBytes = {};

  private ActorSystem system;
  private ReplicatedDataSerializer serializer;
  private org.apache.pekko.cluster.ddata.ORSet<String> theirs =
      org.apache.pekko.cluster.ddata.ORSet.create();
  private byte[] theirBytes = {};
  private String manifest = "";

  /** Fills both sets alike, in the same order. */
  @Setup
  public void fill() {
    system = Peers.system();
    serializer = new ReplicatedDataSerializer((ExtendedActorSystem) system);
    FilledSets sets = FilledSets.of(system, kind, elements);
    ours = sets.ours();
    theirs = sets.theirs();
    ourBytes = CODEC.encode(ours);
    ourPlainBytes = CODEC.encode(ours, Compression.NONE);
    theirBytes = serializer.toBinary(theirs);
    manifest = serializer.manifest(theirs);
  }

  /** Ends the actor system that Pekko's serializer needs. */
  @TearDown
  public void end() {
    system.terminate();
  }

  /** Ours, to bytes. */
  @Benchmark
  public Object encodeConverge() {
    return CODEC.encode(ours);
  }

  /** Theirs, to bytes. */
  @Benchmark
  public Object encodePekko() {
    return serializer.toBinary(theirs);
  }

  /** Ours, from bytes. */
  @Benchmark
  public Object decodeConverge() {
    return CODEC.decode(ourBytes);
  }

  /** Theirs, from bytes. */
  @Benchmark
  public Object decodePekko() {
    return serializer.fromBinary(theirBytes, manifest);
  }

  /** Ours, to bytes that are not compressed. */
  @Benchmark
  public Object encodePlainConverge() {
    return CODEC.encode(ours, Compression.NONE);
  }

  /** Ours, from bytes that are not compressed. */
  @Benchmark
  public Object decodePlainConverge() {
    return CODEC.decode(ourPlainBytes);
  }
}
