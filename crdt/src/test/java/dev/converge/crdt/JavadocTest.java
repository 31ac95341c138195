package dev.converge.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Every public type has an example in its Javadoc, and every example in the Javadoc is code of a
 * test: the same text, but for white space.
 */
class JavadocTest {
  private static final Path MAIN = Path.of("src/main/java");
  private static final Path ROOT = MAIN.resolve("dev/converge/crdt");
  private static final Path TESTS = Path.of("src/test/java");

  /** The packages whose public types have examples, one and all; exceptions aside. */
  private static final List<String> SHOWN =
      List.of("", "algebra", "causal", "clock", "persistent", "sequence");

  private static final Pattern EXAMPLE =
      Pattern.compile("<pre>\\{@code\\s*\\n(.*?)\\}</pre>", Pattern.DOTALL);
  private static final Pattern PUBLIC_TYPE =
      Pattern.compile("^public .*?\\b(?:class|interface|record|enum) (\\w+)", Pattern.MULTILINE);

  private static List<Path> sources(Path root) {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(f -> f.toString().endsWith(".java")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String withoutSpace(String text) {
    return text.replaceAll("\\s+", "");
  }

  private static List<String> examples(Path file) {
    List<String> examples = new ArrayList<>();
    Matcher example = EXAMPLE.matcher(read(file));
    while (example.find()) {
      examples.add(example.group(1).replaceAll("(?m)^\\s*\\* ?", ""));
    }
    return examples;
  }

  @Test
  void everyExampleIsCodeOfATest() {
    StringBuilder tests = new StringBuilder();
    sources(TESTS).forEach(file -> tests.append(withoutSpace(read(file))));
    String code = tests.toString();
    int found = 0;
    for (Path file : sources(MAIN)) {
      for (String example : examples(file)) {
        found++;
        assertThat(code.contains(withoutSpace(example)))
            .as("an example of " + file + " must be code of a test:\n" + example)
            .isTrue();
      }
    }
    assertThat(found).isGreaterThan(20);
  }

  @Test
  void everyPublicTypeHasAnExample() {
    List<String> without = new ArrayList<>();
    for (Path file : sources(MAIN)) {
      Matcher type = PUBLIC_TYPE.matcher(read(file));
      String name = ROOT.relativize(file.getParent()).toString();
      if (SHOWN.contains(name)
          && type.find()
          && !type.group(1).endsWith("Exception")
          && examples(file).isEmpty()) {
        without.add(type.group(1));
      }
    }
    assertThat(without).isEmpty();
  }
}
