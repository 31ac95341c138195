package dev.converge.engine.fold;

import dev.converge.crdt.clock.Dot;
import dev.converge.engine.conflict.Conflict;
import dev.converge.engine.conflict.ConflictResolver;
import dev.converge.engine.conflict.Decision;
import dev.converge.engine.conflict.Resolution;
import dev.converge.engine.event.ReplicatedEvent;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Calls the user's code, and names it with the event and the entity where it fails: it throws, it
 * gives no answer, or, if checked, a second call with the same input comes out otherwise.
 */
final class Caller<S, E> {
  private final EntityModel<S, E> model;
  private final ConflictResolver<S, E> resolver;
  private final FoldOptions options;

  Caller(EntityModel<S, E> model, FoldOptions options) {
    this.model = model;
    this.resolver = model.conflicts();
    this.options = options;
  }

  ConflictResolver<S, E> resolver() {
    return resolver;
  }

  SortedSet<String> keys(ReplicatedEvent<E> event) {
    return Collections.unmodifiableSortedSet(
        ask(
            event.dot(),
            "conflictKeys",
            () -> new TreeSet<>(resolver.conflictKeys(event.payload()))));
  }

  Set<String> kinds(ReplicatedEvent<E> event) {
    return ask(event.dot(), "kinds", () -> Set.copyOf(resolver.kinds(event.payload())));
  }

  @Nullable Resolution resolution(ReplicatedEvent<E> event) {
    return ask(event.dot(), "resolution", () -> resolver.resolution(event.payload())).orElse(null);
  }

  /**
   * Asks the resolver.
   *
   * @param conflict made anew for each call
   */
  Decision<E> decide(ReplicatedEvent<E> event, Supplier<? extends Conflict<S, E>> conflict) {
    return ask(event.dot(), "decide", () -> resolver.decide(conflict.get()));
  }

  /** Asks the handler for the state after {@code effect}, the effect of {@code event}. */
  S apply(
      S before,
      E effect,
      ReplicatedEvent<E> event,
      Decision<E> decision,
      Supplier<List<Dot>> concurrentWith) {
    if (!options.checked()) {
      return applyOnce(before, effect, event, decision, concurrentWith);
    }
    int stateWas = before.hashCode();
    int effectWas = effect.hashCode();
    S after = applyOnce(before, effect, event, decision, concurrentWith);
    S again = applyOnce(before, effect, event, decision, concurrentWith);
    if (before.hashCode() != stateWas) {
      throw impure(event, "changed the state it was given", "it is now " + before);
    }
    if (effect.hashCode() != effectWas) {
      throw impure(event, "changed the event it was given", "it is now " + effect);
    }
    if (!after.equals(again)) {
      boolean looksAlike = after.toString().equals(again.toString());
      throw impure(
          event,
          "gave two states for one input",
          after
              + " and "
              + again
              + (looksAlike ? ", or the states lack equals by value, if these are equal" : ""));
    }
    return after;
  }

  private FoldException impure(ReplicatedEvent<E> event, String did, String evidence) {
    return FoldException.impure(options, event.dot(), handlerName(), did, evidence);
  }

  private S applyOnce(
      S before,
      E effect,
      ReplicatedEvent<E> event,
      Decision<E> decision,
      Supplier<List<Dot>> concurrentWith) {
    EventContext context = new EventContext(event, decision, concurrentWith);
    try {
      return Objects.requireNonNull(model.apply(before, effect, context), "the handler's answer");
    } catch (RuntimeException | AssertionError | StackOverflowError | LinkageError e) {
      throw FoldException.threw(options, event.dot(), handlerName(), e);
    } finally {
      context.close();
    }
  }

  private <T> T ask(Dot dot, String method, Supplier<T> question) {
    T answer = askOnce(dot, method, question);
    if (options.checked()) {
      T again = askOnce(dot, method, question);
      if (!answer.equals(again)) {
        throw FoldException.impure(
            options,
            dot,
            resolverName(method),
            "gave two answers for one input",
            answer + " and " + again);
      }
    }
    return answer;
  }

  private <T> T askOnce(Dot dot, String method, Supplier<T> question) {
    try {
      return Objects.requireNonNull(question.get(), "the resolver's answer");
    } catch (RuntimeException | AssertionError | StackOverflowError | LinkageError e) {
      throw FoldException.threw(options, dot, resolverName(method), e);
    }
  }

  private String resolverName(String method) {
    return "the conflict resolver (" + method + " of " + resolver + ")";
  }

  private String handlerName() {
    return "the event handler (" + model + ")";
  }
}
