package dev.converge.node.lifecycle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * The exclusive right to a node's data folder: a lock of the operating system on the file {@code
 * node.lock} in it, which ends with the process that holds it, however that ends. The file itself
 * stays and holds the last holder's process id, for messages only. Thread-safe.
 */
public final class DataFolderLock implements AutoCloseable {
  private static final String FILE = "node.lock";

  private final FileChannel channel;
  private final FileLock lock;

  private DataFolderLock(FileChannel channel, FileLock lock) {
    this.channel = channel;
    this.lock = lock;
  }

  /**
   * Creates {@code folder} if it is absent, and locks it without waiting.
   *
   * @throws StartupException if another process, or another node in this one, has the lock, or if
   *     the folder cannot be created or written
   */
  public static DataFolderLock acquire(Path folder) throws StartupException {
    try {
      Files.createDirectories(folder);
    } catch (FileAlreadyExistsException e) {
      throw new StartupException("The data folder " + folder + " is not a folder.", e);
    } catch (IOException e) {
      throw new StartupException(notWritable("created", folder, e), e);
    }
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              folder.resolve(FILE),
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE);
      FileLock lock = tryLock(channel);
      if (lock == null) {
        String line = inUse(folder, channel);
        channel.close();
        throw new StartupException(line);
      }
      byte[] pid = Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.UTF_8);
      channel.truncate(0).write(ByteBuffer.wrap(pid), 0);
      return new DataFolderLock(channel, lock);
    } catch (IOException e) {
      closeQuietly(channel, e);
      throw new StartupException(notWritable("written", folder, e), e);
    }
  }

  private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException e) {
      return null;
    }
  }

  private static String inUse(Path folder, FileChannel channel) throws IOException {
    ByteBuffer content = ByteBuffer.allocate(20);
    channel.read(content, 0);
    String pid = new String(content.array(), 0, content.position(), StandardCharsets.UTF_8).trim();
    return "The data folder "
        + folder
        + " is in use by "
        + (pid.matches("[0-9]+") ? "process " + pid : "another process")
        + ". Stop that first, or give another folder.";
  }

  private static String notWritable(String verb, Path folder, IOException e) {
    String reason = e instanceof AccessDeniedException ? "permission denied" : e.getMessage();
    return "The data folder " + folder + " cannot be " + verb + " (" + reason + ").";
  }

  private static void closeQuietly(@Nullable FileChannel channel, IOException cause) {
    if (channel != null) {
      try {
        channel.close();
      } catch (IOException e) {
        cause.addSuppressed(e);
      }
    }
  }

  /** Gives the right back. Idempotent. */
  @Override
  public void close() {
    try {
      if (lock.isValid()) {
        lock.release();
      }
      channel.close();
    } catch (IOException e) {
      // The lock ends with the channel, and the channel with the process: nothing can be done here.
    }
  }
}
