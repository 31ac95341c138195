package dev.converge.crdt.sequence;

import dev.converge.crdt.binary.BinaryReader;
import dev.converge.crdt.binary.BinaryWriter;
import dev.converge.crdt.binary.CrdtCodec;
import java.util.ArrayList;
import java.util.List;

/** The binary form of a text: {@link SequenceCodec} with one string for all content. */
final class TextCodec extends CrdtCodec<Text> {
  static final TextCodec INSTANCE = new TextCodec();

  private final SequenceCodec sequences = new OfText();

  private TextCodec() {}

  @Override
  public String name() {
    return "text";
  }

  @Override
  public void write(BinaryWriter out, Text value) {
    sequences.write(out, value.state);
  }

  @Override
  public Text read(BinaryReader in) {
    return new Text(sequences.read(in));
  }

  private static final class OfText extends SequenceCodec {
    OfText() {
      super(State.EMPTY_TEXT);
    }

    @Override
    void writeContent(BinaryWriter out, List<Object> pieces) {
      StringBuilder text = new StringBuilder();
      pieces.forEach(piece -> text.append((String) piece));
      out.writeString(text.toString());
    }

    @Override
    Object readContent(BinaryReader in, long count) {
      String text = in.readString();
      int length;
      try {
        length = Text.checkedLength(text);
      } catch (IllegalArgumentException e) {
        throw in.malformed("text with half of a surrogate pair");
      }
      if (length != count) {
        throw in.malformed(length + " code points where " + count + " are said to be");
      }
      return text;
    }

    @Override
    List<Object> cut(Object content, List<Integer> lengths) {
      String text = (String) content;
      List<Object> pieces = new ArrayList<>(lengths.size());
      int at = 0;
      for (int length : lengths) {
        int end = text.offsetByCodePoints(at, length);
        pieces.add(text.substring(at, end));
        at = end;
      }
      return pieces;
    }
  }
}
