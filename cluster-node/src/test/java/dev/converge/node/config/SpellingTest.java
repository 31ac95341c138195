package dev.converge.node.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpellingTest {
  private static final List<String> WORDS = List.of("http", "remote", "max-body", "data-dir");

  @Test
  void slipsOfTheFingerFindTheirWord() {
    assertThat(Spelling.nearest("htpt", WORDS)).isEqualTo("http");
    assertThat(Spelling.nearest("remotes", WORDS)).isEqualTo("remote");
    assertThat(Spelling.nearest("maxBody", WORDS)).isEqualTo("max-body");
    assertThat(Spelling.nearest("data_dir", WORDS)).isEqualTo("data-dir");
  }

  @Test
  void otherWordsFindNone() {
    assertThat(Spelling.nearest("banana", WORDS)).isNull();
    assertThat(Spelling.nearest("x", WORDS)).isNull();
  }

  @Test
  void theDistanceCountsInsertionsDeletionsAndChanges() {
    assertThat(Spelling.distance("kitten", "sitting")).isEqualTo(3);
    assertThat(Spelling.distance("", "abc")).isEqualTo(3);
    assertThat(Spelling.distance("same", "same")).isZero();
  }
}
