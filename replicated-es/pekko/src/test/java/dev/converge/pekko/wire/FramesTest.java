package dev.converge.pekko.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class FramesTest {
  private static byte[] message(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @Test
  void messages_of_any_length_come_whole_through_bounded_frames_in_any_order() {
    long seed = Long.getLong("converge.seed", 20_261_121L);
    Random random = new Random(seed);
    Frames sender = new Frames(2_048, random.nextLong());
    Frames receiver = new Frames(2_048, 0);
    for (int length : new int[] {0, 1, 2_046, 2_047, 2_048, 5_000, 1_000_000}) {
      byte[] message = message(length, seed);
      List<byte[]> frames = new ArrayList<>(sender.split("node-1", message));
      assertThat(frames).allMatch(frame -> frame.length <= 2_048);
      Collections.shuffle(frames, random);
      byte[] whole = null;
      for (byte[] frame : frames) {
        byte[] joined = receiver.join(frame, "node-1"::equals);
        assertThat(whole).isNull();
        whole = joined;
      }
      assertThat(whole).as("seed %d, length %d", seed, length).isEqualTo(message);
      assertThat(receiver.waitingBytes()).isZero();
    }
  }

  @Test
  void what_never_becomes_whole_makes_room() {
    Frames sender = new Frames(2_048, 7);
    Frames receiver = new Frames(2_048, 0);
    for (int i = 0; i < 100; i++) {
      List<byte[]> frames = sender.split("node-1", message(10_000, i));
      for (byte[] frame : frames.subList(1, frames.size())) {
        assertThat(receiver.join(frame, "node-1"::equals)).isNull();
      }
      assertThat(receiver.waitingBytes()).isLessThan(10_000L * (Frames.INCOMPLETE + 1));
    }
  }

  @Test
  void whatever_the_bytes_are_the_outcome_is_bytes_or_a_wire_exception() {
    long seed = Long.getLong("converge.seed", 20_261_121L);
    Random random = new Random(seed);
    Frames frames = new Frames(1_024, 1);
    List<byte[]> good = frames.split("node-1", message(5_000, seed));
    for (int i = 0; i < 20_000; i++) {
      byte[] bad = good.get(random.nextInt(good.size())).clone();
      for (int k = 0; k <= random.nextInt(3); k++) {
        bad[random.nextInt(20)] = (byte) random.nextInt(256);
      }
      try {
        frames.join(bad, name -> true);
      } catch (WireException e) {
        assertThat(e.getMessage()).as("seed %d, round %d", seed, i).isNotBlank();
      }
    }
    assertThat(frames.waitingBytes()).isLessThan(50_000L * 1_000);
    assertThatThrownBy(() -> frames.join(new byte[0], name -> true))
        .isInstanceOf(WireException.class);
  }
}
