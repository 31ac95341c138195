package dev.converge.node.cli.local;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * How a node's process is started: this JVM's own {@code java} and class path, and a main class
 * that understands {@code node --config FILE --supervised}. Immutable.
 *
 * @param mainClass the class with the main method
 * @param jvmOptions options of the JVM, after the defaults
 */
public record ChildCommand(String mainClass, List<String> jvmOptions) {
  /**
   * Small and quick to start, for several JVMs side by side on a developer's machine. An error of
   * memory ends the process, and the supervisor starts it again.
   */
  private static final List<String> DEFAULTS =
      List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:+ExitOnOutOfMemoryError");

  /** Copies the list. */
  public ChildCommand {
    jvmOptions = List.copyOf(jvmOptions);
  }

  /**
   * With the JVM options from the environment variable {@code CONVERGE_JAVA_OPTS}, if it is set.
   */
  public static ChildCommand of(String mainClass) {
    String options = System.getenv().getOrDefault("CONVERGE_JAVA_OPTS", "").trim();
    return new ChildCommand(
        mainClass, options.isEmpty() ? List.of() : List.of(options.split("\\s+")));
  }

  /** The builder of the process: standard input is a pipe, the two outputs are one pipe. */
  ProcessBuilder process(Path config, Path log, Path folder) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(DEFAULTS);
    command.add("-XX:ErrorFile=" + folder.resolve("jvm-crash.log"));
    command.add("-Dlogback.configurationFile=logback-file.xml");
    command.add("-Dlog.file=" + log);
    command.addAll(jvmOptions);
    command.addAll(List.of(mainClass, "node", "--config", config.toString(), "--supervised"));
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    // In the environment, so that a list of processes stays readable.
    Map<String, String> environment = builder.environment();
    environment.put("CLASSPATH", System.getProperty("java.class.path"));
    return builder;
  }
}
