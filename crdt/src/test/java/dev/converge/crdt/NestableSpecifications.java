package dev.converge.crdt;

import static dev.converge.crdt.Specifications.byKey;
import static dev.converge.crdt.Specifications.is;
import static dev.converge.crdt.Specifications.lastWrite;
import static dev.converge.crdt.Specifications.on;

import dev.converge.crdt.Subjects.Kind;
import dev.converge.crdt.Subjects.Op;
import dev.converge.crdt.testing.View;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * What types show that can live in a map: over the operations in a scope, of which some have been
 * taken away with the key.
 */
final class NestableSpecifications {
  private NestableSpecifications() {}

  /** What a type shows. */
  interface Nestable<T> {
    /** What is there, if anything is: of the operations in {@code scope}, without the removed. */
    Optional<T> show(View<Op> view, Predicate<Op> scope, Predicate<Op> removes);

    /** As a specification of the type on its own, which shows {@code nothing} at first. */
    default Function<View<Op>, Object> alone(T nothing) {
      return view -> show(view, op -> true, is(Kind.CLEAR)).orElse(nothing);
    }

    /** As a specification of the type in a map in a map. */
    default Function<View<Op>, Map<String, Map<String, T>>> inTwoMaps() {
      return view ->
          byKey(
              view,
              Op::key,
              key -> {
                Predicate<Op> gone = is(Kind.REMOVE_KEY).and(on(key));
                Map<String, T> inner =
                    byKey(
                        view,
                        Op::inner,
                        name -> {
                          Predicate<Op> here = on(key).and(op -> op.inner().equals(name));
                          return show(view, here, here.and(is(Kind.CLEAR)).or(gone));
                        });
                return Optional.of(inner).filter(map -> !map.isEmpty());
              });
    }
  }

  private static boolean isWritten(View<Op> view, Predicate<Op> writes, Predicate<Op> removes) {
    return view.events(writes).anyMatch(write -> !view.isFollowedBy(write, removes));
  }

  /** Somebody switched it on, and nobody off without having been followed by an "on". */
  private static boolean isOn(
      View<Op> view, Predicate<Op> on, Predicate<Op> off, Predicate<Op> removes) {
    return isWritten(view, on, off.or(removes)) && !isWritten(view, off, on.or(removes));
  }

  private static Set<String> elements(View<Op> view, Predicate<String> isIn) {
    return view.events().stream()
        .map(e -> e.operation().element())
        .distinct()
        .filter(isIn)
        .collect(Collectors.toSet());
  }

  private static final Predicate<Op> ADD_OR_REMOVE = is(Kind.ADD).or(is(Kind.REMOVE));

  static final Nestable<Set<String>> RW_SET =
      (view, scope, removes) ->
          Optional.of(
                  elements(
                      view,
                      element -> {
                        Predicate<Op> here = scope.and(Specifications.of(element));
                        return isOn(
                            view, here.and(is(Kind.ADD)), here.and(is(Kind.REMOVE)), removes);
                      }))
              .filter(set -> isWritten(view, scope.and(ADD_OR_REMOVE), removes));

  static final Nestable<Set<String>> LWW_ELEMENT_SET =
      (view, scope, removes) ->
          Optional.of(
                  elements(
                      view,
                      element ->
                          lastWrite(
                                  view,
                                  scope.and(Specifications.of(element)).and(ADD_OR_REMOVE),
                                  removes)
                              .filter(last -> last.operation().is(Kind.ADD))
                              .isPresent()))
              .filter(set -> isWritten(view, scope.and(ADD_OR_REMOVE), removes));

  static final Nestable<Set<String>> MV_REGISTER =
      (view, scope, removes) -> {
        Predicate<Op> write = scope.and(is(Kind.SET));
        Set<String> siblings = new HashSet<>();
        view.events(write)
            .filter(e -> !view.isFollowedBy(e, write.or(removes)))
            .forEach(e -> siblings.add(e.operation().element()));
        return Optional.of(siblings).filter(set -> !set.isEmpty());
      };

  static final Nestable<Boolean> ENABLE_WINS_FLAG =
      (view, scope, removes) ->
          Optional.of(
                  isWritten(
                      view, scope.and(is(Kind.ENABLE)), scope.and(is(Kind.DISABLE)).or(removes)))
              .filter(on -> on);

  static final Nestable<Boolean> DISABLE_WINS_FLAG =
      (view, scope, removes) -> {
        Predicate<Op> on = scope.and(is(Kind.ENABLE));
        Predicate<Op> off = scope.and(is(Kind.DISABLE));
        return Optional.of(isOn(view, on, off, removes))
            .filter(flag -> isWritten(view, on.or(off), removes));
      };

  static final Nestable<Map<String, String>> LWW_MAP =
      (view, scope, removes) ->
          Optional.of(
                  byKey(
                      view,
                      Op::element,
                      key -> {
                        Predicate<Op> here = scope.and(Specifications.of(key));
                        return lastWrite(
                                view, here.and(is(Kind.SET)), here.and(is(Kind.REMOVE)).or(removes))
                            .map(last -> last.operation().by().toString());
                      }))
              .filter(map -> !map.isEmpty());
}
