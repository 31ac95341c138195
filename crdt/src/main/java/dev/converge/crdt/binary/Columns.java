package dev.converge.crdt.binary;

import dev.converge.crdt.causal.DotStore;
import dev.converge.crdt.clock.Dot;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

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
    long[] who = in.readRuns(count);
    long[] steps = in.readRuns(count);
    List<Dot[]> stores = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      stores.add(new Dot[] {dot(in, seen, who[i], steps[i])});
    }
    int several = in.checkCount(in.readVarint(), 4);
    int at = -1;
    for (int i = 0; i < several; i++) {
      at += 1 + in.readInt(Integer.MAX_VALUE / 2);
      if (at < 0 || at >= count) {
        throw in.malformed("more dots for a store that is not there");
      }
      Dot[] dots = Arrays.copyOf(stores.get(at), in.readCount(2) + 2);
      for (int k = 1; k < dots.length; k++) {
        dots[k] = dot(in, seen, in.readVarint(), in.readZigZag());
        if (dots[k].compareTo(dots[k - 1]) <= 0) {
          throw in.malformed("dot " + dots[k] + " stands twice, or out of order");
        }
      }
      stores.set(at, dots);
    }
    return stores;
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
