package dev.converge.engine.simulation;

import java.util.ArrayDeque;

/** What happened, as a hash that tells runs apart, and the last lines for a person if wanted. */
final class Trace {
  private final int keep;
  private final ArrayDeque<String> lines = new ArrayDeque<>();
  private long hash = 0xcbf29ce484222325L;

  /**
   * An empty trace.
   *
   * @param keep how many lines to keep; making them costs more than the rest of a run
   */
  Trace(int keep) {
    this.keep = keep;
  }

  void add(long time, String what, long... numbers) {
    mix(time);
    mix(what.hashCode());
    for (long number : numbers) {
      mix(number);
    }
    if (keep > 0) {
      StringBuilder line = new StringBuilder(what);
      for (long number : numbers) {
        line.append(' ').append(number);
      }
      say(time, line);
    }
  }

  /** Whether somebody will read {@link #say}. */
  boolean isRead() {
    return keep > 0;
  }

  /** A line for people; not part of the hash. */
  void say(long time, Object line) {
    if (keep > 0) {
      lines.add(time + " " + line);
      if (lines.size() > keep) {
        lines.remove();
      }
    }
  }

  private void mix(long number) {
    hash = (hash ^ number) * 0x9E3779B97F4A7C15L;
    hash ^= hash >>> 29;
  }

  long hash() {
    return hash;
  }

  @Override
  public String toString() {
    return String.join("\n", lines);
  }
}
