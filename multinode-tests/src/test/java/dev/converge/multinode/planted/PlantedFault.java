package dev.converge.multinode.planted;

import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/**
 * A fault, as changes of one source file of the product. The changed class is compiled to a folder
 * of its own, which stands before the product on the class path of the nodes, so the product has no
 * switch for it.
 */
@SuppressWarnings("ImmutableEnumChecker") // List.of is immutable.
enum PlantedFault {
  /** A late event is put on top of the state, in place of a fold from its place on. */
  SKIP_REFOLD(
      "replicated-es/engine/src/main/java/dev/converge/engine/fold/Tail.java",
      "if (commutes && settled >= 0",
      "if (settled >= 0"),
  /** A node hands on nobody's log but its own. */
  SKIP_RELAY(
      "replicated-es/pekko/src/main/java/dev/converge/pekko/peer/LogServer.java",
      "if (!peer.serves) {",
      "if (peer.name.isEmpty()) {"),
  /** A write is acknowledged as soon as it is queued, and commits are slow. */
  ACKNOWLEDGE_BEFORE_COMMIT(
      "replicated-es/pekko/src/main/java/dev/converge/pekko/journal/CommitThread.java",
      "void submit(Job job) {",
      "void submit(Job job) { if (job instanceof Write write) { write.done().complete(null); }",
      "done(sql.commit(jobs));",
      "java.util.concurrent.locks.LockSupport.parkNanos(100_000_000L);"
          + " done(sql.commit(jobs));");

  private final String source;

  @SuppressWarnings("ImmutableEnumChecker") // List.of
  private final List<String> changes;

  /**
   * @param source from the root of the repository
   * @param changes what is there once, and what stands in its place; of blanks and line ends any
   *     number are the same
   */
  PlantedFault(String source, String... changes) {
    this.source = source;
    this.changes = List.of(changes);
  }

  /** Compiles it; returns the folder for the class path. */
  Path compile(Path folder) throws IOException {
    Path original = root().resolve(source);
    String text = Files.readString(original);
    for (int i = 0; i < changes.size(); i += 2) {
      text = change(text, changes.get(i), changes.get(i + 1));
    }
    Path changed = folder.resolve("src").resolve(original.getFileName());
    Path classes = folder.resolve("classes");
    Files.createDirectories(changed.getParent());
    Files.createDirectories(classes);
    Files.writeString(changed, text);
    compile(changed, classes);
    return classes;
  }

  private String change(String text, String before, String after) {
    String pattern =
        Arrays.stream(before.split(" ")).map(Pattern::quote).collect(Collectors.joining("\\s+"));
    Matcher matcher = Pattern.compile(pattern).matcher(text);
    if (matcher.results().count() != 1) {
      throw new IllegalStateException(
          "%s: '%s' is not there once in %s; say here how that is broken now"
              .formatted(this, before, source));
    }
    return matcher.reset().replaceAll(Matcher.quoteReplacement(after));
  }

  private static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isDirectory(folder.resolve("replicated-es"))) {
      folder = folder.getParent();
      if (folder == null) {
        throw new IllegalStateException("planted faults need the product's sources around them");
      }
    }
    return folder;
  }

  private static void compile(Path source, Path classes) throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    StringWriter complaints = new StringWriter();
    try (StandardJavaFileManager files =
        compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8)) {
      boolean compiled =
          compiler
              .getTask(
                  complaints,
                  files,
                  null,
                  List.of(
                      "-nowarn", "-proc:none", "-classpath", classPath, "-d", classes.toString()),
                  null,
                  files.getJavaFileObjects(source))
              .call();
      if (!compiled) {
        throw new IllegalStateException("the planted fault does not compile: " + complaints);
      }
    }
  }
}
