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
import java.util.jar.JarFile;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Entity types of a user's own in a folder of jars, each named in its jar's {@code
 * META-INF/services}. All jars share one class loader, below the node's own; a change of them
 * counts at the next start.
 */
public final class Plugins {
  private static final Logger LOG = LoggerFactory.getLogger(Plugins.class);
  private static final String SERVICES = "META-INF/services/" + HostedType.class.getName();

  private Plugins() {}

  /**
   * A loader of the jars in {@code folder}, in the order of their names; the node's own if there is
   * no such folder, or nothing in it. A file that is no jar is left out and told of. Open as long
   * as the process.
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
        if (file.toString().endsWith(".jar") && isReadable(file)) {
          jars.add(url(file));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the folder of plug-ins " + folder, e);
    }
    return jars.isEmpty() ? own : new URLClassLoader(jars.toArray(new URL[0]), own);
  }

  /** A class loader passes over a jar that it cannot read, without a word. */
  private static boolean isReadable(Path file) {
    try (JarFile jar = new JarFile(file.toFile())) {
      if (jar.getEntry(SERVICES) == null) {
        LOG.warn("the plug-in {} names no entity types: it has no {}", file, SERVICES);
      }
      return true;
    } catch (IOException e) {
      LOG.error(
          "the plug-in {} is left out: it is no jar that can be read: {}", file, e.toString());
      return false;
    }
  }

  private static URL url(Path file) {
    try {
      return file.toUri().toURL();
    } catch (MalformedURLException e) {
      throw new IllegalStateException("no URL of " + file, e);
    }
  }
}
