package dev.converge.node.http;

import dev.converge.node.config.EntitiesConfig.Levels;
import dev.converge.node.entity.HostedType;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The entity types that are served over HTTP, by name. */
final class HostedTypes {
  private final SortedMap<String, HostedType<?, ?, ?>> types;
  private final Map<String, Levels> levels;

  HostedTypes(Collection<HostedType<?, ?, ?>> types) {
    this(types, Map.of());
  }

  /**
   * Types with levels.
   *
   * @param levels by type, what a request asks for that says nothing itself; local, where there is
   *     none
   * @throws IllegalArgumentException if a type with levels is not there
   */
  HostedTypes(Collection<HostedType<?, ?, ?>> types, Map<String, Levels> levels) {
    this.levels = Map.copyOf(levels);
    SortedMap<String, HostedType<?, ?, ?>> byName = new TreeMap<>();
    types.forEach(type -> byName.put(type.type().name(), type));
    this.types = Collections.unmodifiableSortedMap(byName);
    for (String name : levels.keySet()) {
      if (!byName.containsKey(name)) {
        throw new IllegalArgumentException(
            "converge.entities.levels."
                + name
                + " is for no entity type of this node, which has "
                + byName.keySet());
      }
    }
  }

  /** The levels of a type. */
  Levels levels(HostedType<?, ?, ?> type) {
    return levels.getOrDefault(type.type().name(), Levels.LOCAL);
  }

  /** Their names, sorted. */
  Set<String> names() {
    return types.keySet();
  }

  Optional<HostedType<?, ?, ?>> find(String name) {
    return Optional.ofNullable(types.get(name));
  }

  /** The type that the path names. */
  HostedType<?, ?, ?> of(Call call) {
    return named(call.path().getOrDefault("type", ""));
  }

  /** The type of that name. */
  HostedType<?, ?, ?> named(String name) {
    return find(name)
        .orElseThrow(
            () ->
                Problem.notFound("no entity type '" + name + "'; this node has " + types.keySet()));
  }
}
