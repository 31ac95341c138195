package dev.converge.crdt.binary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PrimitivesTest {
  private static BinaryReader reader(int... bytes) {
    byte[] array = new byte[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      array[i] = (byte) bytes[i];
    }
    return new BinaryReader(array, DecodingLimits.DEFAULT);
  }

  private static BinaryReader reader(BinaryWriter out) {
    return new BinaryReader(out.toByteArray(), DecodingLimits.DEFAULT);
  }

  @Test
  void numbersComeBack() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      long number = random.nextLong() >> random.nextInt(64);
      BinaryWriter out = new BinaryWriter();
      out.writeVarint(number).writeZigZag(number).writeLong(number);
      out.writeBigInteger(BigInteger.valueOf(number).shiftLeft(i % 80));
      BinaryReader in = reader(out);
      assertThat(in.readVarint()).isEqualTo(number);
      assertThat(in.readZigZag()).isEqualTo(number);
      assertThat(in.readLong()).isEqualTo(number);
      assertThat(in.readBigInteger()).isEqualTo(BigInteger.valueOf(number).shiftLeft(i % 80));
      in.expectEnd();
    }
  }

  @Test
  void stringsComeBackWithUnpairedSurrogatesToo() {
    Random random = new Random(2);
    int[] ranges = {0x80, 0x800, 0xD800, 0xE000, 0x10000};
    for (int i = 0; i < 20_000; i++) {
      int range = ranges[random.nextInt(ranges.length)];
      int from = range == 0xE000 ? 0xD800 : 0;
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(12); n > 0; n--) {
        text.append((char) (from + random.nextInt(range - from)));
      }
      BinaryWriter out = new BinaryWriter().writeString(text.toString());
      BinaryReader in = reader(out);
      assertThat(in.readString()).isEqualTo(text.toString());
      in.expectEnd();
    }
  }

  @Test
  void aReadStringIsWrittenInTheBytesItWasReadFrom() {
    Random random = new Random(3);
    int read = 0;
    for (int i = 0; i < 200_000; i++) {
      byte[] bytes = new byte[1 + random.nextInt(8)];
      random.nextBytes(bytes);
      if (random.nextBoolean()) {
        bytes[0] = (byte) 0xED;
      }
      try {
        String text = Utf8.decode(bytes, 0, bytes.length);
        BinaryWriter out = new BinaryWriter().writeUtf8(text, 0, text.length());
        assertThat(out.toByteArray()).isEqualTo(bytes);
        read++;
      } catch (DecodingException e) {
        assertThat(e).hasMessageContaining("UTF-8");
      }
    }
    assertThat(read).isGreaterThan(1_000);
  }

  @Test
  void badUtf8IsRefused() {
    int[][] cases = {
      {0x80}, // a continuation first
      {0xC0, 0x80}, // too long for U+0000
      {0xC1, 0xBF},
      {0xE0, 0x80, 0x80},
      {0xF0, 0x80, 0x80, 0x80},
      {0xF4, 0x90, 0x80, 0x80}, // above U+10FFFF
      {0xF5, 0x80, 0x80, 0x80},
      {0xC3}, // cut off
      {0xE2, 0x82},
      {0xC3, 0x41},
      {0xED, 0xA0, 0xBD, 0xED, 0xB8, 0x80}, // a pair, written as two
      {0xFF}
    };
    for (int[] bytes : cases) {
      int[] withLength = new int[bytes.length + 1];
      withLength[0] = bytes.length;
      System.arraycopy(bytes, 0, withLength, 1, bytes.length);
      assertThatThrownBy(() -> reader(withLength).readString())
          .isInstanceOf(DecodingException.class)
          .hasMessageContaining("UTF-8");
    }
  }

  @Test
  void aNumberHasOneSpelling() {
    assertThatThrownBy(() -> reader(0x80, 0x00).readVarint())
        .isInstanceOf(DecodingException.class)
        .hasMessage("a number in too many bytes (at byte 2)");
    assertThatThrownBy(() -> reader(255, 255, 255, 255, 255, 255, 255, 255, 255, 0x02).readVarint())
        .isInstanceOf(DecodingException.class);
    assertThatThrownBy(
            () -> reader(255, 255, 255, 255, 255, 255, 255, 255, 255, 0x81, 0).readVarint())
        .isInstanceOf(DecodingException.class);
    assertThatThrownBy(() -> reader(2, 0, 1).readBigInteger())
        .isInstanceOf(DecodingException.class)
        .hasMessageContaining("too many bytes");
    assertThatThrownBy(() -> reader(0).readBigInteger()).isInstanceOf(DecodingException.class);
    assertThatThrownBy(() -> reader(2).readBoolean()).isInstanceOf(DecodingException.class);
    assertThatThrownBy(() -> reader(0xFF, 0xF8, 0, 0, 0, 0, 0, 1).readDouble())
        .isInstanceOf(DecodingException.class)
        .hasMessageContaining("NaN");
  }

  @Test
  void aLengthIsBelievedOnlyAsFarAsThereAreBytes() {
    assertThatThrownBy(() -> reader(0xFF, 0xFF, 0x03, 1).readString())
        .isInstanceOf(DecodingException.class)
        .hasMessage("cut off: 65535 bytes wanted, 1 left (at byte 3)");
    assertThatThrownBy(() -> reader(0xFF, 0xFF, 0x03, 1).readCount(1))
        .isInstanceOf(DecodingException.class)
        .hasMessageContaining("65535 elements cannot be in 1 bytes");
    assertThatThrownBy(() -> reader(0xFF, 0xFF, 0xFF, 0xFF, 0x7F).readCount(1))
        .isInstanceOf(DecodingException.class)
        .hasMessageContaining("more than the 4000000 that are allowed");
    assertThatThrownBy(() -> reader(0xFF, 0xFF, 0xFF, 0xFF, 0x7F).readBytes())
        .isInstanceOf(DecodingException.class)
        .hasMessageContaining("longer than the");
  }

  @Test
  void limitsHold() {
    DecodingLimits limits = DecodingLimits.DEFAULT.withMaxBytes(4).withMaxDepth(2);
    assertThatThrownBy(() -> new BinaryReader(new byte[5], limits))
        .isInstanceOf(DecodingException.class)
        .hasMessageContaining("5 bytes are more than the 4");
    BinaryReader in = new BinaryReader(new byte[4], limits);
    in.enter();
    in.enter();
    assertThatThrownBy(in::enter).isInstanceOf(DecodingException.class);
    assertThatThrownBy(() -> limits.withMaxElements(0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void stepsComeBackAndHaveOneSpelling() {
    Random random = new Random(4);
    for (int i = 0; i < 5_000; i++) {
      long[] numbers = new long[random.nextInt(20)];
      for (int k = 0; k < numbers.length; k++) {
        numbers[k] =
            random.nextInt(3) == 0
                ? random.nextLong()
                : (k == 0 ? 0 : numbers[k - 1]) + random.nextInt(2);
      }
      BinaryWriter out = new BinaryWriter().writeSteps(numbers, numbers.length);
      BinaryReader in = reader(out);
      assertThat(in.readSteps(numbers.length)).isEqualTo(numbers);
      in.expectEnd();
    }
    long[] run = new long[1_000];
    for (int k = 0; k < run.length; k++) {
      run[k] = k + 1L;
    }
    assertThat(new BinaryWriter().writeSteps(run, run.length).size()).isEqualTo(3);
    assertThatThrownBy(() -> reader(2, 1, 2, 1).readSteps(2))
        .isInstanceOf(DecodingException.class)
        .hasMessageContaining("continues the one before");
    assertThatThrownBy(() -> reader(2, 0, 2, 2).readSteps(2)).isInstanceOf(DecodingException.class);
    assertThatThrownBy(() -> reader(2, 3).readSteps(2)).isInstanceOf(DecodingException.class);
  }
}
