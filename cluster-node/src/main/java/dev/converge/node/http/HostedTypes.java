package dev.converge.node.http;

import dev.converge.node.entity.HostedType;
import java.util.Collection;
import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** The entity types that are served over HTTP, by name. */
final class HostedTypes {
  private final SortedMap<String, HostedType<?, ?, ?>> types;

  HostedTypes(Collection<HostedType<?, ?, ?>> types) {
    SortedMap<String, HostedType<?, ?, ?>> byName = new TreeMap<>();
    types.forEach(type -> byName.put(type.type().name(), type));
    this.types = Collections.unmodifiableSortedMap(byName);
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
