package dev.converge.node.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class OutboxTest {
  private final Outbox<String> outbox = new Outbox<>();

  private String next() {
    return outbox.next().toCompletableFuture().join().orElse("end");
  }

  @Test
  void aSlowReaderGetsTheNewestOfEachSubjectInTheOrderOfTheirFirstChange() {
    outbox.put("a", "a1");
    outbox.put("b", "b1");
    outbox.put("a", "a2");
    outbox.add("answer");
    outbox.put("c", "c1");
    outbox.drop("b");
    assertThat(next()).isEqualTo("answer");
    assertThat(next()).isEqualTo("a2");
    outbox.put("a", "a3");
    assertThat(next()).isEqualTo("c1");
    assertThat(next()).isEqualTo("a3");
  }

  @Test
  void aReaderThatWaitsGetsWhatComesAndTheEnd() {
    CompletableFuture<Optional<String>> waits = outbox.next().toCompletableFuture();
    assertThat(waits).isNotDone();
    outbox.put("a", "a1");
    assertThat(waits.join()).contains("a1");
    waits = outbox.next().toCompletableFuture();
    outbox.close();
    assertThat(waits.join()).isEmpty();
    assertThat(next()).isEqualTo("end");
  }

  @Test
  void whatWaitsAtTheEndIsStillRead() {
    outbox.put("a", "a1");
    outbox.add("answer");
    outbox.close();
    assertThat(next()).isEqualTo("answer");
    assertThat(next()).isEqualTo("a1");
    assertThat(next()).isEqualTo("end");
  }
}
