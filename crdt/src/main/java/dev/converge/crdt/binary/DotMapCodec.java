package dev.converge.crdt.binary;

import dev.converge.crdt.causal.DotMap;
import dev.converge.crdt.causal.DotStore;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Stores by key: how many keys each map has, then all keys, then all stores. The keys of a map
 * stand in the order of their first dots, which is roughly that in which they were written.
 */
final class DotMapCodec<K, S extends DotStore> extends StoreCodec<DotMap<K, S>> {
  private final ElementCodec<K> key;
  private final StoreCodec<S> store;

  @SuppressWarnings("unchecked") // Stores come out of it as S, and only those it has made go in.
  DotMapCodec(ElementCodec<K> key, StoreCodec<? extends S> store) {
    this.key = Objects.requireNonNull(key, "key");
    this.store = (StoreCodec<S>) Objects.requireNonNull(store, "store");
  }

  @Override
  String name() {
    return "map<" + key.name() + "," + store.name() + ">";
  }

  @Override
  void writeAll(BinaryWriter out, Replicas replicas, List<? extends DotMap<K, S>> maps) {
    List<K> keys = new ArrayList<>();
    List<S> stores = new ArrayList<>();
    for (DotMap<K, S> map : maps) {
      out.writeVarint(map.keyCount());
      FirstDots.sort(map, replicas, keys, stores);
    }
    key.writeAll(out, keys);
    store.writeAll(out, replicas, stores);
  }

  @Override
  List<DotMap<K, S>> readAll(BinaryReader in, Seen seen, int[] groups, int count) {
    int[] sizes = new int[count];
    long total = 0;
    for (int i = 0; i < count; i++) {
      sizes[i] = in.readCount(1);
      total += sizes[i];
      if (sizes[i] == 0) {
        throw in.malformed("a map without keys");
      }
    }
    in.enter();
    int keyCount = in.checkCount(total, 1);
    List<K> keys = key.readAll(in, keyCount);
    List<S> stores = store.readAll(in, seen, sizes, keyCount);
    in.leave();
    List<DotMap<K, S>> maps = new ArrayList<>(count);
    int next = 0;
    for (int size : sizes) {
      int end = next + size;
      maps.add(
          size == keyCount
              ? map(in, keys, stores)
              : map(in, keys.subList(next, end), stores.subList(next, end)));
      next = end;
    }
    requireOrder(in, maps, groups);
    return maps;
  }

  private static <K, S extends DotStore> DotMap<K, S> map(
      BinaryReader in, List<K> keys, List<S> stores) {
    try {
      return DotMap.ofLists(keys, stores);
    } catch (IllegalArgumentException e) {
      throw in.malformed("a key stands twice in one map, or a dot under two keys");
    }
  }
}
