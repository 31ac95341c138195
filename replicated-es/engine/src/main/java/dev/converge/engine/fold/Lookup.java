package dev.converge.engine.fold;

import dev.converge.engine.conflict.Decision;
import dev.converge.engine.fold.ConflictIndex.Touched;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * What a resolver asked while it judged an entry, and what it was told. As it is a function of
 * that, it need not be asked again as long as all answers are the same.
 *
 * <p>A list, linked so that the one answer which most resolvers need costs one object.
 */
final class Lookup<S, E> {
  /** More are not worth their memory. */
  private static final int MOST = 6;

  /** Which question. */
  enum Question {
    EARLIEST,
    LATEST,
    ANY
  }

  private final Question question;
  private final Collection<Touched<S, E>> touched;
  private final @Nullable String kind;
  private final @Nullable Entry<S, E> found;

  /** What was decided on the one found. */
  private final @Nullable Decision<E> decision;

  private final @Nullable Lookup<S, E> before;
  private final int number;

  private Lookup(
      Question question,
      Collection<Touched<S, E>> touched,
      @Nullable String kind,
      @Nullable Entry<S, E> found,
      @Nullable Lookup<S, E> before) {
    this.question = question;
    this.touched = touched;
    this.kind = kind;
    this.found = found;
    this.decision = found == null ? null : found.decision();
    this.before = before;
    this.number = before == null ? 1 : before.number + 1;
  }

  /** What asking again comes to. */
  enum Again {
    /** All answers are as they were, and there is a rival. */
    SAME,
    /** Some are not, and there is a rival. */
    OTHER,
    /** Whether there is a rival is not known. */
    UNSURE
  }

  /** Asks again. O(look-ups). */
  Again check(Entry<S, E> entry, ConflictIndex<S, E> index) {
    boolean hasRival = false;
    for (Lookup<S, E> one = this; one != null; one = one.before) {
      Entry<S, E> now = ask(index, entry, one.question, one.touched, one.kind);
      hasRival |= now != null;
      if (now != one.found || (now != null && now.decision() != one.decision)) {
        return hasRival ? Again.OTHER : Again.UNSURE;
      }
    }
    return hasRival ? Again.SAME : Again.UNSURE;
  }

  private static <S, E> @Nullable Entry<S, E> ask(
      ConflictIndex<S, E> index,
      Entry<S, E> entry,
      Question question,
      Collection<Touched<S, E>> touched,
      @Nullable String kind) {
    return switch (question) {
      case EARLIEST -> index.earliest(touched, kind, entry);
      case LATEST -> index.latest(touched, kind, entry);
      case ANY -> index.any(touched, kind, entry);
    };
  }

  /** Notes the look-ups of one judgement. */
  static final class Notes<S, E> {
    private @Nullable Lookup<S, E> last;
    private boolean complete = true;

    /** Asks the index, and notes the answer. */
    @Nullable Entry<S, E> ask(
        ConflictIndex<S, E> index,
        Entry<S, E> entry,
        Question question,
        Collection<Touched<S, E>> touched,
        @Nullable String kind) {
      Entry<S, E> found = Lookup.ask(index, entry, question, touched, kind);
      if (complete) {
        last = new Lookup<>(question, touched, kind, found, last);
        complete = last.number < MOST;
      }
      return found;
    }

    /** The resolver looks at more than can be noted. */
    void incomplete() {
      complete = false;
    }

    /** What was asked, or null if it was more than what is noted. */
    @Nullable Lookup<S, E> taken() {
      return complete ? last : null;
    }
  }
}
