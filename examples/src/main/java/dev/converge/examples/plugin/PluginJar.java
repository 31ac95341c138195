package dev.converge.examples.plugin;

import dev.converge.node.entity.HostedType;
import dev.converge.node.lifecycle.StartupException;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** Builds the jar of {@code examples/plugin}, as {@code mvn package} does there. */
final class PluginJar {
  private static final List<String> SOURCES = List.of("SeatEvent", "Hall", "HallType");
  private static final String SERVICES = "META-INF/services/" + HostedType.class.getName();

  private PluginJar() {}

  /**
   * Compiles against what this JVM has, and packs.
   *
   * @param work an empty folder for what comes between
   * @throws StartupException if there is no compiler, or the sources do not compile
   */
  static void build(Path jar, Path work) throws StartupException, IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler == null) {
      throw new StartupException("This example compiles a plug-in and needs a JDK, not a JRE.");
    }
    List<Path> sources = new ArrayList<>();
    for (String name : SOURCES) {
      sources.add(unpack("java/seats/" + name + ".java", work.resolve("seats/" + name + ".java")));
    }
    Path classes = Files.createDirectories(work.resolve("classes"));
    List<String> options =
        List.of(
            ("--release 17 -Xlint:all,-processing -Werror -proc:none -d " + classes).split(" "));
    StringWriter complaints = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
      Iterable<? extends JavaFileObject> units = files.getJavaFileObjectsFromPaths(sources);
      if (!compiler.getTask(complaints, files, null, options, null, units).call()) {
        throw new StartupException("The plug-in does not compile: " + complaints);
      }
    }
    unpack("resources/" + SERVICES, classes.resolve(SERVICES));
    pack(classes, jar);
  }

  private static Path unpack(String name, Path to) throws IOException {
    try (InputStream source = PluginJar.class.getResourceAsStream("sources/" + name)) {
      if (source == null) {
        throw new IllegalStateException("sources/" + name + " is missing beside this class");
      }
      Files.createDirectories(to.resolveSibling("."));
      Files.copy(source, to);
      return to;
    }
  }

  private static void pack(Path folder, Path jar) throws IOException {
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar));
        Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        String name = folder.relativize(file).toString().replace(java.io.File.separatorChar, '/');
        out.putNextEntry(new JarEntry(name));
        Files.copy(file, out);
      }
    }
  }
}
