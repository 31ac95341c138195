package dev.converge.crdt.binary;

import dev.converge.crdt.GCounter;
import dev.converge.crdt.GSet;
import dev.converge.crdt.LWWRegister;
import dev.converge.crdt.PNCounter;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The types that have no causal context. */
final class PlainCodecs {
  static final CrdtCodec<GCounter> G_COUNTER = new GCounterCodec();
  static final CrdtCodec<PNCounter> PN_COUNTER = new PNCounterCodec();

  private PlainCodecs() {}

  /** The replicas in order, each with its count. */
  private static final class GCounterCodec extends CrdtCodec<GCounter> {
    @Override
    public String name() {
      return "gcounter";
    }

    @Override
    public void write(BinaryWriter out, GCounter counter) {
      Map<ReplicaId, BigInteger> counts = counter.counts();
      Replicas.of(counts.keySet()).write(out);
      counts.values().forEach(out::writeBigInteger);
    }

    @Override
    public GCounter read(BinaryReader in) {
      Replicas replicas = Replicas.readTable(in);
      Map<ReplicaId, BigInteger> counts = new LinkedHashMap<>();
      for (int i = 0; i < replicas.size(); i++) {
        counts.put(replicas.get(i), in.readBigInteger());
      }
      return GCounter.of(counts);
    }
  }

  private static final class PNCounterCodec extends CrdtCodec<PNCounter> {
    @Override
    public String name() {
      return "pncounter";
    }

    @Override
    public void write(BinaryWriter out, PNCounter counter) {
      G_COUNTER.write(out, counter.increments());
      G_COUNTER.write(out, counter.decrements());
    }

    @Override
    public PNCounter read(BinaryReader in) {
      return new PNCounter(G_COUNTER.read(in), G_COUNTER.read(in));
    }
  }

  /** The elements in their own order. */
  static <E> CrdtCodec<GSet<E>> gSet(ElementCodec<E> element) {
    return new CrdtCodec<>() {
      @Override
      public String name() {
        return "gset<" + element.name() + ">";
      }

      @Override
      public void write(BinaryWriter out, GSet<E> set) {
        writeSorted(out, element, set.elements());
      }

      @Override
      public GSet<E> read(BinaryReader in) {
        return GSet.of(readSorted(in, element));
      }
    };
  }

  static <E> void writeSorted(
      BinaryWriter out, ElementCodec<E> element, Iterable<? extends E> elements) {
    List<E> sorted = new ArrayList<>();
    elements.forEach(sorted::add);
    sorted.sort(element::compare);
    out.writeVarint(sorted.size());
    element.writeAll(out, sorted);
  }

  static <E> List<E> readSorted(BinaryReader in, ElementCodec<E> element) {
    int count = in.readCount(1);
    List<E> elements = element.readAll(in, count);
    for (int i = 1; i < count; i++) {
      if (element.compare(elements.get(i - 1), elements.get(i)) >= 0) {
        throw in.malformed("an element that stands twice, or out of order");
      }
    }
    return elements;
  }

  static <T> CrdtCodec<LWWRegister<T>> lwwRegister(ElementCodec<T> value) {
    return new CrdtCodec<>() {
      @Override
      public String name() {
        return "lwwregister<" + value.name() + ">";
      }

      @Override
      public void write(BinaryWriter out, LWWRegister<T> register) {
        out.writeBoolean(register.value().isPresent());
        if (register.value().isPresent()) {
          Replicas.write(out, register.writer().orElseThrow());
          out.writeVarint(register.time().orElseThrow().packed());
          value.write(out, register.value().get());
        }
      }

      @Override
      public LWWRegister<T> read(BinaryReader in) {
        if (!in.readBoolean()) {
          return LWWRegister.empty();
        }
        ReplicaId writer = Replicas.read(in);
        HybridTimestamp time = HybridTimestamp.ofPacked(in.readNatural());
        return LWWRegister.of(writer, time, value.read(in));
      }
    };
  }
}
