package dev.converge.engine.simulation;

import java.util.List;

class SimulationTest {
  public static void main(String[] args) {
    long from = Long.parseLong(args[0]);
    long to = Long.parseLong(args[1]);
    Mutation mutation = args.length > 2 ? Mutation.valueOf(args[2]) : Mutation.NONE;
    long[] sum = new long[Coverage.values().length];
    long start = java.lang.management.ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    java.util.Map<String, Integer> kinds = new java.util.TreeMap<>();
    int failures = 0;
    for (long seed = from; seed <= to; seed++) {
      long begin = System.currentTimeMillis();
      try {
        Simulation.Outcome outcome = Simulation.run(seed, mutation);
        for (int i = 0; i < sum.length; i++) {
          sum[i] += outcome.counts()[i];
        }
      } catch (RuntimeException | AssertionError e) {
        failures++;
        String m = String.valueOf(e.getMessage());
        if (failures <= 8 || from == to) {
          System.out.println("seed " + seed + ": " + m.substring(0, Math.min(300, m.length())) + (e instanceof AssertionError ? "" : " " + e.getClass()));
          if (args.length > 3 && failures <= 2) e.printStackTrace(System.out);
        }
        if (System.currentTimeMillis() - begin > 5000) System.out.println("slow " + seed);
        kinds.merge(m.replaceAll("[0-9]+", "#").substring(0, Math.min(30, m.replaceAll("[0-9]+", "#").length())), 1, Integer::sum);
        if (from == to) {
          Trace trace = new Trace(100000);
          try {
            Simulation.run(seed, mutation, List.of(), trace);
          } catch (RuntimeException | AssertionError again) {
            System.out.println(trace);
            again.printStackTrace(System.out);
          }
        }
      }
    }
    System.out.printf("%d seeds, %d fail, %.2f ms each%n", to - from + 1, failures, (java.lang.management.ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - start) / 1e6 / (to - from + 1));
    System.out.println(kinds);
    StringBuilder text = new StringBuilder();
    for (Coverage what : Coverage.values()) {
      text.append(what).append(' ').append(sum[what.ordinal()]).append(", ");
    }
    System.out.println(text);
  }
}
