package dev.converge.crdt.binary;

import dev.converge.crdt.causal.DotSet;
import dev.converge.crdt.causal.DotStore;
import dev.converge.crdt.clock.Dot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * The dots of many stores, side by side, as columns: the first dot of each store in runs (writes
 * made one after the other cost nothing), and one by one the few others, which stand in stores that
 * were written by several at once.
 */
final class Columns {
  private Columns() {}

  /** In order. */
  static Dot[] dotsOf(DotStore store) {
    Dot[] dots = new Dot[store.size()];
    int[] filled = {0};
    store.forEachDot(dot -> dots[filled[0]++] = dot);
    if (dots.length > 1) {
      Arrays.sort(dots);
    }
    return dots;
  }

  /** The smallest. */
  static Dot firstOf(DotStore store) {
    if (store instanceof DotSet dots && dots.size() == 1) {
      return dots.dots().get(0);
    }
    Dot[] first = new Dot[1];
    store.forEachDot(
        dot -> {
          if (first[0] == null || dot.compareTo(first[0]) < 0) {
            first[0] = dot;
          }
        });
    return first[0];
  }

  static void write(BinaryWriter out, Replicas replicas, List<Dot[]> stores) {
    int count = stores.size();
    long[] who = new long[count];
    long[] steps = new long[count];
    for (int i = 0; i < count; i++) {
      Dot first = stores.get(i)[0];
      int replica = replicas.indexOf(first.replica());
      who[i] = replica;
      steps[i] = replicas.step(replica, first.sequence());
    }
    out.writeRuns(who, count).writeRuns(steps, count);
    writeOthers(out, replicas, stores);
  }

  private static void writeOthers(BinaryWriter out, Replicas replicas, List<Dot[]> stores) {
    int several = 0;
    for (Dot[] dots : stores) {
      several += dots.length > 1 ? 1 : 0;
    }
    out.writeVarint(several);
    int last = -1;
    for (int i = 0; i < stores.size(); i++) {
      Dot[] dots = stores.get(i);
      if (dots.length > 1) {
        out.writeVarint(i - last - 1L);
        out.writeVarint(dots.length - 2L);
        last = i;
        for (int k = 1; k < dots.length; k++) {
          int replica = replicas.indexOf(dots[k].replica());
          out.writeVarint(replica).writeZigZag(replicas.step(replica, dots[k].sequence()));
        }
      }
    }
  }

  /** The dots of each store, in order, all of them seen. */
  static List<Dot[]> read(BinaryReader in, StoreCodec.Seen seen, int count) {
    return read(in, seen, count, dot -> new Dot[] {dot}, dots -> dots);
  }

  /**
   * Stores made of their dots, which are in order and have all been seen.
   *
   * @param one makes a store of its only dot, as nearly all stores have
   */
  static <S> List<S> read(
      BinaryReader in,
      StoreCodec.Seen seen,
      int count,
      Function<Dot, ? extends S> one,
      Function<Dot[], ? extends S> several) {
    long[] who = in.readRuns(count);
    long[] numbers = in.readRuns(count);
    List<S> stores = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Dot dot = dot(in, seen, who[i], numbers[i]);
      numbers[i] = dot.sequence();
      stores.add(one.apply(dot));
    }
    readOthers(in, seen, who, numbers, (i, dots) -> stores.set(i, several.apply(dots)));
    return stores;
  }

  private static void readOthers(
      BinaryReader in,
      StoreCodec.Seen seen,
      long[] who,
      long[] firsts,
      BiConsumer<Integer, Dot[]> action) {
    int count = who.length;
    int several = in.checkCount(in.readVarint(), 4);
    int at = -1;
    for (int i = 0; i < several; i++) {
      at += 1 + in.readInt(Integer.MAX_VALUE / 2);
      if (at < 0 || at >= count) {
        throw in.malformed("more dots for a store that is not there");
      }
      Dot[] dots = new Dot[in.readCount(2) + 2];
      dots[0] = new Dot(seen.replicas().get((int) who[at]), firsts[at]);
      for (int k = 1; k < dots.length; k++) {
        dots[k] = dot(in, seen, in.readVarint(), in.readZigZag());
        if (dots[k].compareTo(dots[k - 1]) <= 0) {
          throw in.malformed("dot " + dots[k] + " stands twice, or out of order");
        }
      }
      action.accept(at, dots);
    }
  }

  private static Dot dot(BinaryReader in, StoreCodec.Seen seen, long replica, long step) {
    Replicas replicas = seen.replicas();
    if (replica < 0 || replica >= replicas.size()) {
      throw in.malformed(
          "a dot of replica number "
              + Long.toUnsignedString(replica)
              + ", and there are "
              + replicas.size());
    }
    Dot dot = replicas.dot((int) replica, step, in);
    if (!seen.context().contains(dot)) {
      throw in.malformed("dot " + dot + " is alive but not in the causal context");
    }
    return dot;
  }
}
