package dev.converge.engine.conflict;

import dev.converge.engine.event.ReplicatedEvent;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * One resolver among several: it sees the rivals that share a key of its own with the event, and
 * its own kinds. Kinds of two resolvers that have one name stay apart by a prefix.
 */
record Part<S, E>(String prefix, ConflictResolver<S, E> resolver) {
  Part(int number, ConflictResolver<S, E> resolver) {
    this(number + ":", resolver);
  }

  Set<String> kinds(E event) {
    return resolver.kinds(event).stream()
        .map(kind -> prefix + kind)
        .collect(Collectors.toUnmodifiableSet());
  }

  /** What the resolver decides, or nothing if the event has no rival as far as it can see. */
  Optional<Decision<E>> decide(Conflict<S, E> conflict) {
    Set<String> keys = resolver.conflictKeys(conflict.event().payload());
    return keys.isEmpty() || conflict.among(keys).isEmpty()
        ? Optional.empty()
        : Optional.of(resolver.decide(new Narrowed<>(conflict, keys, prefix)));
  }

  private record Narrowed<S, E>(Conflict<S, E> whole, Set<String> keys, String prefix)
      implements Conflict<S, E> {
    @Override
    public S state() {
      return whole.state();
    }

    @Override
    public ReplicatedEvent<E> event() {
      return whole.event();
    }

    @Override
    public Rivals<E> among() {
      return new Own<>(whole.among(keys), prefix);
    }

    @Override
    public Rivals<E> among(Collection<String> wanted) {
      Set<String> both = new HashSet<>(keys);
      both.retainAll(wanted);
      return new Own<>(whole.among(both), prefix);
    }
  }

  private record Own<E>(Rivals<E> all, String prefix) implements Rivals<E> {
    @Override
    public Rivals<E> ofKind(String kind) {
      return new Own<>(all.ofKind(prefix + kind), prefix);
    }

    @Override
    public boolean isEmpty() {
      return all.isEmpty();
    }

    @Override
    public Optional<Rival<E>> earliest() {
      return all.earliest();
    }

    @Override
    public Optional<Rival<E>> latest() {
      return all.latest();
    }

    @Override
    public SortedSet<String> kinds() {
      SortedSet<String> own = new TreeSet<>();
      all.kinds().stream()
          .filter(kind -> kind.startsWith(prefix))
          .forEach(kind -> own.add(kind.substring(prefix.length())));
      return own;
    }

    @Override
    public List<Rival<E>> list() {
      return all.list();
    }
  }
}
