package dev.converge.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Comparator;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Where this process spends its CPU time, by groups of threads with one name but for numbers. What
 * is of no Java thread is the compiler's, the garbage collector's and the virtual machine's.
 */
final class CpuByThread {
  private static final OperatingSystemMXBean PROCESS =
      (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
  private static final String REST = "compiler, GC, VM";

  private final Map<String, Long> nanos = new TreeMap<>();
  private final long all;

  private CpuByThread() {
    all = PROCESS.getProcessCpuTime();
    long known = 0;
    Map<Long, String> names =
        Thread.getAllStackTraces().keySet().stream()
            .collect(Collectors.toMap(Thread::getId, Thread::getName, (a, b) -> a));
    for (Map.Entry<Long, String> thread : names.entrySet()) {
      long used = Math.max(0, THREADS.getThreadCpuTime(thread.getKey()));
      nanos.merge(thread.getValue().replaceAll("[-#:@]?[0-9]+", ""), used, Long::sum);
      known += used;
    }
    nanos.put(REST, Math.max(0, all - known));
  }

  /** What was used until now. */
  static CpuByThread now() {
    return new CpuByThread();
  }

  /** Microseconds since {@code start}, of the process and for each of {@code events}. */
  double microsSince(CpuByThread start, int events) {
    return (all - start.all) / 1e3 / events;
  }

  /** The groups that used most since {@code start}, in microseconds for each event. */
  String groupsSince(CpuByThread start, int events) {
    return nanos.entrySet().stream()
        .map(group -> Map.entry(group.getKey(), group.getValue() - start.used(group.getKey())))
        .sorted(Map.Entry.comparingByValue(Comparator.reverseOrder()))
        .limit(6)
        .map(
            group ->
                String.format(
                    Locale.ROOT, "%s %.0f", group.getKey(), group.getValue() / 1e3 / events))
        .collect(Collectors.joining(", "));
  }

  private long used(String group) {
    return nanos.getOrDefault(group, 0L);
  }
}
