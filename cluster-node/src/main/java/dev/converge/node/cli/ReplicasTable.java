package dev.converge.node.cli;

import dev.converge.node.cli.NodeView.Answering;
import dev.converge.node.cli.NodeView.Replica;
import dev.converge.node.cli.NodeView.Replicas;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Renders what nodes say of the replicas: a row each, and below it what needs attention. Pure. */
final class ReplicasTable {
  private ReplicasTable() {}

  /** Nothing if no node says anything. */
  static List<String> lines(List<NodeView> views) {
    List<List<String>> rows = new ArrayList<>();
    List<String> remarks = new ArrayList<>();
    rows.add(List.of("NODE", "EPOCH", "PHASE", "NOT FINAL", "WAITS FOR", "REPLICAS"));
    for (NodeView view : views) {
      if (view instanceof Answering a && a.replicas().isPresent()) {
        Replicas replicas = a.replicas().get();
        rows.add(row(a.self(), replicas));
        remarks.addAll(remarks(a.self(), replicas));
      }
    }
    if (rows.size() == 1) {
      return List.of();
    }
    List<String> lines = new ArrayList<>(Columns.lines(rows));
    lines.addAll(remarks);
    return lines;
  }

  private static List<String> row(String self, Replicas replicas) {
    String members =
        replicas.members().stream().map(ReplicasTable::shown).collect(Collectors.joining(", "));
    return List.of(
        self,
        replicas.epoch() < 0 ? "-" : Long.toString(replicas.epoch()),
        replicas.phase(),
        lag(replicas.finalityLagMillis()),
        replicas.heldBackBy().isEmpty() ? "-" : String.join(", ", replicas.heldBackBy()),
        members.isEmpty() ? "-" : members);
  }

  private static String shown(Replica replica) {
    List<String> remarks = new ArrayList<>();
    if (!replica.reachable()) {
      remarks.add("unreachable");
    }
    if (replica.lag() > 0) {
      remarks.add(replica.lag() + " rows behind");
    }
    return replica.name() + (remarks.isEmpty() ? "" : " (" + String.join(", ", remarks) + ")");
  }

  private static String lag(long millis) {
    return millis == 0 ? "-" : String.format(Locale.ROOT, "%.1f s", millis / 1_000.0);
  }

  private static List<String> remarks(String self, Replicas replicas) {
    List<String> remarks = new ArrayList<>();
    replicas
        .refusesWrites()
        .ifPresent(reason -> remarks.add(self + " takes no commands: " + reason));
    replicas.proposals().forEach(wanted -> remarks.add(self + " wants: " + wanted));
    replicas.notes().forEach(note -> remarks.add(self + ": " + note));
    return remarks;
  }
}
