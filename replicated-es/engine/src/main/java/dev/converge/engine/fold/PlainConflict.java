package dev.converge.engine.fold;

import dev.converge.engine.conflict.Conflict;
import dev.converge.engine.conflict.ConflictResolver;
import dev.converge.engine.conflict.Rival;
import dev.converge.engine.conflict.Rivals;
import dev.converge.engine.event.ReplicatedEvent;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** A conflict with a list of rivals. */
final class PlainConflict<S, E> implements Conflict<S, E> {
  private static final Comparator<Rival<?>> IN_ORDER =
      (a, b) -> ReplicatedEvent.TOTAL_ORDER.compare(a.event(), b.event());

  private final ConflictResolver<S, E> resolver;
  private final S state;
  private final ReplicatedEvent<E> event;
  private final List<Rival<E>> rivals;

  PlainConflict(
      ConflictResolver<S, E> resolver, S state, ReplicatedEvent<E> event, List<Rival<E>> rivals) {
    this.resolver = resolver;
    this.state = state;
    this.event = event;
    this.rivals = List.copyOf(rivals);
  }

  @Override
  public S state() {
    if (!resolver.readsState()) {
      throw new IllegalStateException(IndexedConflict.STATE_NOT_READ);
    }
    return state;
  }

  @Override
  public ReplicatedEvent<E> event() {
    return event;
  }

  @Override
  public Rivals<E> among() {
    return new Choice<>(resolver, rivals, null);
  }

  @Override
  public Rivals<E> among(Collection<String> keys) {
    return new Choice<>(
        resolver,
        rivals.stream().filter(r -> r.sharedKeys().stream().anyMatch(keys::contains)).toList(),
        null);
  }

  private record Choice<S, E>(
      ConflictResolver<S, E> resolver, List<Rival<E>> all, @Nullable String kind)
      implements Rivals<E> {
    @Override
    public Rivals<E> ofKind(String kind) {
      return new Choice<>(resolver, all, kind);
    }

    @Override
    public boolean isEmpty() {
      return list().isEmpty();
    }

    @Override
    public Optional<Rival<E>> earliest() {
      return list().stream().min(IN_ORDER);
    }

    @Override
    public Optional<Rival<E>> latest() {
      return list().stream().max(IN_ORDER);
    }

    @Override
    public SortedSet<String> kinds() {
      SortedSet<String> kinds = new TreeSet<>();
      all.forEach(rival -> kinds.addAll(resolver.kinds(rival.event().payload())));
      return kinds;
    }

    @Override
    public List<Rival<E>> list() {
      return all.stream()
          .filter(r -> kind == null || resolver.kinds(r.event().payload()).contains(kind))
          .toList();
    }
  }
}
