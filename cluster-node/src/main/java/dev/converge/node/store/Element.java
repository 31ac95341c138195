package dev.converge.node.store;

import dev.converge.node.json.Json;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An element of a set: a text or a number. Numbers are equal by value: 1, 1.0 and 1e0 are one
 * element. Immutable.
 *
 * <p>Ordered: numbers before texts, numbers by value, texts by their UTF-16 code units.
 */
public sealed interface Element extends Comparable<Element> {
  /**
   * A text.
   *
   * @param value valid Unicode
   */
  record Text(String value) implements Element {
    /**
     * Checks the text.
     *
     * @throws IllegalArgumentException if it has half a surrogate pair
     */
    public Text {
      if (!Json.isWellFormed(value)) {
        throw new IllegalArgumentException("a text with half a surrogate pair is no valid Unicode");
      }
    }

    // As a record has them, but by name: sets spend much of their time here.

    @Override
    public boolean equals(@Nullable Object o) {
      return o instanceof Text other && value.equals(other.value);
    }

    @Override
    public int hashCode() {
      return value.hashCode();
    }

    @Override
    public String toString() {
      return value;
    }
  }

  /**
   * A number.
   *
   * @param value normalised: without trailing zeros
   */
  record Numeric(BigDecimal value) implements Element {
    /** Normalises the number. */
    public Numeric {
      Objects.requireNonNull(value, "value");
      value = value.stripTrailingZeros();
    }

    @Override
    public String toString() {
      return value.toString();
    }
  }

  /** A text. */
  static Element of(String text) {
    return new Text(text);
  }

  /** A number. */
  static Element of(long number) {
    return new Numeric(BigDecimal.valueOf(number));
  }

  /** A number. */
  static Element of(BigInteger number) {
    return new Numeric(new BigDecimal(number));
  }

  /** A number. */
  static Element of(BigDecimal number) {
    return new Numeric(number);
  }

  @Override
  default int compareTo(Element other) {
    if (this instanceof Numeric a) {
      return other instanceof Numeric b ? a.value().compareTo(b.value()) : -1;
    }
    return other instanceof Text b ? ((Text) this).value().compareTo(b.value()) : 1;
  }
}
