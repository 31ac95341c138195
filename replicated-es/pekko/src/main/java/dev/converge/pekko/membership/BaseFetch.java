package dev.converge.pekko.membership;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import java.util.HashMap;
import java.util.Map;

/**
 * Gets what the present epoch is based on and this node lacks. Nobody sends the logs of those who
 * have left by itself, and without them nothing is decided.
 */
final class BaseFetch {
  private static final long AGAIN_NANOS = 1_000_000_000L;

  private final Shell shell;
  private final Epochs epochs;

  /** When each peer was asked last. */
  private final Map<String, Long> asked = new HashMap<>();

  BaseFetch(Shell shell, Epochs epochs) {
    this.shell = shell;
    this.epochs = epochs;
  }

  /** Asks a peer that has {@code theirs}, if that helps, and not too often. */
  void fetch(ReplicaId from, VersionVector theirs) {
    VersionVector mine = shell.log.held();
    VersionVector base = epochs.base();
    if (mine.covers(base)) {
      return;
    }
    VersionVector wanted = VersionVector.empty();
    for (Map.Entry<ReplicaId, Long> e : base.meet(theirs).entries().entrySet()) {
      if (e.getValue() > mine.get(e.getKey()) && !e.getKey().equals(shell.self())) {
        wanted = wanted.with(e.getKey(), e.getValue());
      }
    }
    Long last = asked.get(from.name());
    if (!wanted.isEmpty() && (last == null || shell.nanos() - last > AGAIN_NANOS)) {
      asked.put(from.name(), shell.nanos());
      shell.link.fetch(from.name(), wanted);
    }
  }
}
