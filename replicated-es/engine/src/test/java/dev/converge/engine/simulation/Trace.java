package dev.converge.engine.simulation;

import java.util.ArrayDeque;

/** What happened, as a hash that tells runs apart, and the last lines for a person. */
final class Trace {
  private static final int LAST = 60;

  private final ArrayDeque<String> lines = new ArrayDeque<>();
  private long hash = 0xcbf29ce484222325L;

  void add(long time, Object... what) {
    hash = (hash ^ time) * 0x100000001b3L;
    StringBuilder line = new StringBuilder().append(time);
    for (Object part : what) {
      line.append(' ').append(part);
    }
    for (int i = 0; i < line.length(); i++) {
      hash = (hash ^ line.charAt(i)) * 0x100000001b3L;
    }
    lines.add(line.toString());
    if (lines.size() > LAST) {
      lines.remove();
    }
  }

  long hash() {
    return hash;
  }

  @Override
  public String toString() {
    return String.join("\n", lines);
  }
}
