package dev.converge.benchmarks;

import dev.converge.crdt.ORSet;
import dev.converge.crdt.binary.CausalCodec;
import dev.converge.crdt.binary.Codecs;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.cluster.ddata.protobuf.ReplicatedDataSerializer;

/**
 * Bytes to observed-remove sets and back, ours and Pekko's in turns: the CPU time of the thread,
 * the time by the clock, which has the collector's in it, and what is allocated. Arguments: how
 * many elements, how many rounds.
 */
public final class EncodingReport {
  private static final CausalCodec<ORSet<String>> CODEC = Codecs.orSet(Codecs.string());
  private static final String HEAD =
      "| operation | CPU, ms | by the clock, ms | mean by the clock, ms | MB allocated | GCs |";

  private static final com.sun.management.ThreadMXBean THREADS =
      (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();

  /** What was made last, so that it has to be made. */
  static volatile Object kept = "";

  /** What one operation took, round by round. */
  private static final class Figures {
    final String name;
    final Supplier<Object> operation;
    final long[] cpu;
    final long[] wall;
    long allocated;
    long collections;

    Figures(String name, Supplier<Object> operation, int rounds) {
      this.name = name;
      this.operation = operation;
      this.cpu = new long[rounds];
      this.wall = new long[rounds];
    }

    Object run(int round) {
      long gcs = collections();
      long bytes = THREADS.getCurrentThreadAllocatedBytes();
      long cpuFrom = THREADS.getCurrentThreadCpuTime();
      long from = System.nanoTime();
      Object result = operation.get();
      if (round >= 0) {
        wall[round] = System.nanoTime() - from;
        cpu[round] = THREADS.getCurrentThreadCpuTime() - cpuFrom;
        allocated = THREADS.getCurrentThreadAllocatedBytes() - bytes;
        collections += collections() - gcs;
      }
      return result;
    }

    private static long collections() {
      long count = 0;
      for (GarbageCollectorMXBean gc : ManagementFactory.getGarbageCollectorMXBeans()) {
        count += gc.getCollectionCount();
      }
      return count;
    }

    private static double median(long[] nanos) {
      long[] sorted = nanos.clone();
      Arrays.sort(sorted);
      return sorted[sorted.length / 2] / 1e6;
    }

    double cpu() {
      return median(cpu);
    }

    double wall() {
      return median(wall);
    }

    double meanWall() {
      return Arrays.stream(wall).average().orElse(0) / 1e6;
    }

    void print() {
      System.out.printf(
          Locale.ROOT,
          "| %s | %.2f | %.2f | %.2f | %.2f | %d |%n",
          name,
          cpu(),
          wall(),
          meanWall(),
          allocated / 1e6,
          collections);
    }
  }

  /** Runs and prints. */
  public static void main(String[] args) {
    int elements = args.length > 0 ? Integer.parseInt(args[0]) : 100_000;
    int rounds = args.length > 1 ? Integer.parseInt(args[1]) : 60;
    ActorSystem system = Peers.system();
    try {
      System.out.println(HEAD);
      System.out.println("| --- | --- | --- | --- | --- | --- |");
      new EncodingReport(system, "element-N", elements).times(rounds);
      new EncodingReport(system, "UUID", elements).times(rounds);
      printBytes(system, elements);
    } finally {
      system.terminate();
    }
  }

  /** Prints how many bytes each side makes of sets of so many elements. */
  static void printBytes(int elements) {
    ActorSystem system = Peers.system();
    try {
      printBytes(system, elements);
    } finally {
      system.terminate();
    }
  }

  private static void printBytes(ActorSystem system, int elements) {
    System.out.println();
    System.out.println("| bytes encoded | Converge | Pekko | Converge / Pekko | |");
    System.out.println("| --- | --- | --- | --- | --- |");
    for (String kind : List.of("element-N", "UUID")) {
      EncodingReport both = new EncodingReport(system, kind, elements);
      double ratio = (double) both.ourBytes.length / both.theirBytes.length;
      System.out.printf(
          Locale.ROOT,
          "| %,d %s | %,d | %,d | %.3f | %s: at most 1.1 |%n",
          elements,
          kind,
          both.ourBytes.length,
          both.theirBytes.length,
          ratio,
          ratio <= 1.1 ? "pass" : "FAIL");
    }
  }

  private final String kind;
  private final ReplicatedDataSerializer serializer;
  private final ORSet<String> ours;
  private final org.apache.pekko.cluster.ddata.ORSet<String> theirs;
  private final byte[] ourBytes;
  private final byte[] theirBytes;
  private final String manifest;

  private EncodingReport(ActorSystem system, String kind, int elements) {
    this.kind = kind;
    serializer = new ReplicatedDataSerializer((ExtendedActorSystem) system);
    FilledSets sets = FilledSets.of(system, kind, elements);
    ours = sets.ours();
    theirs = sets.theirs();
    ourBytes = CODEC.encode(ours);
    theirBytes = serializer.toBinary(theirs);
    manifest = serializer.manifest(theirs);
  }

  private void times(int rounds) {
    pair(
        "decode " + kind,
        rounds,
        () -> CODEC.decode(ourBytes),
        () -> serializer.fromBinary(theirBytes, manifest));
    pair("encode " + kind, rounds, () -> CODEC.encode(ours), () -> serializer.toBinary(theirs));
  }

  private static void pair(
      String name, int rounds, Supplier<Object> ours, Supplier<Object> theirs) {
    Figures a = new Figures(name + ", Converge", ours, rounds);
    Figures b = new Figures(name + ", Pekko", theirs, rounds);
    for (int round = -rounds; round < rounds; round++) {
      kept = a.run(round);
      kept = b.run(round);
    }
    a.print();
    b.print();
    System.out.printf(
        Locale.ROOT,
        "| ratio | %.1f | %.1f | %.1f | | |%n",
        b.cpu() / a.cpu(),
        b.wall() / a.wall(),
        b.meanWall() / a.meanWall());
  }
}
