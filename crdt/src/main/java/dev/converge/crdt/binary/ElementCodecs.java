package dev.converge.crdt.binary;

import dev.converge.crdt.Timestamped;
import dev.converge.crdt.clock.HybridTimestamp;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** The built-in codecs of plain values. */
final class ElementCodecs {
  static final ElementCodec<Long> LONG = new LongCodec();

  static final ElementCodec<Integer> INTEGER =
      as("int", LONG, (Integer i) -> (long) i, ElementCodecs::toInt);

  static final ElementCodec<Boolean> BOOLEAN =
      new Simple<>(
          "boolean", BinaryWriter::writeBoolean, BinaryReader::readBoolean, Boolean::compare);

  static final ElementCodec<Double> DOUBLE =
      new Simple<>("double", BinaryWriter::writeDouble, BinaryReader::readDouble, Double::compare);

  static final ElementCodec<BigInteger> BIG_INTEGER =
      new Simple<>(
          "integer",
          BinaryWriter::writeBigInteger,
          BinaryReader::readBigInteger,
          BigInteger::compareTo);

  /** As unsigned bytes, unlike {@link UUID#compareTo}. */
  static final ElementCodec<UUID> UUID_CODEC =
      new Simple<>(
          "uuid",
          (out, u) ->
              out.writeLong(u.getMostSignificantBits()).writeLong(u.getLeastSignificantBits()),
          in -> new UUID(in.readLong(), in.readLong()),
          (a, b) -> {
            int high = Long.compareUnsigned(a.getMostSignificantBits(), b.getMostSignificantBits());
            return high != 0
                ? high
                : Long.compareUnsigned(a.getLeastSignificantBits(), b.getLeastSignificantBits());
          });

  static final ElementCodec<Bytes> BYTES =
      new Simple<>(
          "bytes",
          (out, b) -> out.writeBytes(b.unsafe()),
          in -> Bytes.wrap(in.readBytes()),
          Bytes::compareTo);

  private ElementCodecs() {}

  private record Simple<E>(
      String name,
      BiConsumer<BinaryWriter, E> writer,
      Function<BinaryReader, E> reader,
      Comparator<E> order)
      implements ElementCodec<E> {
    @Override
    public void write(BinaryWriter out, E value) {
      writer.accept(out, value);
    }

    @Override
    public E read(BinaryReader in) {
      return reader.apply(in);
    }

    @Override
    public int compare(E a, E b) {
      return order.compare(a, b);
    }
  }

  private static int toInt(long value) {
    if (value != (int) value) {
      throw new DecodingException("not a number of 32 bits: " + value, null);
    }
    return (int) value;
  }

  /** Side by side, each as its difference from the one before. */
  private static final class LongCodec implements ElementCodec<Long> {
    @Override
    public String name() {
      return "long";
    }

    @Override
    public void write(BinaryWriter out, Long value) {
      out.writeZigZag(value);
    }

    @Override
    public Long read(BinaryReader in) {
      return in.readZigZag();
    }

    @Override
    public int compare(Long a, Long b) {
      return a.compareTo(b);
    }

    @Override
    public void writeAll(BinaryWriter out, List<? extends Long> values) {
      long last = 0;
      for (long value : values) {
        out.writeZigZag(value - last);
        last = value;
      }
    }

    @Override
    public List<Long> readAll(BinaryReader in, int count) {
      in.checkCount(count, 1);
      List<Long> values = new ArrayList<>(count);
      long last = 0;
      for (int i = 0; i < count; i++) {
        last += in.readZigZag();
        values.add(last);
      }
      return values;
    }
  }

  /** Values of a class of the caller's, as those of another. */
  static <A, B> ElementCodec<B> as(
      String name, ElementCodec<A> base, Function<B, A> to, Function<A, B> from) {
    return new ElementCodec<>() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public void write(BinaryWriter out, B value) {
        base.write(out, to.apply(value));
      }

      @Override
      public B read(BinaryReader in) {
        return from.apply(base.read(in));
      }

      @Override
      public int compare(B a, B b) {
        return base.compare(to.apply(a), to.apply(b));
      }

      @Override
      public void writeAll(BinaryWriter out, List<? extends B> values) {
        List<A> plain = new ArrayList<>(values.size());
        values.forEach(v -> plain.add(to.apply(v)));
        base.writeAll(out, plain);
      }

      @Override
      public List<B> readAll(BinaryReader in, int count) {
        List<B> values = new ArrayList<>(in.checkCount(count, 1));
        base.readAll(in, count).forEach(a -> values.add(from.apply(a)));
        return values;
      }
    };
  }

  /** Values with the times at which they were written: all times, then all values. */
  static <T> ElementCodec<Timestamped<T>> timestamped(ElementCodec<T> value) {
    return new ElementCodec<>() {
      @Override
      public String name() {
        return "timestamped<" + value.name() + ">";
      }

      @Override
      public void write(BinaryWriter out, Timestamped<T> timestamped) {
        out.writeVarint(timestamped.time().packed());
        value.write(out, timestamped.value());
      }

      @Override
      public Timestamped<T> read(BinaryReader in) {
        HybridTimestamp time = HybridTimestamp.ofPacked(in.readNatural());
        return new Timestamped<>(time, value.read(in));
      }

      @Override
      public void writeAll(BinaryWriter out, List<? extends Timestamped<T>> values) {
        List<Long> times = new ArrayList<>(values.size());
        List<T> plain = new ArrayList<>(values.size());
        for (Timestamped<T> timestamped : values) {
          times.add(timestamped.time().packed());
          plain.add(timestamped.value());
        }
        LONG.writeAll(out, times);
        value.writeAll(out, plain);
      }

      @Override
      public List<Timestamped<T>> readAll(BinaryReader in, int count) {
        List<Long> times = LONG.readAll(in, count);
        List<T> plain = value.readAll(in, count);
        List<Timestamped<T>> values = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
          values.add(new Timestamped<>(HybridTimestamp.ofPacked(times.get(i)), plain.get(i)));
        }
        return values;
      }
    };
  }
}
