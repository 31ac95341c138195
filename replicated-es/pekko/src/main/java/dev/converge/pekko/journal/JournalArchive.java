package dev.converge.pekko.journal;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.wire.Erased;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Files that keep what compaction takes out of the journal: {@code journal-2026-05-04-0001.archive}
 * and so on, a new one each day, each time the archive is opened, and when one is large. A file is
 * a series of blocks, one for each {@link #append}, which is on the disk when that returns: length,
 * CRC-32C, and so many bytes of gzip. (Plain gzip members would not do: readers take a damaged
 * header for the end of the file.) No file is appended to after a crash, so what is cut short is
 * always the end of a file.
 *
 * <p>A crash between archive and journal leaves rows in both; so rows may come twice, and are told
 * apart by origin and log number. Not thread-safe.
 */
public final class JournalArchive implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(JournalArchive.class);
  private static final int FORM = 1;

  /** So many rows are in a block of a file that is written anew. */
  private static final int BLOCK_ROWS = 500;

  private final Path folder;
  private final long maxFileBytes;
  private final LongSupplier wallMillis;
  private @Nullable FileChannel file;
  private String day = "";

  /**
   * An archive in {@code folder}, which is created if it is not there.
   *
   * @param maxFileBytes a file that has reached this size is followed by a new one
   * @param wallMillis milliseconds since the epoch, for the names of the files
   */
  public JournalArchive(Path folder, long maxFileBytes, LongSupplier wallMillis) {
    this.folder = folder;
    this.maxFileBytes = maxFileBytes;
    this.wallMillis = wallMillis;
  }

  /**
   * Adds rows; they are on the disk afterwards. O(bytes).
   *
   * @throws UncheckedIOException if they are not; the file is not used any more then
   */
  public void append(List<LogRow> rows) {
    try {
      FileChannel channel = file();
      append(channel, rows);
      channel.force(true);
    } catch (IOException e) {
      close();
      throw new UncheckedIOException("cannot write to the archive in " + folder, e);
    }
  }

  private FileChannel file() throws IOException {
    String today =
        Instant.ofEpochMilli(wallMillis.getAsLong())
            .atOffset(ZoneOffset.UTC)
            .toLocalDate()
            .toString();
    FileChannel open = file;
    if (open != null && open.isOpen() && today.equals(day) && open.size() < maxFileBytes) {
      return open;
    }
    close();
    Files.createDirectories(folder);
    day = today;
    for (int number = 1; ; number++) {
      Path path = folder.resolve("journal-%s-%04d.archive".formatted(today, number));
      if (!Files.exists(path)) {
        open = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
        file = open;
        return open;
      }
    }
  }

  private static byte[] block(List<LogRow> rows) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(new GZIPOutputStream(bytes, 8_192))) {
      out.writeByte(FORM);
      out.writeInt(rows.size());
      for (LogRow row : rows) {
        write(out, row);
      }
    }
    return bytes.toByteArray();
  }

  private static void write(DataOutputStream out, LogRow row) throws IOException {
    EntryForm form = EntryForm.of(row.entry());
    out.writeUTF(row.origin().toString());
    out.writeLong(row.lsn());
    out.writeLong(row.position());
    Map<ReplicaId, Long> after = row.after().entries();
    out.writeInt(after.size());
    for (Map.Entry<ReplicaId, Long> entry : after.entrySet()) {
      out.writeUTF(entry.getKey().toString());
      out.writeLong(entry.getValue());
    }
    out.writeByte(form.kind().code());
    out.writeUTF(form.key());
    out.writeInt(form.payload().length);
    out.write(form.payload());
  }

  /**
   * Takes the contents of entities out: files that have some are written anew, without the contents
   * of their events, and take the place of the old ones. What cannot be read of such a file,
   * because it is cut short or damaged, goes with it: it may be theirs. O(bytes of the archive).
   *
   * @throws UncheckedIOException if a file cannot be read or written; it is as it was then
   */
  public void erase(Set<String> keys) {
    close(); // a file that is written anew is not appended to
    for (Path old : files(folder)) {
      boolean[] has = {false};
      read(old, row -> has[0] |= isOf(row, keys));
      if (has[0]) {
        rewrite(old, keys);
      }
    }
  }

  private static boolean isOf(LogRow row, Set<String> keys) {
    return row.entry() instanceof LogEntry.Event event
        && keys.contains(event.key())
        && EventHead.of(event.encoded()).schemaVersion() < Erased.EVENT;
  }

  private static void rewrite(Path old, Set<String> keys) {
    Path anew = old.resolveSibling(old.getFileName() + ".new");
    try {
      try (FileChannel channel =
          FileChannel.open(
              anew,
              StandardOpenOption.CREATE,
              StandardOpenOption.TRUNCATE_EXISTING,
              StandardOpenOption.WRITE)) {
        List<LogRow> rows = new ArrayList<>();
        boolean whole =
            read(
                old,
                row -> {
                  rows.add(isOf(row, keys) ? Erased.of(row) : row);
                  if (rows.size() == BLOCK_ROWS) {
                    try {
                      append(channel, rows);
                    } catch (IOException e) {
                      throw new UncheckedIOException("cannot write " + anew, e);
                    }
                    rows.clear();
                  }
                });
        if (!rows.isEmpty()) {
          append(channel, rows);
        }
        if (!whole) {
          LOG.warn("{} was not whole; what could not be read of it is erased too", old);
        }
        channel.force(true);
      }
      Files.move(anew, old, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot erase from " + old, e);
    }
  }

  private static void append(FileChannel channel, List<LogRow> rows) throws IOException {
    byte[] block = block(rows);
    ByteBuffer framed = ByteBuffer.allocate(2 * Integer.BYTES + block.length);
    framed.putInt(block.length).putInt(RowCheck.of(block)).put(block).flip();
    while (framed.hasRemaining()) {
      channel.write(framed);
    }
  }

  /** The files of an archive, oldest first. */
  public static List<Path> files(Path folder) {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().matches("journal-.*\\.archive"))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException("cannot list the archive in " + folder, e);
    }
  }

  /**
   * Reads one file, as far as it is whole. O(bytes).
   *
   * @return whether it was read to its end; if not, the rest is cut short or damaged
   * @throws UncheckedIOException if the file cannot be opened
   */
  public static boolean read(Path file, Consumer<LogRow> consumer) {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      return read(in, consumer);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  private static boolean read(DataInputStream in, Consumer<LogRow> consumer) throws IOException {
    while (true) {
      byte[] header = in.readNBytes(2 * Integer.BYTES);
      if (header.length == 0) {
        return true;
      }
      if (header.length < 2 * Integer.BYTES) {
        return false;
      }
      ByteBuffer numbers = ByteBuffer.wrap(header);
      int length = numbers.getInt();
      byte[] block = in.readNBytes(Math.max(0, length));
      if (block.length != length || RowCheck.of(block) != numbers.getInt()) {
        return false;
      }
      rows(block, consumer);
    }
  }

  private static void rows(byte[] block, Consumer<LogRow> consumer) throws IOException {
    try (DataInputStream in =
        new DataInputStream(
            new BufferedInputStream(new GZIPInputStream(new ByteArrayInputStream(block))))) {
      int form = in.readByte();
      if (form != FORM) {
        throw new IOException("a block of form " + form + "; read it with a newer release");
      }
      for (int left = in.readInt(); left > 0; left--) {
        consumer.accept(row(in));
      }
    }
  }

  private static LogRow row(DataInputStream in) throws IOException {
    ReplicaId origin = ReplicaId.parse(in.readUTF());
    long lsn = in.readLong();
    long position = in.readLong();
    Map<ReplicaId, Long> after = new TreeMap<>();
    for (int left = in.readInt(); left > 0; left--) {
      after.put(ReplicaId.parse(in.readUTF()), in.readLong());
    }
    RowKind kind = RowKind.of(in.readByte());
    String key = in.readUTF();
    byte[] payload = in.readNBytes(in.readInt());
    VersionVector vector = VersionVector.of(after);
    return new LogRow(origin, lsn, vector, new EntryForm(key, kind, payload).entry(), position);
  }

  /** Closes the file under way; the next {@link #append} begins another. */
  @Override
  public void close() {
    FileChannel open = file;
    file = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        throw new UncheckedIOException("cannot close the archive in " + folder, e);
      }
    }
  }
}
