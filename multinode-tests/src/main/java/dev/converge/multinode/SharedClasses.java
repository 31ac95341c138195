package dev.converge.multinode;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;

/**
 * The class path of children, and an archive of the classes that a node loads (class data sharing,
 * JEP 350), so that those of later groups map them in place of reading, parsing and verifying each.
 * The first group of a kind of node leaves the archive behind when it is closed. The JVM archives
 * classes of jars alone, so folders of classes are packed. Whatever goes wrong, children start
 * without an archive, as the JVM does by itself with one that does not fit.
 */
final class SharedClasses {
  /** An archive has some 70 MB. */
  private static final int ARCHIVES_KEPT = 8;

  private static final int JARS_KEPT = 64;

  private final String classPath;
  private final @Nullable Path archive;

  private SharedClasses(String classPath, @Nullable Path archive) {
    this.classPath = classPath;
    this.archive = archive;
  }

  /**
   * For groups whose output is in the common folder; others, and changed class paths, do without.
   */
  static SharedClasses of(Layout layout) {
    String own =
        Optional.ofNullable(System.getProperty("surefire.test.class.path"))
            .orElse(System.getProperty("java.class.path"));
    String before = System.getProperty("multinode.class-path-before", "");
    if (!before.isEmpty()) {
      return new SharedClasses(before + File.pathSeparator + own, null);
    }
    Path root = Layout.outputRoot().toAbsolutePath();
    if (!layout.output().toAbsolutePath().startsWith(root)) {
      return new SharedClasses(own, null);
    }
    try {
      Path folder = Files.createDirectories(root.resolve("classes"));
      String packed = packed(own, folder);
      String key =
          String.join(
              "\n",
              System.getProperty("java.vm.version"),
              layout.node().getName(),
              layout.jvmFlags().toString(),
              stamps(packed));
      Path archive = folder.resolve("classes-" + hash(key) + ".jsa");
      if (!Files.exists(archive)) {
        deleteOld(folder, ".jsa", ARCHIVES_KEPT);
        deleteOld(folder, ".jar", JARS_KEPT);
      }
      return new SharedClasses(packed, archive);
    } catch (IOException e) {
      System.out.println("Nodes start without an archive of classes: " + e);
      return new SharedClasses(own, null);
    }
  }

  String classPath() {
    return classPath;
  }

  /** What a child's JVM is told. */
  List<String> flags() {
    if (archive == null) {
      return List.of();
    }
    return List.of(
        Files.exists(archive) ? "-XX:SharedArchiveFile=" + archive : "-XX:+RecordDynamicDumpInfo",
        // Of each class that cannot be in an archive it would tell in a line.
        "-Xlog:cds=off",
        "-Xlog:cds+dynamic=off");
  }

  /** What is to be run in a node that has been at work, for an archive; empty if none is wanted. */
  Optional<NodeTask> archiving() {
    Path wanted = archive;
    if (wanted == null || Files.exists(wanted)) {
      return Optional.empty();
    }
    String file = wanted.toString();
    return Optional.of(node -> dump(Path.of(file)));
  }

  private static void dump(Path file) throws Exception {
    Path part = file.resolveSibling(file.getFileName() + "." + ProcessHandle.current().pid());
    try {
      ManagementFactory.getPlatformMBeanServer()
          .invoke(
              new ObjectName("com.sun.management:type=DiagnosticCommand"),
              "vmCds",
              new Object[] {new String[] {"dynamic_dump", part.toString()}},
              new String[] {String[].class.getName()});
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /** What older states of the code have left. */
  private static void deleteOld(Path folder, String suffix, int kept) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.list(folder)) {
      files =
          all.filter(file -> file.toString().endsWith(suffix))
              .sorted(Comparator.comparing((Path file) -> file.toFile().lastModified()).reversed())
              .skip(kept)
              .toList();
    }
    for (Path file : files) {
      Files.deleteIfExists(file);
    }
  }

  private static String packed(String classPath, Path folder) throws IOException {
    List<String> entries = new ArrayList<>();
    for (String entry : classPath.split(File.pathSeparator)) {
      Path path = Path.of(entry);
      if (Files.isDirectory(path)) {
        path = pack(path, folder);
      }
      if (Files.exists(path)) {
        entries.add(path.toString());
      }
    }
    return String.join(File.pathSeparator, entries);
  }

  private static Path pack(Path classes, Path folder) throws IOException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(classes)) {
      files = all.filter(file -> !file.equals(classes)).sorted().toList();
    }
    StringBuilder stamps = new StringBuilder(classes.toAbsolutePath().toString());
    for (Path file : files) {
      stamps.append('\n').append(stamp(file));
    }
    Path jar = folder.resolve("classes-" + hash(stamps.toString()) + ".jar");
    if (Files.exists(jar)) {
      return jar;
    }
    Path part = Files.createTempFile(folder, "classes-", ".part");
    try {
      try (OutputStream to = Files.newOutputStream(part);
          ZipOutputStream zip = new ZipOutputStream(to)) {
        zip.setLevel(Deflater.BEST_SPEED);
        for (Path file : files) {
          boolean isFolder = Files.isDirectory(file);
          String name = classes.relativize(file).toString().replace(File.separatorChar, '/');
          zip.putNextEntry(new ZipEntry(isFolder ? name + "/" : name));
          if (!isFolder) {
            Files.copy(file, zip);
          }
          zip.closeEntry();
        }
      }
      Files.move(part, jar, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(part);
    }
    return jar;
  }

  private static String stamps(String classPath) throws IOException {
    StringBuilder stamps = new StringBuilder();
    for (String entry : classPath.split(File.pathSeparator)) {
      stamps.append('\n').append(stamp(Path.of(entry)));
    }
    return stamps.toString();
  }

  private static String stamp(Path file) throws IOException {
    return file + " " + Files.size(file) + " " + Files.getLastModifiedTime(file).toMillis();
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 8);
    } catch (NoSuchAlgorithmException e) {
      throw new UncheckedIOException(new IOException(e));
    }
  }
}
