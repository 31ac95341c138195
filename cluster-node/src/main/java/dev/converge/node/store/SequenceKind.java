package dev.converge.node.store;

import dev.converge.crdt.algebra.Crdt;
import dev.converge.crdt.binary.BinaryReader;
import dev.converge.crdt.binary.BinaryWriter;
import dev.converge.crdt.binary.Codecs;
import dev.converge.crdt.binary.CrdtCodec;
import dev.converge.crdt.binary.DecodingLimits;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.sequence.RGA;
import dev.converge.crdt.sequence.Text;
import java.util.ArrayList;
import java.util.List;

/**
 * What tells lists and texts apart. Immutable and thread-safe.
 *
 * @param <S> the CRDT, of which values and deltas are
 * @param <C> what is inserted and read
 */
abstract class SequenceKind<S extends Crdt<S>, C> {
  static final SequenceKind<Text, String> TEXT = new OfText();
  static final SequenceKind<RGA<JsonValue>, List<JsonValue>> LIST = new OfList();

  /** Of the type, as in HTTP. */
  final String name;

  final S empty;
  private final CrdtCodec<S> codec;

  private SequenceKind(String name, S empty, CrdtCodec<S> codec) {
    this.name = name;
    this.empty = empty;
    this.codec = codec;
  }

  /** The delta that inserts. */
  abstract S insert(S value, ReplicaId id, int index, C content);

  /** The delta that deletes. */
  abstract S delete(S value, int index, int count);

  abstract int size(S value);

  /** What is read, one value after the other. */
  abstract C content(List<S> values);

  final byte[] encode(S delta) {
    BinaryWriter out = new BinaryWriter(64);
    codec.write(out, delta);
    return out.toByteArray();
  }

  /** Throws a {@code DecodingException} or an {@code IllegalArgumentException} for other bytes. */
  final S decode(byte[] bytes) {
    BinaryReader in = new BinaryReader(bytes, DecodingLimits.DEFAULT);
    S delta = codec.read(in);
    in.expectEnd();
    return delta;
  }

  private static final class OfText extends SequenceKind<Text, String> {
    OfText() {
      super("text", Text.empty(), Text.codec());
    }

    @Override
    Text insert(Text value, ReplicaId id, int index, String content) {
      return value.insert(id, index, content);
    }

    @Override
    Text delete(Text value, int index, int count) {
      return value.delete(index, count);
    }

    @Override
    int size(Text value) {
      return value.length();
    }

    @Override
    String content(List<Text> values) {
      if (values.size() == 1) {
        return values.get(0).toString();
      }
      StringBuilder all = new StringBuilder();
      values.forEach(all::append);
      return all.toString();
    }
  }

  private static final class OfList extends SequenceKind<RGA<JsonValue>, List<JsonValue>> {
    OfList() {
      super(
          "rga",
          RGA.empty(),
          RGA.codec(Codecs.as("json", Codecs.string(), JsonValue::text, JsonValue::parse)));
    }

    @Override
    RGA<JsonValue> insert(RGA<JsonValue> value, ReplicaId id, int index, List<JsonValue> content) {
      return value.insertAll(id, index, content);
    }

    @Override
    RGA<JsonValue> delete(RGA<JsonValue> value, int index, int count) {
      return value.delete(index, count);
    }

    @Override
    int size(RGA<JsonValue> value) {
      return value.size();
    }

    @Override
    List<JsonValue> content(List<RGA<JsonValue>> values) {
      List<JsonValue> all = new ArrayList<>();
      values.forEach(value -> value.forEach(all::add));
      return List.copyOf(all);
    }
  }
}
