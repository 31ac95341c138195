package dev.converge.engine.fold;

import dev.converge.engine.conflict.Conflict;
import dev.converge.engine.conflict.Rival;
import dev.converge.engine.conflict.Rivals;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.fold.ConflictIndex.Touched;
import dev.converge.engine.fold.Lookup.Question;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A conflict whose rivals are looked up in the index when asked for. */
final class IndexedConflict<S, E> implements Conflict<S, E> {
  private final @Nullable S state;
  private final Entry<S, E> entry;
  private final ConflictIndex<S, E> index;
  private final Lookup.Notes<S, E> notes;

  /**
   * A conflict.
   *
   * @param state null if the resolver promised not to look
   * @param notes takes down what is looked up
   */
  IndexedConflict(
      @Nullable S state, Entry<S, E> entry, ConflictIndex<S, E> index, Lookup.Notes<S, E> notes) {
    this.state = state;
    this.entry = entry;
    this.index = index;
    this.notes = notes;
  }

  @Override
  public S state() {
    if (state == null) {
      throw new IllegalStateException(STATE_NOT_READ);
    }
    return state;
  }

  static final String STATE_NOT_READ =
      "the resolver says that it does not read the state, so it is not asked again when that"
          + " changes: let readsState() return true";

  @Override
  public ReplicatedEvent<E> event() {
    return entry.event;
  }

  @Override
  public Rivals<E> among() {
    return new Choice<>(entry, index, notes, entry.touched, null);
  }

  @Override
  public Rivals<E> among(Collection<String> keys) {
    if (entry.touched.size() == 1 && keys.contains(entry.touched.get(0).key)) {
      return among();
    }
    List<Touched<S, E>> chosen = new ArrayList<>(keys.size());
    for (Touched<S, E> one : entry.touched) {
      if (keys.contains(one.key)) {
        chosen.add(one);
      }
    }
    return new Choice<>(entry, index, notes, chosen, null);
  }

  private record Choice<S, E>(
      Entry<S, E> entry,
      ConflictIndex<S, E> index,
      Lookup.Notes<S, E> notes,
      List<Touched<S, E>> touched,
      @Nullable String kind)
      implements Rivals<E> {
    @Override
    public Rivals<E> ofKind(String kind) {
      return new Choice<>(entry, index, notes, touched, kind);
    }

    @Override
    public boolean isEmpty() {
      return notes.ask(index, entry, Question.ANY, touched, kind) == null;
    }

    @Override
    public Optional<Rival<E>> earliest() {
      return rival(notes.ask(index, entry, Question.EARLIEST, touched, kind));
    }

    @Override
    public Optional<Rival<E>> latest() {
      return rival(notes.ask(index, entry, Question.LATEST, touched, kind));
    }

    @Override
    public SortedSet<String> kinds() {
      notes.incomplete();
      return index.kinds(touched, entry);
    }

    @Override
    public List<Rival<E>> list() {
      notes.incomplete();
      List<Entry<S, E>> found = index.rivals(touched, kind, entry);
      List<Rival<E>> rivals = new ArrayList<>(found.size());
      found.forEach(other -> rivals.add(toRival(other)));
      return Collections.unmodifiableList(rivals);
    }

    private Optional<Rival<E>> rival(@Nullable Entry<S, E> other) {
      return other == null ? Optional.empty() : Optional.of(toRival(other));
    }

    private Rival<E> toRival(Entry<S, E> other) {
      SortedSet<String> shared = entry.keys;
      if (!entry.touched.equals(other.touched)) {
        shared = new TreeSet<>(shared);
        shared.retainAll(other.keys);
        shared = Collections.unmodifiableSortedSet(shared);
      }
      return new Rival<>(other.event, other.decision(), shared);
    }
  }
}
