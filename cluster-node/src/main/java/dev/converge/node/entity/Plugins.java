package dev.converge.node.entity;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Entity types of a user's own in a folder of jars, each named in its jar's {@code
 * META-INF/services}. All jars share one class loader, below the node's own; a change of them
 * counts at the next start.
 */
public final class Plugins {
  private Plugins() {}

  /**
   * A loader of the jars in {@code folder}, in the order of their names; the node's own if there is
   * no such folder, or nothing in it. Open as long as the process.
   *
   * @throws UncheckedIOException if the folder cannot be read
   */
  public static ClassLoader in(Path folder) {
    ClassLoader own = Plugins.class.getClassLoader();
    if (!Files.isDirectory(folder)) {
      return own;
    }
    List<URL> jars = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        if (file.toString().endsWith(".jar")) {
          jars.add(url(file));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the folder of plug-ins " + folder, e);
    }
    return jars.isEmpty() ? own : new URLClassLoader(jars.toArray(new URL[0]), own);
  }

  private static URL url(Path file) {
    try {
      return file.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalStateException("no URL of " + file, e);
    }
  }
}
