package dev.converge.engine.event;

import dev.converge.crdt.clock.Dot;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * The name that a client gave to its request: client or device and its sequence number, or an
 * idempotency key. A request that was sent twice, even to two replicas, has its effect once: of
 * several events with one name only the first in the total order counts.
 *
 * <p>A request that leads to several events is <em>executed</em> once: each of them has the
 * request's name with a {@linkplain #part mark} of its number and of the execution that it belongs
 * to. The execution of the first of them in the total order counts, whole; the others do not at
 * all. Two replicas may well answer one request differently, as they had seen different things, and
 * half of each answer would be neither.
 *
 * <p>Immutable and thread-safe.
 *
 * @param value the request's name, 1 to 256 characters of well-formed Unicode without U+001F; with
 *     a mark behind it for an event of several
 */
public record OriginId(String value) {
  /** The longest name of a request, in characters. */
  public static final int MAX_LENGTH = 256;

  /** Before the event's number, and before its execution. */
  private static final char MARK = '\u001f';

  /** A number from 1, and in newer logs the execution. */
  private static final Pattern MARKS = Pattern.compile("[1-9][0-9]{0,8}(\u001f[!-~]{1,128})?");

  /**
   * Checks the value.
   *
   * @throws IllegalArgumentException if the name is empty, too long, or not well-formed Unicode, or
   *     what is behind a U+001F is no mark
   */
  public OriginId {
    int mark = value.indexOf(MARK);
    int length = mark < 0 ? value.length() : mark;
    if (length == 0 || length > MAX_LENGTH) {
      throw new IllegalArgumentException(
          "an origin id has 1 to " + MAX_LENGTH + " characters, not " + length);
    }
    if (mark >= 0 && !MARKS.matcher(value.substring(mark + 1)).matches()) {
      throw new IllegalArgumentException(
          "an origin id has no U+001F; that is kept for the number of one of several events");
    }
    try {
      StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(value));
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException(
          "an origin id is well-formed Unicode; this one has half a surrogate pair", e);
    }
  }

  /**
   * The id of one of the events that this request leads to, if it leads to several.
   *
   * @param number of the event, from 1
   * @param first the dot of the first of them: the name of the execution
   * @throws IllegalArgumentException if the number is not between 1 and 999,999,999
   */
  public OriginId part(int number, Dot first) {
    return new OriginId(request().value + MARK + number + MARK + first);
  }

  /**
   * The id of an event that this leads to: this itself if there is one event, else a {@link #part}.
   *
   * @param number of the event, from 1
   * @param of how many there are
   * @param first the dot of the first of them
   */
  public OriginId event(int number, int of, Dot first) {
    return of == 1 ? this : part(number, first);
  }

  /** Whether this is one of several events of its request. */
  public boolean isPart() {
    return value.indexOf(MARK) >= 0;
  }

  /** The request's own name. */
  public OriginId request() {
    int mark = value.indexOf(MARK);
    return mark < 0 ? this : new OriginId(value.substring(0, mark));
  }

  /** The event's number among those of its request, from 1. */
  public int number() {
    int mark = value.indexOf(MARK);
    if (mark < 0) {
      return 1;
    }
    int end = value.indexOf(MARK, mark + 1);
    return Integer.parseInt(value.substring(mark + 1, end < 0 ? value.length() : end));
  }

  /** What all events of one execution have in common; empty if it has one event. */
  public String execution() {
    int number = value.indexOf(MARK);
    int mark = number < 0 ? -1 : value.indexOf(MARK, number + 1);
    return mark < 0 ? "" : value.substring(mark + 1);
  }

  /** The name, with the mark in words. */
  @Override
  public String toString() {
    if (!isPart()) {
      return value;
    }
    String of = execution().isEmpty() ? "" : " of " + execution();
    return request().value + " (" + number() + of + ")";
  }
}
