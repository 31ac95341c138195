package dev.converge.crdt.binary;

import dev.converge.crdt.causal.DotStore;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
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
    return new FirstDot().of(store).dot();
  }

  static void write(BinaryWriter out, Replicas replicas, List<? extends DotStore> stores) {
    int count = stores.size();
    long[] who = new long[count];
    long[] steps = new long[count];
    FirstDot first = new FirstDot();
    for (int i = 0; i < count; i++) {
      first.of(stores.get(i));
      int replica = replicas.indexOf(first.replica());
      who[i] = replica;
      steps[i] = replicas.step(replica, first.sequence());
    }
    out.writeRuns(who, count).writeRuns(steps, count);
    writeOthers(out, replicas, stores);
  }

  private static void writeOthers(
      BinaryWriter out, Replicas replicas, List<? extends DotStore> stores) {
    int several = 0;
    for (DotStore store : stores) {
      several += store.size() > 1 ? 1 : 0;
    }
    out.writeVarint(several);
    int last = -1;
    for (int i = 0; several > 0 && i < stores.size(); i++) {
      if (stores.get(i).size() > 1) {
        Dot[] dots = dotsOf(stores.get(i));
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

  /** How a store is made of its dots, and gives back the first. */
  interface Maker<S> {
    /** Of its only dot, as nearly all stores have. */
    S one(ReplicaId replica, long sequence);

    /** Of all its dots, in order. */
    S several(Dot[] dots);

    /** The first dot of what was made. */
    Dot first(S store);
  }

  /** Dots as they are. */
  static final Maker<Dot[]> AS_DOTS =
      new Maker<>() {
        @Override
        public Dot[] one(ReplicaId replica, long sequence) {
          return new Dot[] {new Dot(replica, sequence)};
        }

        @Override
        public Dot[] several(Dot[] dots) {
          return dots;
        }

        @Override
        public Dot first(Dot[] store) {
          return store[0];
        }
      };

  /**
   * Stores made of their dots, which are in order and have all been seen.
   *
   * @param sizes how many stores each group has: within one, the first dots are in order
   */
  static <S> List<S> read(
      BinaryReader in, StoreCodec.Seen seen, int[] sizes, int count, Maker<S> maker) {
    Runs who = Runs.read(in, count);
    Runs steps = Runs.read(in, count);
    List<S> stores = new ArrayList<>(count);
    Replicas replicas = seen.replicas();
    for (int size : sizes) {
      int lastReplica = -1;
      long last = 0;
      for (int i = 0; i < size; i++) {
        int replica = replica(in, replicas, who.next());
        long sequence = sequence(in, seen, replica, steps.next());
        // The replicas are in order, so their numbers are too.
        if (replica < lastReplica || (replica == lastReplica && sequence <= last)) {
          throw in.malformed(
              "dot " + new Dot(replicas.get(replica), sequence) + " stands twice, or out of order");
        }
        lastReplica = replica;
        last = sequence;
        stores.add(maker.one(replicas.get(replica), sequence));
      }
    }
    readOthers(in, seen, stores, maker);
    return stores;
  }

  private static <S> void readOthers(
      BinaryReader in, StoreCodec.Seen seen, List<S> stores, Maker<S> maker) {
    Replicas replicas = seen.replicas();
    int count = stores.size();
    int several = in.checkCount(in.readVarint(), 4);
    int at = -1;
    for (int i = 0; i < several; i++) {
      at += 1 + in.readInt(Integer.MAX_VALUE / 2);
      if (at < 0 || at >= count) {
        throw in.malformed("more dots for a store that is not there");
      }
      Dot[] dots = new Dot[in.readCount(2) + 2];
      dots[0] = maker.first(stores.get(at));
      for (int k = 1; k < dots.length; k++) {
        int replica = replica(in, replicas, in.readVarint());
        dots[k] = new Dot(replicas.get(replica), sequence(in, seen, replica, in.readZigZag()));
        if (dots[k].compareTo(dots[k - 1]) <= 0) {
          throw in.malformed("dot " + dots[k] + " stands twice, or out of order");
        }
      }
      stores.set(at, maker.several(dots));
    }
  }

  private static int replica(BinaryReader in, Replicas replicas, long number) {
    if (number < 0 || number >= replicas.size()) {
      throw in.malformed(
          "a dot of replica number "
              + Long.toUnsignedString(number)
              + ", and there are "
              + replicas.size());
    }
    return (int) number;
  }

  /** The sequence number that a step leads to, which has been seen. */
  private static long sequence(BinaryReader in, StoreCodec.Seen seen, int replica, long step) {
    long sequence = seen.replicas().sequence(replica, step, in);
    if (!seen.contains(replica, sequence)) {
      throw in.malformed(
          "dot "
              + new Dot(seen.replicas().get(replica), sequence)
              + " is alive but not in the causal context");
    }
    return sequence;
  }
}
