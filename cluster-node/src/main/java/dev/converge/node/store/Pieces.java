package dev.converge.node.store;

import dev.converge.crdt.ORMap;
import dev.converge.crdt.Variant;
import dev.converge.crdt.causal.DotFun;
import dev.converge.crdt.causal.DotMap;
import dev.converge.crdt.causal.DotSet;
import dev.converge.crdt.causal.DotStore;
import dev.converge.crdt.clock.Dot;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Cuts what another node lacks out of a bucket, as deltas that fit into a message. What belongs to
 * one key stays together, as long as that fits; a larger value comes in several pieces. Not
 * thread-safe.
 */
final class Pieces {
  private final int pieceBytes;
  private final List<ORMap<String, Variant>> pieces = new ArrayList<>();
  private Map<String, DotStore> open = new HashMap<>();
  private long openBytes;
  private long leftBytes;

  private Pieces(int pieceBytes, long mostBytes) {
    this.pieceBytes = pieceBytes;
    this.leftBytes = mostBytes;
  }

  /**
   * The dots of {@code wanted}, or as many as go into {@code mostBytes}. Those that are not alive
   * any more are in what the first piece has seen.
   */
  static List<ORMap<String, Variant>> of(
      ORMap<String, Variant> state, DotRuns wanted, int pieceBytes, long mostBytes) {
    return new Pieces(pieceBytes, mostBytes).cut(state, wanted);
  }

  private List<ORMap<String, Variant>> cut(ORMap<String, Variant> state, DotRuns wanted) {
    DotMap<String, DotStore> store = Buckets.store(state);
    long found = 0;
    for (String key : keys(store, wanted)) {
      DotStore entry = store.get(key);
      DotStore part = entry == null ? null : restrict(entry, wanted);
      if (part != null) {
        found += part.size();
        add(key, part);
      }
      if (leftBytes <= 0) {
        break;
      }
    }
    close();
    if (leftBytes > 0 && found < wanted.size()) {
      addDead(store, wanted);
    }
    return pieces;
  }

  private static Iterable<String> keys(DotMap<String, DotStore> store, DotRuns wanted) {
    if (wanted.size() > 64 && wanted.size() > store.size() / 16) {
      List<String> all = new ArrayList<>(store.keyCount());
      store.forEach((key, entry) -> all.add(key));
      return all;
    }
    Set<String> few = new LinkedHashSet<>();
    wanted.forEachRun(
        (replica, first, last) -> {
          for (long s = first; s <= last; s++) {
            String key = store.keyOf(new Dot(replica, s));
            if (key != null) {
              few.add(key);
            }
          }
        });
    return few;
  }

  private void addDead(DotMap<String, DotStore> store, DotRuns wanted) {
    DotRuns alive = DotRuns.of(store);
    List<Dot> dead = new ArrayList<>();
    wanted.forEachRun(
        (replica, first, last) -> {
          for (long s = first; s <= last; s++) {
            if (!alive.contains(replica, s)) {
              dead.add(new Dot(replica, s));
            }
          }
        });
    pieces.add(Buckets.removal(dead));
  }

  private void add(String key, DotStore part) {
    long bytes = SizeGuard.ofKey(key) + SizeGuard.estimate(part);
    if (bytes <= pieceBytes) {
      put(key, part, bytes);
    } else {
      for (DotStore each : split(part)) {
        if (leftBytes > 0) {
          put(key, each, SizeGuard.ofKey(key) + SizeGuard.estimate(each));
        }
      }
    }
  }

  private void put(String key, DotStore part, long bytes) {
    if ((openBytes > 0 && openBytes + bytes > pieceBytes) || open.containsKey(key)) {
      close();
    }
    open.put(key, part);
    openBytes += bytes;
    leftBytes -= bytes;
  }

  private void close() {
    if (!open.isEmpty()) {
      pieces.add(Buckets.delta(DotMap.of(open), List.of()));
      open = new HashMap<>();
      openBytes = 0;
    }
  }

  /** In parts that are small enough, if they can be. */
  private List<DotStore> split(DotStore large) {
    List<DotStore> parts = new ArrayList<>();
    if (large instanceof DotMap<?, ?> map) {
      Map<Object, DotStore> part = new HashMap<>();
      long bytes = 0;
      for (Map.Entry<?, ? extends DotStore> e : map) {
        long own = SizeGuard.ofKey(e.getKey()) + SizeGuard.estimate(e.getValue());
        if (own > pieceBytes) {
          split(e.getValue()).forEach(inner -> parts.add(DotMap.of((Object) e.getKey(), inner)));
          continue;
        }
        if (bytes + own > pieceBytes) {
          parts.add(DotMap.of(part));
          part = new HashMap<>();
          bytes = 0;
        }
        part.put(e.getKey(), e.getValue());
        bytes += own;
      }
      if (!part.isEmpty()) {
        parts.add(0, DotMap.of(part));
      }
    } else if (large instanceof DotFun<?> fun) {
      for (Map.Entry<Dot, ?> e : fun) {
        parts.add(DotFun.of(e.getKey(), e.getValue()));
      }
    } else {
      large.forEachDot(dot -> parts.add(DotSet.of(dot)));
    }
    return parts;
  }

  /** What of {@code store} is wanted; null if nothing is, the very object if all is. */
  static @Nullable DotStore restrict(DotStore store, DotRuns wanted) {
    if (store instanceof DotMap<?, ?> map) {
      Map<Object, DotStore> kept = new HashMap<>();
      int[] dots = {0};
      map.forEach(
          (key, value) -> {
            DotStore part = restrict(value, wanted);
            if (part != null) {
              kept.put(key, part);
              dots[0] += part.size();
            }
          });
      return kept.isEmpty() ? null : dots[0] == store.size() ? store : DotMap.of(kept);
    }
    List<Dot> kept = new ArrayList<>(1);
    store.forEachDot(
        dot -> {
          if (wanted.contains(dot.replica(), dot.sequence())) {
            kept.add(dot);
          }
        });
    if (kept.isEmpty() || kept.size() == store.size()) {
      return kept.isEmpty() ? null : store;
    }
    return store instanceof DotFun<?> fun ? only(fun, kept) : DotSet.of(kept);
  }

  private static <V> DotStore only(DotFun<V> fun, List<Dot> kept) {
    Map<Dot, V> values = new HashMap<>();
    for (Dot dot : kept) {
      V value = fun.get(dot);
      if (value != null) {
        values.put(dot, value);
      }
    }
    return DotFun.of(values);
  }
}
