package dev.converge.multinode.wire;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.PrintStream;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;

/**
 * Messages as lines of text between what else a process prints. Java serialisation: both ends are
 * the same program, one the other's child, and nobody else holds the pipe.
 */
public final class Lines {
  private static final String MARK = "@multinode ";

  private Lines() {}

  /**
   * Writes a message and flushes.
   *
   * @param out to the other end; written to by one thread at a time
   * @throws IllegalArgumentException if something in the message cannot be serialised
   */
  public static void write(PrintStream out, Serializable message) {
    String line = MARK + Base64.getEncoder().encodeToString(bytes(message)) + "\n";
    synchronized (out) {
      byte[] bytes = line.getBytes(StandardCharsets.US_ASCII);
      out.write(bytes, 0, bytes.length);
      out.flush();
    }
  }

  /**
   * The message in a line.
   *
   * @return empty if the line is something else
   */
  public static Optional<Object> read(String line) {
    // Something printed without an end of line may stand before the mark.
    int mark = line.indexOf(MARK);
    return mark < 0
        ? Optional.empty()
        : Optional.of(object(Base64.getDecoder().decode(line.substring(mark + MARK.length()))));
  }

  /**
   * Serialises.
   *
   * @throws IllegalArgumentException if something in it cannot be serialised
   */
  public static byte[] bytes(Object object) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    } catch (IOException e) {
      throw new IllegalArgumentException("cannot be sent to another JVM: " + e, e);
    }
    return bytes.toByteArray();
  }

  /**
   * The opposite of {@link #bytes}.
   *
   * @throws IllegalArgumentException if one of its classes is not here
   */
  public static Object object(byte[] bytes) {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
      return in.readObject();
    } catch (ClassNotFoundException e) {
      throw new IllegalArgumentException("is of a class that is not here: " + e.getMessage(), e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
