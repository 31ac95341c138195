package dev.converge.crdt.binary;

import dev.converge.crdt.causal.DotSet;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import java.util.List;

/** Sets of dots: the columns of their dots. */
final class DotSetCodec extends StoreCodec<DotSet> {
  static final DotSetCodec INSTANCE = new DotSetCodec();

  private static final Columns.Maker<DotSet> MAKER =
      new Columns.Maker<>() {
        @Override
        public DotSet one(ReplicaId replica, long sequence) {
          return DotSet.of(replica, sequence);
        }

        @Override
        public DotSet several(Dot[] dots) {
          return DotSet.of(dots);
        }

        @Override
        public Dot first(DotSet store) {
          return Columns.firstOf(store);
        }
      };

  private DotSetCodec() {}

  @Override
  String name() {
    return "dots";
  }

  @Override
  void writeAll(BinaryWriter out, Replicas replicas, List<? extends DotSet> stores) {
    Columns.write(out, replicas, stores);
  }

  @Override
  List<DotSet> readAll(BinaryReader in, Seen seen, int[] sizes, int count) {
    return Columns.read(in, seen, sizes, count, MAKER);
  }
}
