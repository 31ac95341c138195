package dev.converge.multinode.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.Arrays;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** One direction of a connection: a thread that reads, a bounded queue, a thread that writes. */
final class DelayedPipe {
  private static final int CHUNK = 64 * 1024;

  /** As much as is on the line at a time; then the sender has to wait, as TCP has it. */
  private static final int CHUNKS = 1_024;

  private static final Chunk END = new Chunk(new byte[0], 0);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  private final Socket from;
  private final Socket to;
  private final Way way;
  private final BlockingQueue<Chunk> line = new ArrayBlockingQueue<>(CHUNKS);
  private volatile boolean broken;
  private volatile boolean ended;

  @SuppressWarnings("ArrayRecordComponent") // Compared by identity, with END.
  private record Chunk(byte[] bytes, long cameNanos) {}

  DelayedPipe(Socket from, Socket to, Way way) {
    this.from = from;
    this.to = to;
    this.way = way;
  }

  /**
   * Begins.
   *
   * @param whenOver called when the connection is closed
   */
  void start(Runnable whenOver) {
    LinkProxy.daemon("proxy reads", this::read);
    LinkProxy.daemon(
        "proxy writes",
        () -> {
          write();
          ended = true;
          close();
          whenOver.run();
        });
  }

  private void read() {
    try {
      try {
        InputStream in = from.getInputStream();
        byte[] buffer = new byte[CHUNK];
        for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
          put(new Chunk(Arrays.copyOf(buffer, read), System.nanoTime()));
        }
      } catch (IOException e) {
        // The end, as the other way of ending.
      }
      put(END);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for room, but not for a writer that has ended. */
  private void put(Chunk chunk) throws InterruptedException {
    boolean taken = false;
    while (!taken && !ended) {
      taken = line.offer(chunk, 100, TimeUnit.MILLISECONDS);
    }
  }

  private void write() {
    try {
      OutputStream out = to.getOutputStream();
      for (Chunk chunk = line.take(); chunk != END; chunk = line.take()) {
        awaitTime(chunk);
        if (way.isLost()) {
          broken = true;
        } else if (broken) {
          return;
        } else {
          out.write(chunk.bytes());
        }
      }
    } catch (IOException e) {
      // The other end is gone.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** In small steps: a delay that is taken away is so for what is on the line, too. */
  private void awaitTime(Chunk chunk) {
    for (long left = left(chunk); left > 0; left = left(chunk)) {
      LockSupport.parkNanos(Math.min(left, LOOK_NANOS));
    }
  }

  private long left(Chunk chunk) {
    return chunk.cameNanos() + way.delayNanos() - System.nanoTime();
  }

  void closeIfBroken() {
    if (broken && !way.isLost()) {
      close();
    }
  }

  void close() {
    close(from, to);
  }

  static void close(Socket... sockets) {
    for (Socket socket : sockets) {
      try {
        socket.close();
      } catch (IOException e) {
        // It is of no use either way.
      }
    }
  }
}
