package dev.converge.pekko.membership;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Tells whether the machine was started anew since a process last ran on it. */
public final class BootId {
  private static final Path LINUX = Path.of("/proc/sys/kernel/random/boot_id");

  private BootId() {}

  /** The present boot's name, where the operating system gives it one (Linux does), else null. */
  public static @Nullable String read() {
    try {
      String id = Files.readString(LINUX, StandardCharsets.US_ASCII).trim();
      return id.isEmpty() ? null : id;
    } catch (IOException | SecurityException e) {
      return null;
    }
  }
}
