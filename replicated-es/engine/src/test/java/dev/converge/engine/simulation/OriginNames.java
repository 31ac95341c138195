package dev.converge.engine.simulation;

import dev.converge.engine.event.OriginId;
import java.util.HashSet;
import java.util.Set;

/** The names of all requests that are on some disk. */
final class OriginNames {
  private record Name(int entity, OriginId origin) {}

  private final Set<Name> names = new HashSet<>();

  OriginNames(World world) {
    for (Node node : world.nodes()) {
      if (!node.isGone()) {
        node.disk().arrivals().forEach(this::add);
        node.disk().attic.forEach(this::add);
      }
    }
  }

  private void add(Row row) {
    if (row.event() != null && row.event().originId() != null) {
      names.add(new Name(row.entity(), row.event().originId()));
    }
  }

  /** Whether an event came back under the name of its request. */
  boolean contains(Row row) {
    return names.contains(new Name(row.entity(), Books.nameOf(row)));
  }
}
