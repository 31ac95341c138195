package dev.converge.benchmarks;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.sequence.Replay;
import dev.converge.crdt.sequence.Text;
import dev.converge.crdt.sequence.TextSession;
import dev.converge.crdt.sequence.Trace;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/**
 * Text on real editing traces: prints tables of what replaying, merging, writing and loading them
 * takes, beside a plain gap buffer, the floor, and Automerge through JNI.
 *
 * <p>Times are CPU milliseconds of the thread, the median of runs after warm-up. Automerge takes
 * half a minute and more for the larger traces; its column is filled for those below {@link
 * #PEER_PATCHES} patches, or for all with the argument {@code all}.
 */
public final class SequenceReport {
  private static final int WARM_UP = 12;
  private static final int RUNS = 9;
  private static final int PEER_PATCHES = 30_000;

  private SequenceReport() {}

  /** Runs everything. */
  public static void main(String[] args) {
    PrintStream out = System.out;
    boolean all = args.length > 0 && args[0].equals("all");
    replay(out, all);
    merge(out);
    storage(out);
  }

  private static void replay(PrintStream out, boolean all) {
    out.println(
        "| replay, one edit at a time | patches | Converge | gap buffer | Automerge (JNI) |");
    out.println("| --- | --- | --- | --- | --- |");
    for (String name : Trace.SEQUENTIAL) {
      Trace trace = Trace.read(name);
      int patches = trace.transactions().stream().mapToInt(t -> t.patches().size()).sum();
      check(trace, Replay.sequentially(trace).toString());
      check(trace, SequencePeers.gapBuffer(trace));
      double ours = SequenceClock.median(WARM_UP, RUNS, () -> Replay.sequentially(trace));
      double floor = SequenceClock.median(WARM_UP, RUNS, () -> SequencePeers.gapBuffer(trace));
      String peer = "not run";
      if (all || patches < PEER_PATCHES) {
        check(trace, SequencePeers.automerge(trace));
        peer = ms(SequenceClock.median(0, 1, () -> SequencePeers.automerge(trace)));
      }
      out.println(row(name, String.valueOf(patches), ms(ours), ms(floor), peer));
    }
    out.println();
  }

  private static void merge(PrintStream out) {
    out.println("| merge all updates into one replica | updates | Converge |");
    out.println("| --- | --- | --- |");
    for (String name : Trace.CONCURRENT) {
      Trace trace = Trace.read(name);
      List<Text> deltas = Replay.concurrently(trace).deltas();
      check(trace, mergeAll(deltas).toString());
      double ours = SequenceClock.median(WARM_UP, RUNS, () -> mergeAll(deltas));
      out.println(row(name, String.valueOf(deltas.size()), ms(ours)));
    }
    out.println();
  }

  private static TextSession mergeAll(List<Text> deltas) {
    TextSession session = Text.empty().edit(ReplicaId.of("reader"));
    deltas.forEach(session::merge);
    return session;
  }

  private static void storage(PrintStream out) {
    out.println("| whole state | bytes | encode | load | heap, KB | code points |");
    out.println("| --- | --- | --- | --- | --- | --- |");
    for (String name : Trace.SEQUENTIAL) {
      storage(out, name, Replay.sequentially(Trace.read(name)).value());
    }
    for (String name : Trace.CONCURRENT) {
      storage(out, name, Replay.concurrently(Trace.read(name)).replicas().get(0));
    }
  }

  private static void storage(PrintStream out, String name, Text text) {
    byte[] bytes = Text.codec().encode(text);
    if (!Text.codec().decode(bytes).equals(text)) {
      throw new IllegalStateException(name + " does not come back equal");
    }
    double encode = SequenceClock.median(40, RUNS, () -> Text.codec().encode(text));
    double load = SequenceClock.median(40, RUNS, () -> Text.codec().decode(bytes));
    long before = SequenceClock.heap();
    Text loaded = Text.codec().decode(bytes);
    long heap = SequenceClock.heap() - before;
    out.println(
        row(
            name,
            String.valueOf(bytes.length),
            ms(encode),
            ms(load),
            String.valueOf(heap / 1000),
            String.valueOf(loaded.length())));
  }

  private static void check(Trace trace, String text) {
    if (!text.equals(trace.endContent())) {
      throw new IllegalStateException("the trace does not end in the recorded text");
    }
  }

  private static String ms(double milliseconds) {
    return String.format(Locale.ROOT, milliseconds < 10 ? "%.1f" : "%.0f", milliseconds);
  }

  private static String row(String... cells) {
    return "| " + String.join(" | ", cells) + " |";
  }
}
