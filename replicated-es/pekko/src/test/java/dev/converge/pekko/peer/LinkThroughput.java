package dev.converge.pekko.peer;

import static dev.converge.pekko.peer.TestRows.A;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.wire.Frames;
import dev.converge.pekko.wire.LogRow;
import dev.converge.pekko.wire.PeerEnvelope;
import dev.converge.pekko.wire.PeerMessage;
import dev.converge.pekko.wire.PeerMessageCodec;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * How many rows a second go through sender, codec and receiver in one thread, without a database:
 * {@code java ... dev.converge.pekko.peer.LinkThroughput [bytes of payload]}. Prints the parts too.
 */
public final class LinkThroughput {
  private static final int ROWS = 200_000;

  private LinkThroughput() {}

  /** Runs some rounds; the last one counts. */
  public static void main(String[] args) {
    int payload = args.length > 0 ? Integer.parseInt(args[0]) : 60;
    List<LogRow> rows = new ArrayList<>();
    Random random = new Random(1);
    VersionVector seen = VersionVector.of(Map.of(TestRows.B, 5L, TestRows.C, 9L));
    for (int lsn = 1; lsn <= ROWS; lsn++) {
      byte[] bytes = new byte[payload];
      random.nextBytes(bytes);
      rows.add(TestRows.row(A, lsn, seen, bytes));
    }
    for (int round = 0; round < 5; round++) {
      round(rows);
    }
  }

  private static void round(List<LogRow> rows) {
    RecentRows recent = new RecentRows(1L << 30);
    rows.forEach(recent::add);
    LogSender sender = new LogSender(A, recent, LinkSettings.DEFAULT);
    sender.start(0);
    FakeLog log = new FakeLog(new ReplicaId("b", 2));
    log.commit(TestRows.rows(TestRows.B, 1, 5));
    log.commit(TestRows.rows(TestRows.C, 1, 9));
    LogReceiver receiver =
        new LogReceiver(
            log,
            new FakeMembership(log),
            new RecentRows(1 << 20),
            LinkSettings.DEFAULT,
            report -> {
              throw new IllegalStateException(report.detail());
            });
    Frames frames = new Frames(LinkSettings.DEFAULT.limits().frameBytes(), 1);
    long encoding = 0;
    long decoding = 0;
    long bytes = 0;
    int messages = 0;
    long began = System.nanoTime();
    while (log.held().get(A) < ROWS) {
      LogSender.Step step = sender.step(0, ROWS);
      if (step instanceof LogSender.Step.Send send) {
        long t0 = System.nanoTime();
        PeerMessage message = new PeerMessage.Rows(send.rows(), false);
        byte[] encoded = PeerMessageCodec.encode(new PeerEnvelope(A, 1, message));
        List<byte[]> parts = frames.split("a", encoded);
        long t1 = System.nanoTime();
        PeerMessage came = null;
        for (byte[] part : parts) {
          byte[] whole = frames.join(part, name -> true);
          if (whole != null) {
            came = PeerMessageCodec.decode(whole).message();
          }
          bytes += part.length;
        }
        long t2 = System.nanoTime();
        encoding += t1 - t0;
        decoding += t2 - t1;
        messages++;
        if (came instanceof PeerMessage.Rows received) {
          receiver.offer("a", received.rows());
        }
      } else {
        List<LogRow> batch = receiver.batch();
        if (batch != null) {
          log.commit(batch);
          receiver.stored();
          sender.acked(log.held().get(A), 0);
        }
      }
    }
    long nanos = System.nanoTime() - began;
    System.out.printf(
        "%,d rows/s; ns a row: %d in all, %d to encode, %d to decode; %d bytes a row, %d rows a message%n",
        ROWS * 1_000_000_000L / nanos,
        nanos / ROWS,
        encoding / ROWS,
        decoding / ROWS,
        bytes / ROWS,
        ROWS / messages);
  }
}
