package dev.converge.engine.conflict;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Combines the list edits of both sides; see {@link Resolvers#mergeByIntent}. */
final class IntentMerge<S, E, T> implements ConflictResolver<S, E> {
  private static final String PUTS = "puts";
  private static final String REMOVES = "removes";

  private final String list;
  private final Function<? super E, List<ListEdit<T>>> edits;
  private final BiFunction<E, List<ListEdit<T>>, E> with;

  IntentMerge(
      String list,
      Function<? super E, List<ListEdit<T>>> edits,
      BiFunction<E, List<ListEdit<T>>, E> with) {
    this.list = list;
    this.edits = edits;
    this.with = with;
  }

  private String key(String id) {
    return list + "/" + id;
  }

  @Override
  public Set<String> conflictKeys(E event) {
    Set<String> keys = new HashSet<>();
    edits.apply(event).forEach(edit -> keys.add(key(edit.id())));
    return keys;
  }

  @Override
  public Set<String> kinds(E event) {
    Set<String> kinds = new HashSet<>();
    edits.apply(event).forEach(e -> kinds.add(e instanceof ListEdit.Put ? PUTS : REMOVES));
    return kinds;
  }

  @Override
  public Decision<E> decide(Conflict<S, E> conflict) {
    E event = conflict.event().payload();
    List<ListEdit<T>> left = new ArrayList<>();
    List<String> stays = new ArrayList<>();
    for (ListEdit<T> edit : edits.apply(event)) {
      Optional<Rival<E>> keeper =
          edit instanceof ListEdit.Remove ? whoPuts(edit.id(), conflict) : Optional.empty();
      if (keeper.isEmpty()) {
        left.add(edit);
      } else {
        stays.add(
            "entry '" + edit.id() + "' stays, as the removal had not seen " + keeper.get().dot());
      }
    }
    if (stays.isEmpty()) {
      return Decision.apply(list + ": combined with the edits of " + conflict.latestRival().dot());
    }
    String reason = list + ": " + String.join("; ", stays);
    return left.isEmpty()
        ? Decision.discard(reason)
        : Decision.replace(with.apply(event, left), reason);
  }

  private Optional<Rival<E>> whoPuts(String id, Conflict<S, E> conflict) {
    return conflict.among(Set.of(key(id))).ofKind(PUTS).list().stream()
        .filter(rival -> puts(rival, id))
        .findFirst();
  }

  private boolean puts(Rival<E> rival, String id) {
    return edits.apply(rival.event().payload()).stream()
        .anyMatch(edit -> edit instanceof ListEdit.Put && edit.id().equals(id));
  }

  @Override
  public boolean readsState() {
    return false;
  }

  @Override
  public String toString() {
    return "merge-by-intent";
  }
}
