package dev.converge.node.cli;

import java.util.List;

/** Lays out rows in columns as wide as their widest cell. Pure. */
final class Columns {
  private Columns() {}

  /** A row's last cell is as long as it is: what stands there alone widens no column. */
  static List<String> lines(List<List<String>> rows) {
    int[] widths = new int[rows.stream().mapToInt(List::size).max().orElse(0)];
    for (List<String> row : rows) {
      for (int i = 0; i < row.size() - 1; i++) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.size() - 1; i++) {
      line.append(row.get(i)).append(" ".repeat(widths[i] - row.get(i).length() + 2));
    }
    return line.append(row.get(row.size() - 1)).toString();
  }
}
