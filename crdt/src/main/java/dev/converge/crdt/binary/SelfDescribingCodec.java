package dev.converge.crdt.binary;

import dev.converge.crdt.causal.DotFun;
import dev.converge.crdt.causal.DotMap;
import dev.converge.crdt.causal.DotSet;
import dev.converge.crdt.causal.DotStore;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Stores of any shape: their shapes as numbers, then all sets, all functions, all maps. */
final class SelfDescribingCodec extends StoreCodec<DotStore> {
  private static final int SET = 0;
  private static final int FUN = 1;
  private static final int MAP = 2;

  private final StoreCodec<DotFun<Object>> funs;
  private final StoreCodec<DotMap<Object, DotStore>> maps;

  SelfDescribingCodec(AnyCodec any) {
    this.funs = StoreCodec.values(any);
    this.maps = StoreCodec.map(any, this);
  }

  @Override
  String name() {
    return "any";
  }

  @Override
  @SuppressWarnings("unchecked") // The keys and values are of any type.
  void writeAll(BinaryWriter out, Replicas replicas, List<? extends DotStore> stores) {
    List<DotSet> sets = new ArrayList<>();
    List<DotFun<Object>> withValues = new ArrayList<>();
    List<DotMap<Object, DotStore>> byKey = new ArrayList<>();
    for (DotStore store : stores) {
      if (store instanceof DotSet set) {
        out.writeByte(SET);
        sets.add(set);
      } else if (store instanceof DotFun<?> fun) {
        out.writeByte(FUN);
        withValues.add((DotFun<Object>) fun);
      } else {
        out.writeByte(MAP);
        byKey.add((DotMap<Object, DotStore>) store);
      }
    }
    if (!sets.isEmpty()) {
      DotSetCodec.INSTANCE.writeAll(out, replicas, sets);
    }
    if (!withValues.isEmpty()) {
      funs.writeAll(out, replicas, withValues);
    }
    if (!byKey.isEmpty()) {
      maps.writeAll(out, replicas, byKey);
    }
  }

  @Override
  List<DotStore> readAll(BinaryReader in, Seen seen, int[] sizes, int count) {
    in.checkCount(count, 1);
    byte[] shapes = in.readRaw(count);
    int[] counts = new int[MAP + 1];
    for (byte shape : shapes) {
      if (shape < SET || shape > MAP) {
        throw in.malformed("a store of shape " + (shape & 0xFF) + ", which is not known");
      }
      counts[shape]++;
    }
    List<Iterator<? extends DotStore>> byShape = new ArrayList<>();
    byShape.add(iterator(counts[SET], in, seen, DotSetCodec.INSTANCE));
    byShape.add(iterator(counts[FUN], in, seen, funs));
    byShape.add(iterator(counts[MAP], in, seen, maps));
    List<DotStore> stores = new ArrayList<>(count);
    for (byte shape : shapes) {
      stores.add(byShape.get(shape).next());
    }
    requireOrder(in, stores, sizes);
    return stores;
  }

  private static Iterator<? extends DotStore> iterator(
      int count, BinaryReader in, Seen seen, StoreCodec<? extends DotStore> codec) {
    return (count == 0 ? List.<DotStore>of() : codec.readApart(in, seen, count)).iterator();
  }
}
