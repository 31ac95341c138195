package dev.converge.engine.view;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.engine.fold.EventContext;
import java.util.Collections;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One thing that can be deleted, as a part of a fold state. A deletion is a mark that remembers
 * what was there, because an update that had not seen it may come later in the total order: under
 * {@code update-wins} it goes on with what was deleted. Whoever has seen the deletion starts
 * afresh.
 *
 * <table>
 * <caption>Transitions</caption>
 * <tr><th>is</th><th>on</th><th>becomes</th></tr>
 * <tr><td>absent</td><td>update</td><td>live, changed from empty</td></tr>
 * <tr><td>live</td><td>update</td><td>live, changed</td></tr>
 * <tr><td>live or absent</td><td>delete</td><td>deleted, with what was there</td></tr>
 * <tr><td>deleted</td><td>delete</td><td>deleted, with one more mark</td></tr>
 * <tr><td>deleted</td><td>update that has seen a deletion</td><td>live, from empty</td></tr>
 * <tr><td>deleted</td><td>update that has not</td><td>live, changed from the remembered</td></tr>
 * <tr><td>deleted</td><td>forget, all marks stable</td><td>absent</td></tr>
 * </table>
 *
 * <p>Immutable and thread-safe, if the value is.
 *
 * @param value what is there, or was before the deletion; null: nothing
 * @param deletions the events that deleted it; none while it is live or absent
 * @param <V> the type of values, with {@code equals} by value
 */
public record Deletable<V>(@Nullable V value, SortedSet<Dot> deletions) {
  private static final Deletable<?> ABSENT = new Deletable<>(null, Collections.emptySortedSet());

  /** Copies the deletions. */
  public Deletable {
    deletions = Collections.unmodifiableSortedSet(new TreeSet<>(deletions));
  }

  /** What was never there. */
  @SuppressWarnings("unchecked") // It holds no value.
  public static <V> Deletable<V> absent() {
    return (Deletable<V>) ABSENT;
  }

  /** The value, unless it is deleted or absent. */
  public Optional<V> live() {
    return deletions.isEmpty() ? Optional.ofNullable(value) : Optional.empty();
  }

  /** After a deletion. */
  public Deletable<V> delete(EventContext by) {
    TreeSet<Dot> marks = new TreeSet<>(deletions);
    marks.add(by.dot());
    return new Deletable<>(value, marks);
  }

  /**
   * After an update, or a creation.
   *
   * @param empty what a new one starts from
   * @param change makes the new value of the one before
   */
  public Deletable<V> update(EventContext by, V empty, UnaryOperator<V> change) {
    boolean afresh = value == null || deletions.stream().anyMatch(by.dependencies()::contains);
    return new Deletable<>(
        change.apply(afresh || value == null ? empty : value), Collections.emptySortedSet());
  }

  /**
   * Lets go of what is remembered, once no update can come that has not seen the deletion.
   *
   * @param stable the events that every replica is known to have
   */
  public Deletable<V> forget(CausalContext stable) {
    return !deletions.isEmpty() && deletions.stream().allMatch(stable::contains) ? absent() : this;
  }
}
