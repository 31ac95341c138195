package dev.converge.node.cli;

import dev.converge.node.cli.NodeView.Answering;
import dev.converge.node.cli.NodeView.Member;
import dev.converge.node.cli.NodeView.Silent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Renders views of nodes, a row each. Pure. */
final class StatusTable {
  private StatusTable() {}

  static List<String> lines(List<NodeView> views) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("URL", "NODE", "STATE", "LEADER", "SEES"));
    for (NodeView view : views) {
      rows.add(row(view));
    }
    return Columns.lines(rows);
  }

  private static List<String> row(NodeView view) {
    if (view instanceof Silent s) {
      return List.of(s.url().toString(), s.reason());
    }
    Answering a = (Answering) view;
    String sees = a.members().stream().map(StatusTable::member).collect(Collectors.joining(", "));
    String state = a.ready() ? "ready" : "not ready";
    return List.of(a.url().toString(), a.self(), state, a.leader(), sees.isEmpty() ? "-" : sees);
  }

  private static String member(Member member) {
    return member.replica()
        + " "
        + member.status().toLowerCase(Locale.ROOT)
        + (member.reachable() ? "" : " (unreachable)");
  }
}
