package dev.converge.node.cli;

import dev.converge.node.cli.NodeView.Answering;
import dev.converge.node.cli.NodeView.Member;
import dev.converge.node.cli.NodeView.Silent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Renders views of nodes, a row each, in columns as wide as their widest cell. Pure. */
final class StatusTable {
  private StatusTable() {}

  static List<String> lines(List<NodeView> views) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("URL", "NODE", "STATE", "LEADER", "SEES"));
    for (NodeView view : views) {
      rows.add(row(view));
    }
    int[] widths = new int[5];
    for (List<String> row : rows) {
      // A silent node's reason is as long as it is; it has no cells behind it to align.
      for (int i = 0; i < row.size() - 1; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return rows.stream().map(row -> line(row, widths)).toList();
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

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.size() - 1; i++) {
      line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
    }
    return line.append(row.get(row.size() - 1)).toString();
  }
}
