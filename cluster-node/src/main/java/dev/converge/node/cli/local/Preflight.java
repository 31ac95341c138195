package dev.converge.node.cli.local;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import dev.converge.node.config.ConfigLoader;
import dev.converge.node.config.InvalidConfigException;
import dev.converge.node.lifecycle.DataFolderLock;
import dev.converge.node.lifecycle.StartupException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What must be right before a local cluster starts, each with a line that says what to do. */
final class Preflight {
  private static final Pattern NODE_FOLDER = Pattern.compile("node-[0-9]+");
  private static final List<String> OF_THE_LAYOUT =
      List.of("node", "http.host", "http.port", "remote", "peers");

  private Preflight() {}

  /**
   * Checks settings, folders and ports, forgets the data if asked to, and writes each node's
   * configuration. The data is forgotten only when everything else is right.
   */
  static void run(LocalLayout layout, boolean fresh) throws StartupException {
    if (layout.settings().isPresent()) {
      checkSettings(layout.settings().get());
    }
    // The folders first: a second start of a running cluster is told so, not of a taken port.
    checkFolders(layout, fresh);
    checkPorts(layout);
    if (fresh) {
      for (Path folder : nodeFolders(layout.data())) {
        delete(folder);
      }
    }
    for (int n = 1; n <= layout.nodes(); n++) {
      writeConfig(layout, n);
    }
  }

  private static void checkSettings(Path file) throws StartupException {
    Config said;
    try {
      said =
          ConfigFactory.parseFile(
              file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false));
    } catch (ConfigException e) {
      throw new StartupException("The settings " + file + " cannot be read: " + e.getMessage(), e);
    }
    for (String key : OF_THE_LAYOUT) {
      if (said.hasPathOrNull("converge." + key)) {
        throw new StartupException(
            file
                + " sets converge."
                + key
                + ", which the local cluster decides itself. Leave it out there; --http-port,"
                + " --remote-port, --nodes and --data choose it.");
      }
    }
  }

  private static void checkFolders(LocalLayout layout, boolean fresh) throws StartupException {
    try {
      Files.createDirectories(layout.data());
    } catch (IOException e) {
      throw new StartupException(
          "The data folder " + layout.data() + " cannot be created: " + e.getMessage(), e);
    }
    if (!Files.isWritable(layout.data())) {
      throw new StartupException(
          "The data folder " + layout.data() + " is not writable. Give another with --data.");
    }
    for (int n = 1; n <= layout.nodes(); n++) {
      DataFolderLock.acquire(layout.folder(n)).close();
    }
    if (fresh) {
      for (Path folder : nodeFolders(layout.data())) {
        DataFolderLock.acquire(folder).close();
      }
    }
  }

  private static void checkPorts(LocalLayout layout) throws StartupException {
    for (int n = 1; n <= layout.nodes(); n++) {
      checkPort(layout.httpPort() + n - 1, "HTTP of " + layout.name(n), "--http-port");
      checkPort(layout.remotePort() + n - 1, "remoting of " + layout.name(n), "--remote-port");
    }
  }

  private static void checkPort(int port, String purpose, String option) throws StartupException {
    if (!FreePorts.isFree(port)) {
      throw new StartupException(
          ("Port " + port + " on " + LocalLayout.HOST + " is taken (wanted for " + purpose + "). ")
              + "Stop the program that listens there, or choose another row of ports with "
              + option
              + ".");
    }
  }

  /** The folders that nodes of this or an earlier, larger cluster have left in {@code data}. */
  private static List<Path> nodeFolders(Path data) throws StartupException {
    try (Stream<Path> entries = Files.list(data)) {
      return entries
          .filter(p -> NODE_FOLDER.matcher(p.getFileName().toString()).matches())
          .filter(p -> Files.isDirectory(p, LinkOption.NOFOLLOW_LINKS))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new StartupException("The data folder " + data + " cannot be read: " + e, e);
    }
  }

  /** Deletes a folder with all that is in it. Links are deleted, not followed. */
  static void delete(Path folder) throws StartupException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      throw new StartupException("The data in " + folder + " cannot be deleted: " + e, e);
    }
  }

  private static void writeConfig(LocalLayout layout, int n) throws StartupException {
    Path file = layout.configFile(n);
    try {
      Files.createDirectories(layout.folder(n));
      Files.writeString(file, layout.configText(n));
      ConfigLoader.load(file);
    } catch (IOException e) {
      throw new StartupException("The configuration " + file + " cannot be written: " + e, e);
    } catch (InvalidConfigException e) {
      throw new StartupException(String.valueOf(e.getMessage()), e);
    }
  }
}
