package dev.converge.crdt.sequence;

import dev.converge.crdt.binary.BinaryReader;
import dev.converge.crdt.binary.BinaryWriter;
import dev.converge.crdt.binary.CrdtCodec;
import dev.converge.crdt.binary.ElementCodec;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The binary form of a list: {@link SequenceCodec} with the elements as their codec has them. */
final class RGACodec<E> extends CrdtCodec<RGA<E>> {
  private final ElementCodec<E> elements;
  private final SequenceCodec sequences = new OfList();

  RGACodec(ElementCodec<E> elements) {
    this.elements = elements;
  }

  @Override
  public String name() {
    return "rga<" + elements.name() + ">";
  }

  @Override
  public void write(BinaryWriter out, RGA<E> value) {
    sequences.write(out, value.state);
  }

  @Override
  public RGA<E> read(BinaryReader in) {
    return new RGA<>(sequences.read(in));
  }

  private final class OfList extends SequenceCodec {
    OfList() {
      super(State.EMPTY_LIST);
    }

    @Override
    @SuppressWarnings("unchecked") // Only elements are in a list.
    void writeContent(BinaryWriter out, List<Object> pieces) {
      List<E> all = new ArrayList<>();
      pieces.forEach(piece -> all.addAll((List<E>) Arrays.asList((Object[]) piece)));
      elements.writeAll(out, all);
    }

    @Override
    Object readContent(BinaryReader in, long count) {
      return elements.readAll(in, in.checkCount(count, 1)).toArray();
    }

    @Override
    List<Object> cut(Object content, List<Integer> lengths) {
      Object[] all = (Object[]) content;
      List<Object> pieces = new ArrayList<>(lengths.size());
      int at = 0;
      for (int length : lengths) {
        pieces.add(Arrays.copyOfRange(all, at, at + length, Object[].class));
        at += length;
      }
      return pieces;
    }
  }
}
