package dev.converge.crdt.binary;

import dev.converge.crdt.causal.DotFun;
import dev.converge.crdt.clock.Dot;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** Dots with values: the columns of the dots, then the values in the order of the dots. */
final class DotFunCodec<V> extends StoreCodec<DotFun<V>> {
  private final ElementCodec<V> value;

  DotFunCodec(ElementCodec<V> value) {
    this.value = Objects.requireNonNull(value, "value");
  }

  @Override
  String name() {
    return "values<" + value.name() + ">";
  }

  @Override
  void writeAll(BinaryWriter out, Replicas replicas, List<? extends DotFun<V>> stores) {
    List<V> values = new ArrayList<>(stores.size());
    for (DotFun<V> store : stores) {
      for (Dot dot : Columns.dotsOf(store)) {
        values.add(Objects.requireNonNull(store.get(dot)));
      }
    }
    Columns.write(out, replicas, stores);
    value.writeAll(out, values);
  }

  @Override
  List<DotFun<V>> readAll(BinaryReader in, Seen seen, int[] sizes, int count) {
    List<Dot[]> dots = Columns.read(in, seen, sizes, count, Columns.AS_DOTS);
    long total = 0;
    for (Dot[] own : dots) {
      total += own.length;
    }
    List<V> values = value.readAll(in, in.checkCount(total, 1));
    List<DotFun<V>> stores = new ArrayList<>(count);
    int next = 0;
    for (Dot[] own : dots) {
      if (own.length == 1) {
        stores.add(DotFun.of(own[0], values.get(next++)));
      } else {
        Map<Dot, V> contents = new LinkedHashMap<>();
        for (Dot dot : own) {
          contents.put(dot, values.get(next++));
        }
        stores.add(DotFun.of(contents));
      }
    }
    return stores;
  }
}
