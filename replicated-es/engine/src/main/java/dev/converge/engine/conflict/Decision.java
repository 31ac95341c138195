package dev.converge.engine.conflict;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of one event in the fold. Compared by value: equal decisions let a re-fold stop
 * early, so a payload in {@link Replace} should have {@code equals}.
 *
 * @param <E> the type of payloads
 */
public sealed interface Decision<E> {

  /** Takes effect as it is, with nothing to remark. */
  static <E> Decision<E> apply() {
    return new Apply<>(null);
  }

  /** Takes effect as it is, for {@code reason}. */
  static <E> Decision<E> apply(String reason) {
    return new Apply<>(reason);
  }

  /** Has no effect, for {@code reason}. */
  static <E> Decision<E> discard(String reason) {
    return new Discard<>(reason);
  }

  /** {@code event} takes effect in its place, for {@code reason}. */
  static <E> Decision<E> replace(E event, String reason) {
    return new Replace<>(event, reason);
  }

  /** Takes effect for now, and waits for a person's decision. */
  static <E> Decision<E> escalateAndApply(String reason) {
    return new Escalate<>(reason, true);
  }

  /** Has no effect until a person decides. */
  static <E> Decision<E> escalateAndHold(String reason) {
    return new Escalate<>(reason, false);
  }

  /** Why, in words that a person understands; only {@link Apply} may have none. */
  Optional<String> why();

  /**
   * What the handler is given: {@code event}, its replacement, or nothing.
   *
   * @param event the payload that was judged
   */
  Optional<E> effectOf(E event);

  /**
   * The event takes effect as it is.
   *
   * @param reason why, if there is something to say
   * @param <E> the type of payloads
   */
  record Apply<E>(@Nullable String reason) implements Decision<E> {
    @Override
    public Optional<String> why() {
      return Optional.ofNullable(reason);
    }

    @Override
    public Optional<E> effectOf(E event) {
      return Optional.of(event);
    }
  }

  /**
   * The event has no effect. Events that follow it causally are folded normally.
   *
   * @param reason why
   * @param <E> the type of payloads
   */
  record Discard<E>(String reason) implements Decision<E> {
    /** Checks the reason. */
    public Discard {
      requireReason(reason);
    }

    @Override
    public Optional<String> why() {
      return Optional.of(reason);
    }

    @Override
    public Optional<E> effectOf(E event) {
      return Optional.empty();
    }
  }

  /**
   * Another event takes effect in its place. It keeps the dot and the conflict keys, and is not
   * judged again.
   *
   * @param event what takes effect
   * @param reason why
   * @param <E> the type of payloads
   */
  record Replace<E>(E event, String reason) implements Decision<E> {
    /** Checks the parts. */
    public Replace {
      Objects.requireNonNull(event, "event");
      requireReason(reason);
    }

    @Override
    public Optional<String> why() {
      return Optional.of(reason);
    }

    @Override
    public Optional<E> effectOf(E judged) {
      return Optional.of(event);
    }
  }

  /**
   * A person has to decide.
   *
   * @param reason what there is to decide
   * @param applied whether the event takes effect until then, or is held back
   * @param <E> the type of payloads
   */
  record Escalate<E>(String reason, boolean applied) implements Decision<E> {
    /** Checks the reason. */
    public Escalate {
      requireReason(reason);
    }

    @Override
    public Optional<String> why() {
      return Optional.of(reason);
    }

    @Override
    public Optional<E> effectOf(E event) {
      return applied ? Optional.of(event) : Optional.empty();
    }
  }

  private static void requireReason(String reason) {
    if (reason.isBlank()) {
      throw new IllegalArgumentException(
          "a decision that changes what happens says why: give a reason");
    }
  }
}
