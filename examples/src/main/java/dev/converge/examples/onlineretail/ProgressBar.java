package dev.converge.examples.onlineretail;

import java.io.PrintWriter;

/**
 * Shows how far a work is: on a terminal as a bar that moves, else as a line each tenth.
 * Thread-safe.
 */
final class ProgressBar {
  private static final int WIDTH = 30;

  private final PrintWriter out;
  private final boolean terminal;
  private final String title;
  private final long total;
  private long done;
  private long shown = -1;

  ProgressBar(PrintWriter out, boolean terminal, String title, long total) {
    this.out = out;
    this.terminal = terminal;
    this.title = title;
    this.total = total;
    show();
  }

  synchronized void step() {
    done++;
    show();
  }

  private synchronized void show() {
    long percent = total == 0 ? 100 : done * 100 / total;
    long mark = terminal ? percent : percent / 10;
    if (mark == shown) {
      return;
    }
    shown = mark;
    if (terminal) {
      int full = (int) (WIDTH * percent / 100);
      String bar = "#".repeat(full) + ".".repeat(WIDTH - full);
      out.printf(
          "\r%s [%s] %3d %% of %,d%s", title, bar, percent, total, done == total ? "\n" : "");
    } else {
      out.printf("%s: %d %% of %,d%n", title, percent, total);
    }
    out.flush();
  }
}
