package dev.converge.crdt.binary;

import dev.converge.crdt.Timestamped;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Values of several types, each with the number of its type before it.
 *
 * <p>Knows strings (0), longs (1), big integers (2), booleans (3), doubles (4), integers of 32 bits
 * (5), UUIDs (6), {@link Bytes} (7) and {@link Timestamped} values of these (8), and the types that
 * were added to it, from 16 on. No class name is read from bytes. Immutable and thread-safe.
 */
public final class AnyCodec implements ElementCodec<Object> {
  private static final int OF_TIME = 8;
  private static final int FIRST_OWN = 16;
  private static final int MAX_TYPES = 128;

  private record Known<E>(int number, Class<E> type, ElementCodec<E> codec) {}

  private final Map<Integer, Known<?>> byNumber = new LinkedHashMap<>();
  private final Map<Class<?>, Known<?>> byClass = new LinkedHashMap<>();

  static final AnyCodec BUILT_IN = new AnyCodec();

  private AnyCodec() {
    add(new Known<>(0, String.class, StringCodec.INSTANCE));
    add(new Known<>(1, Long.class, ElementCodecs.LONG));
    add(new Known<>(2, java.math.BigInteger.class, ElementCodecs.BIG_INTEGER));
    add(new Known<>(3, Boolean.class, ElementCodecs.BOOLEAN));
    add(new Known<>(4, Double.class, ElementCodecs.DOUBLE));
    add(new Known<>(5, Integer.class, ElementCodecs.INTEGER));
    add(new Known<>(6, java.util.UUID.class, ElementCodecs.UUID_CODEC));
    add(new Known<>(7, Bytes.class, ElementCodecs.BYTES));
  }

  private AnyCodec(AnyCodec base) {
    byNumber.putAll(base.byNumber);
    byClass.putAll(base.byClass);
  }

  private void add(Known<?> known) {
    byNumber.put(known.number(), known);
    byClass.put(known.type(), known);
  }

  /**
   * Knows one type more.
   *
   * @param number 16 to 127; it never changes and is never given to another type
   * @param type the exact class of the values
   * @throws IllegalArgumentException if the number is out of range, or number or class are taken
   */
  public <E> AnyCodec with(int number, Class<E> type, ElementCodec<E> codec) {
    if (number < FIRST_OWN || number >= MAX_TYPES) {
      throw new IllegalArgumentException(
          "types of one's own are numbered 16 to 127, not " + number);
    }
    if (byNumber.containsKey(number) || byClass.containsKey(type)) {
      throw new IllegalArgumentException(
          "number " + number + " or " + type + " is taken: each is given once");
    }
    AnyCodec wider = new AnyCodec(this);
    wider.add(new Known<>(number, type, Objects.requireNonNull(codec, "codec")));
    return wider;
  }

  @Override
  public String name() {
    return "any";
  }

  private Known<?> knownOf(Object value) {
    Known<?> known = byClass.get(value.getClass());
    if (known == null) {
      throw new IllegalArgumentException(
          "a value of "
              + value.getClass()
              + " has no binary form here; add one by AnyCodec.with(number, class, codec)");
    }
    return known;
  }

  private static ElementCodec<Timestamped<Object>> timestamped(AnyCodec any) {
    return ElementCodecs.timestamped(any);
  }

  @Override
  public void write(BinaryWriter out, Object value) {
    writeAll(out, List.of(value));
  }

  @Override
  public Object read(BinaryReader in) {
    return readAll(in, 1).get(0);
  }

  /** The numbers of the types, then the values of each type by number. */
  @Override
  public void writeAll(BinaryWriter out, List<?> values) {
    @Nullable List<Object>[] byType = columns();
    for (Object value : values) {
      int number = value instanceof Timestamped<?> ? OF_TIME : knownOf(value).number();
      out.writeByte(number);
      List<Object> column = byType[number];
      if (column == null) {
        column = new ArrayList<>();
        byType[number] = column;
      }
      column.add(value);
    }
    for (int number = 0; number < MAX_TYPES; number++) {
      List<Object> column = byType[number];
      if (column != null) {
        codec(number).writeAll(out, column);
      }
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // An array of a generic type cannot be made else.
  private static @Nullable List<Object>[] columns() {
    return new List[MAX_TYPES];
  }

  @SuppressWarnings("unchecked") // Values are sorted by the number that their class has.
  private ElementCodec<Object> codec(int number) {
    if (number == OF_TIME) {
      return (ElementCodec<Object>) (ElementCodec<?>) timestamped(this);
    }
    return (ElementCodec<Object>) Objects.requireNonNull(byNumber.get(number)).codec();
  }

  @Override
  public List<Object> readAll(BinaryReader in, int count) {
    in.checkCount(count, 1);
    byte[] numbers = in.readRaw(count);
    int[] counts = new int[MAX_TYPES];
    for (byte number : numbers) {
      if (number != OF_TIME && !byNumber.containsKey((int) number)) {
        throw in.malformed("a value of type number " + (number & 0xFF) + ", which is not known");
      }
      counts[number]++;
    }
    in.enter();
    List<Iterator<Object>> byType = new ArrayList<>(MAX_TYPES);
    for (int number = 0; number < MAX_TYPES; number++) {
      byType.add(
          counts[number] == 0
              ? Collections.emptyIterator()
              : codec(number).readAll(in, counts[number]).iterator());
    }
    in.leave();
    List<Object> values = new ArrayList<>(count);
    for (byte number : numbers) {
      values.add(byType.get(number).next());
    }
    return values;
  }
}
