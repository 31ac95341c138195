package dev.converge.crdt.binary;

import dev.converge.crdt.causal.DotSet;
import dev.converge.crdt.clock.Dot;
import java.util.ArrayList;
import java.util.List;

/** Sets of dots: the columns of their dots. */
final class DotSetCodec extends StoreCodec<DotSet> {
  static final DotSetCodec INSTANCE = new DotSetCodec();

  private DotSetCodec() {}

  @Override
  String name() {
    return "dots";
  }

  @Override
  void writeAll(BinaryWriter out, Replicas replicas, List<? extends DotSet> stores) {
    List<Dot[]> dots = new ArrayList<>(stores.size());
    for (DotSet store : stores) {
      dots.add(Columns.dotsOf(store));
    }
    Columns.write(out, replicas, dots);
  }

  @Override
  List<DotSet> readAll(BinaryReader in, Seen seen, int count) {
    return Columns.read(in, seen, count, DotSet::of, dots -> DotSet.of(dots));
  }
}
