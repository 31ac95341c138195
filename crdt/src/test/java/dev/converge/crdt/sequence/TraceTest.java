package dev.converge.crdt.sequence;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Real editing sessions. */
class TraceTest {
  @ParameterizedTest
  @ValueSource(strings = {"automerge-paper", "rustcode", "sveltecomponent", "friendsforever_flat"})
  void aSequentialTraceEndsInTheRecordedText(String name) {
    Trace trace = Trace.read(name);
    TextSession session = Replay.sequentially(trace);
    assertThat(session.toString()).isEqualTo(trace.endContent());
    Text delta = session.takeDelta();
    assertThat(delta).isEqualTo(session.value());
    assertThat(delta.pending().isEmpty()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"friendsforever", "clownschool"})
  void theReplicasOfAConcurrentTraceEndEqualAndInTheRecordedText(String name) {
    Trace trace = Trace.read(name);
    Replay.Concurrent played = Replay.concurrently(trace);
    Text first = played.replicas().get(0);
    assertThat(first.toString()).isEqualTo(trace.endContent());
    assertThat(played.replicas()).allMatch(first::equals);
    assertThat(first.pending().isEmpty()).isTrue();
  }
}
