package dev.converge.engine.simulation;

import java.util.StringJoiner;

/** Prints the hashes of some traces, for another process to compare. */
final class TraceHashes {
  private TraceHashes() {}

  public static void main(String[] args) {
    System.out.println(hashes());
  }

  static String hashes() {
    StringJoiner hashes = new StringJoiner(" ");
    for (long seed = 1; seed <= 12; seed++) {
      hashes.add(Long.toHexString(Simulation.run(seed, Mutation.NONE).traceHash()));
    }
    return hashes.toString();
  }
}
