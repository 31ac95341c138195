package dev.converge.pekko.journal;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.h2.store.fs.FileBase;
import org.h2.store.fs.FilePath;
import org.h2.store.fs.FilePathWrapper;
import org.jspecify.annotations.Nullable;

/**
 * Takes a copy of an H2 file after each write to it, and now and then in the middle of one: what a
 * process that is killed at that moment leaves behind. With each copy goes what was acknowledged
 * before the write.
 *
 * <p>The address of a database is {@code jdbc:h2:points:} and a path. Thread-safe.
 *
 * @param <A> what was acknowledged
 */
final class CrashPoints<A> implements AutoCloseable {
  private static final Map<String, CrashPoints<?>> WATCHED = new ConcurrentHashMap<>();
  private static final int PAGE = 4_096;

  static {
    FilePath.register(new Recorded());
  }

  /** A file as a kill would leave it. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Point<A>(byte[] file, A acknowledged) {
    /** Puts the file to where H2 finds it under {@code database}, which has no ending. */
    void restore(Path database) throws IOException {
      Files.write(Path.of(database + ".mv.db"), file);
    }
  }

  private final String file;
  private final Random random;
  private final List<Point<A>> points = new ArrayList<>();
  private volatile @Nullable Supplier<A> acknowledged;
  private final AtomicLong forced = new AtomicLong();

  /**
   * @param database where H2 is to put it, without its ending
   */
  CrashPoints(Path database, long seed) {
    this.file = database.toAbsolutePath() + ".mv.db";
    this.random = new Random(seed);
    WATCHED.put(file, this);
  }

  /** From now on copies are taken; {@code acknowledged} is asked before each. */
  void record(Supplier<A> acknowledged) {
    this.acknowledged = acknowledged;
  }

  /** How often the file was forced to the disk. */
  long forced() {
    return forced.get();
  }

  /** How many there are. */
  synchronized int size() {
    return points.size();
  }

  /** Stops and returns all. */
  synchronized List<Point<A>> stop() {
    acknowledged = null;
    return List.copyOf(points);
  }

  @Override
  public void close() {
    WATCHED.remove(file);
  }

  private synchronized void write(FileChannel to, ByteBuffer from, long position)
      throws IOException {
    Supplier<A> asked = acknowledged;
    if (asked == null) {
      writeAll(to, from, position);
      return;
    }
    A before = asked.get();
    if (from.remaining() > PAGE && random.nextInt(4) == 0) {
      // A kill stops a write between two pages.
      int pages = 1 + random.nextInt((from.remaining() - 1) / PAGE);
      writeAll(to, from.duplicate().limit(from.position() + pages * PAGE), position);
      points.add(new Point<>(read(to), before));
    }
    writeAll(to, from, position);
    points.add(new Point<>(read(to), before));
  }

  private synchronized void truncate(FileChannel channel, long size) throws IOException {
    channel.truncate(size);
    Supplier<A> asked = acknowledged;
    if (asked != null) {
      points.add(new Point<>(read(channel), asked.get()));
    }
  }

  private static void writeAll(FileChannel to, ByteBuffer from, long position) throws IOException {
    for (long at = position; from.hasRemaining(); ) {
      at += to.write(from, at);
    }
  }

  private static byte[] read(FileChannel from) throws IOException {
    ByteBuffer copy = ByteBuffer.allocate((int) from.size());
    while (copy.hasRemaining() && from.read(copy, copy.position()) >= 0) {
      // goes on
    }
    return copy.array();
  }

  /** H2's file system under the name "points". Public because H2 makes it by reflection. */
  public static final class Recorded extends FilePathWrapper {
    /** Called by H2. */
    public Recorded() {}

    @Override
    public String getScheme() {
      return "points";
    }

    @Override
    public FileChannel open(String mode) throws IOException {
      FileChannel opened = super.open(mode);
      CrashPoints<?> points = WATCHED.get(getBase().toString());
      return points == null ? opened : new Watched(opened, points);
    }
  }

  private static final class Watched extends FileBase {
    private final FileChannel channel;
    private final CrashPoints<?> points;

    Watched(FileChannel channel, CrashPoints<?> points) {
      this.channel = channel;
      this.points = points;
    }

    @Override
    public synchronized int read(ByteBuffer to, long position) throws IOException {
      return channel.read(to, position);
    }

    @Override
    public int read(ByteBuffer to) throws IOException {
      return channel.read(to);
    }

    @Override
    public synchronized int write(ByteBuffer from, long position) throws IOException {
      int bytes = from.remaining();
      points.write(channel, from, position);
      return bytes;
    }

    @Override
    public int write(ByteBuffer from) {
      throw new UnsupportedOperationException("H2 writes by position");
    }

    @Override
    public FileChannel truncate(long size) throws IOException {
      points.truncate(channel, size);
      return this;
    }

    @Override
    public long position() throws IOException {
      return channel.position();
    }

    @Override
    public FileChannel position(long position) throws IOException {
      channel.position(position);
      return this;
    }

    @Override
    public long size() throws IOException {
      return channel.size();
    }

    @Override
    public void force(boolean metaData) {
      // the file outlives the process without it
      points.forced.incrementAndGet();
    }

    @Override
    public FileLock tryLock(long position, long size, boolean shared) throws IOException {
      return channel.tryLock(position, size, shared);
    }

    @Override
    protected void implCloseChannel() throws IOException {
      channel.close();
    }
  }
}
