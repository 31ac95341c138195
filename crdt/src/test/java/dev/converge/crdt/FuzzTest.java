package dev.converge.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.converge.crdt.Encodings.Encoding;
import dev.converge.crdt.algebra.Crdt;
import dev.converge.crdt.binary.Compression;
import dev.converge.crdt.binary.DecodingException;
import dev.converge.crdt.binary.DecodingLimits;
import dev.converge.crdt.json.CrdtJson;
import dev.converge.crdt.testing.History;
import dev.converge.crdt.testing.Mutations;
import dev.converge.crdt.testing.Property;
import dev.converge.crdt.testing.Rng;
import dev.converge.crdt.testing.RoundTrips;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Damaged bytes give a {@link DecodingException}, or a value that is written and read again as
 * itself; never another exception, nor much memory or time.
 *
 * <p>100,000 inputs, {@code -Dconverge.fuzz=1000000} for more. A failure prints the input, and the
 * seed that makes it.
 */
class FuzzTest {
  /** What one input of at most 64 KiB may cost, under the limits below. */
  private static final long MAX_ALLOCATED = 64L << 20;

  private static final long MAX_CPU_NANOS = 20_000_000_000L;

  private static final DecodingLimits LIMITS = new DecodingLimits(1 << 20, 16, 50_000, 1 << 18);

  private static final CrdtJson JSON = CrdtJson.with(LIMITS);

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  static List<Encoding<?, ?>> encodings() {
    return Encodings.all();
  }

  private static int inputs() {
    return Math.max(1, Integer.getInteger("converge.fuzz", 100_000) / encodings().size() / 2);
  }

  private static <S extends Crdt<S>, O> List<S> values(Encoding<S, O> encoding) {
    List<S> values = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      Rng rng = new Rng(i);
      List<History.Step<O>> steps = History.random(rng, encoding.subject().operations());
      values.addAll(RoundTrips.values(encoding.subject(), steps));
    }
    return values;
  }

  @ParameterizedTest
  @MethodSource("encodings")
  <S extends Crdt<S>, O> void binary(Encoding<S, O> encoding) {
    List<byte[]> corpus = new ArrayList<>();
    for (S value : values(encoding)) {
      corpus.add(encoding.binary().encode(value, Compression.NONE));
      corpus.add(encoding.binary().encode(value, Compression.FAST));
    }
    Function<S, byte[]> encode = value -> encoding.binary().encode(value, Compression.NONE);
    fuzz(corpus, encode, bytes -> encoding.binary().decode(bytes, LIMITS), true);
  }

  @ParameterizedTest
  @MethodSource("encodings")
  <S extends Crdt<S>, O> void json(Encoding<S, O> encoding) {
    List<byte[]> corpus = new ArrayList<>();
    values(encoding).forEach(value -> corpus.add(JSON.writeBytes(value)));
    // What one form takes the other must take: a value that is not sound breaks there.
    Function<byte[], S> decode =
        bytes -> {
          S value = JSON.read(bytes, encoding.json());
          requireSound(encoding, value);
          return value;
        };
    fuzz(corpus, JSON::writeBytes, decode, false);
  }

  private static <S extends Crdt<S>> void requireSound(Encoding<S, ?> encoding, S value) {
    try {
      S again = encoding.binary().decode(encoding.binary().encode(value, Compression.NONE));
      assertThat(again).isEqualTo(value);
    } catch (DecodingException e) {
      throw new AssertionError("was read from JSON, and is no value in binary: " + value, e);
    }
  }

  /** {@code strict}: what is read has one spelling, so it is written as it was read. */
  private static <S> void fuzz(
      List<byte[]> corpus, Function<S, byte[]> encode, Function<byte[], S> decode, boolean strict) {
    long seed = Property.seed();
    int accepted = 0;
    int inputs = inputs();
    for (int i = 0; i < inputs; i++) {
      byte[] input = Mutations.damaged(new Random(seed + i), corpus);
      try {
        accepted += check(input, encode, decode, strict) ? 1 : 0;
      } catch (RuntimeException | Error e) {
        throw new AssertionError(
            "input of seed "
                + (seed + i)
                + " (-Dconverge.seed="
                + (seed + i)
                + " -Dconverge.fuzz=1): "
                + HexFormat.of().formatHex(input),
            e);
      }
    }
    // A fuzzer whose inputs are all refused at the first byte would find nothing.
    assertThat(accepted).isLessThan(Math.max(2, inputs));
  }

  private static <S> boolean check(
      byte[] input, Function<S, byte[]> encode, Function<byte[], S> decode, boolean strict) {
    long allocated = THREADS.getCurrentThreadAllocatedBytes();
    long cpu = THREADS.getCurrentThreadCpuTime();
    S value = null;
    try {
      value = decode.apply(input);
    } catch (DecodingException e) {
      assertThat(e.getMessage()).hasSizeLessThan(5_000);
    }
    assertThat(THREADS.getCurrentThreadAllocatedBytes() - allocated).isLessThan(MAX_ALLOCATED);
    assertThat(THREADS.getCurrentThreadCpuTime() - cpu).isLessThan(MAX_CPU_NANOS);
    if (value == null) {
      return false;
    }
    byte[] written = encode.apply(value);
    S again = decode.apply(written);
    if (!again.equals(value) || !Arrays.equals(encode.apply(again), written)) {
      throw new AssertionError("does not come back: " + value);
    }
    boolean stored = input.length > 3 && input[3] == 0;
    if (strict && stored && !Arrays.equals(written, input)) {
      throw new AssertionError(
          "read from another spelling than " + HexFormat.of().formatHex(written) + ": " + value);
    }
    return true;
  }
}
