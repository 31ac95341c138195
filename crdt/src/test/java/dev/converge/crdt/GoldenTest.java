package dev.converge.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.converge.crdt.GoldenValues.Golden;
import dev.converge.crdt.algebra.Crdt;
import dev.converge.crdt.binary.Compression;
import dev.converge.crdt.json.CrdtJson;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Files that were written once and must be readable for ever, and written alike for ever.
 *
 * <p>After a wanted change of the format, {@code -Dconverge.golden=write} writes them anew.
 */
class GoldenTest {
  private static final CrdtJson JSON = CrdtJson.create();

  static List<Golden<?>> goldens() {
    return GoldenValues.all();
  }

  private static byte[] file(String name, byte[] wanted) throws IOException {
    if ("write".equals(System.getProperty("converge.golden"))) {
      Path file = Path.of("src/test/resources/golden", name);
      Files.createDirectories(file.getParent());
      Files.write(file, wanted);
      return wanted;
    }
    try (InputStream in = GoldenTest.class.getResourceAsStream("/golden/" + name)) {
      assertThat(in).as("golden file %s", name).isNotNull();
      return in.readAllBytes();
    }
  }

  @ParameterizedTest
  @MethodSource("goldens")
  <S extends Crdt<S>> void binary(Golden<S> golden) throws IOException {
    byte[] wanted = golden.binary().encode(golden.value(), Compression.NONE);
    byte[] bytes = file(golden.name() + ".bin", wanted);
    assertThat(golden.binary().decode(bytes)).isEqualTo(golden.value());
    assertThat(wanted).isEqualTo(bytes);
  }

  @ParameterizedTest
  @MethodSource("goldens")
  <S extends Crdt<S>> void json(Golden<S> golden) throws IOException {
    TypeReference<S> type = golden.json();
    byte[] wanted = (JSON.write(golden.value()) + "\n").getBytes(StandardCharsets.UTF_8);
    byte[] bytes = file(golden.name() + ".json", wanted);
    assertThat(JSON.read(bytes, type)).isEqualTo(golden.value());
    assertThat(wanted).isEqualTo(bytes);
  }
}
