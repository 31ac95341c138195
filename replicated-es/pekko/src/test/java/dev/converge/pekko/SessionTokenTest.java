package dev.converge.pekko;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SessionTokenTest {
  private static SessionToken token(Map<ReplicaId, Long> positions) {
    return SessionToken.of(VersionVector.of(positions));
  }

  @Test
  void the_text_is_what_it_has_always_been() {
    SessionToken token =
        token(Map.of(ReplicaId.of("node-1"), 5L, new ReplicaId("node-2", 1_000), 1L << 40));
    assertThat(token.text()).isEqualTo("AQIGbm9kZS0xAAUGbm9kZS0y6AeAgICAgCA");
    assertThat(SessionToken.parse(token.text())).isEqualTo(token);
    assertThat(SessionToken.parse(SessionToken.EMPTY.text())).isEqualTo(SessionToken.EMPTY);
  }

  @Test
  void random_tokens_survive_their_text() {
    Random random = new Random(5);
    for (int i = 0; i < 1_000; i++) {
      Map<ReplicaId, Long> positions = new HashMap<>();
      for (int r = random.nextInt(5); r > 0; r--) {
        long incarnation = random.nextLong() >>> (1 + random.nextInt(60));
        long lsn = 1 + (random.nextLong() >>> (2 + random.nextInt(60)));
        positions.put(new ReplicaId("n" + random.nextInt(9), incarnation), lsn);
      }
      assertThat(SessionToken.parse(token(positions).text())).isEqualTo(token(positions));
    }
  }

  @Test
  void anything_else_is_refused_with_what_is_wrong() {
    String text = token(Map.of(ReplicaId.of("node-1"), 5L)).text();
    assertThatThrownBy(() -> SessionToken.parse("no token!"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("characters other than");
    assertThatThrownBy(() -> SessionToken.parse("")).hasMessageContaining("it is empty");
    assertThatThrownBy(() -> SessionToken.parse("Ag")).hasMessageContaining("it is of form 2");
    assertThatThrownBy(() -> SessionToken.parse(text + "AAAA"))
        .hasMessageContaining("goes on behind its end");
    for (int i = 1; i < text.length(); i++) {
      String cut = text.substring(0, i);
      assertThatThrownBy(() -> SessionToken.parse(cut))
          .as(cut)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("not a session token");
    }
  }

  @Test
  void random_bytes_are_refused_or_read_and_never_anything_else() {
    Random random = new Random(6);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = new byte[random.nextInt(30)];
      random.nextBytes(bytes);
      if (bytes.length > 0) {
        bytes[0] = 1;
      }
      String text = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
      try {
        assertThat(SessionToken.parse(text).text()).isEqualTo(text);
      } catch (IllegalArgumentException e) {
        assertThat(e).hasMessageContaining("session token");
      }
    }
  }

  @Test
  void a_merged_token_covers_both() {
    SessionToken one = token(Map.of(ReplicaId.of("a"), 5L, ReplicaId.of("b"), 1L));
    SessionToken other = token(Map.of(ReplicaId.of("b"), 3L));
    assertThat(one.covers(other)).isFalse();
    assertThat(one.merge(other).covers(one)).isTrue();
    assertThat(one.merge(other).covers(other)).isTrue();
  }
}
