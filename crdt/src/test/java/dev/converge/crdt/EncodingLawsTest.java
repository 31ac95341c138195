package dev.converge.crdt;

import dev.converge.crdt.Encodings.Encoding;
import dev.converge.crdt.algebra.Crdt;
import dev.converge.crdt.binary.Compression;
import dev.converge.crdt.json.CrdtJson;
import dev.converge.crdt.testing.RoundTrips;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every state and delta comes back from its encodings. */
class EncodingLawsTest {
  private static final CrdtJson JSON = CrdtJson.create();

  static List<Encoding<?, ?>> encodings() {
    return Encodings.all();
  }

  @ParameterizedTest
  @MethodSource("encodings")
  <S extends Crdt<S>, O> void binary(Encoding<S, O> encoding) {
    RoundTrips.hold(
        encoding.subject(),
        value -> encoding.binary().encode(value, Compression.NONE),
        encoding.binary()::decode);
  }

  @ParameterizedTest
  @MethodSource("encodings")
  <S extends Crdt<S>, O> void json(Encoding<S, O> encoding) {
    RoundTrips.hold(
        encoding.subject(), JSON::writeBytes, bytes -> JSON.read(bytes, encoding.json()));
  }
}
