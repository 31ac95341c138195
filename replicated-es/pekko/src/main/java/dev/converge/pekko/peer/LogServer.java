package dev.converge.pekko.peer;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.pekko.journal.ReplicaLog;
import dev.converge.pekko.wire.LogRow;
import dev.converge.pekko.wire.PeerMessage;
import dev.converge.pekko.wire.PeerMessage.Rows;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * Answers requests for rows of any log, from memory or from the database: one request of a peer at
 * a time, with a page at most. Single-threaded.
 */
final class LogServer {
  private final ReplicaLog log;
  private final RecentRows recent;
  private final LinkEffects effects;
  private final LinkSettings.Limits limits;

  LogServer(ReplicaLog log, RecentRows recent, LinkEffects effects, LinkSettings.Limits limits) {
    this.log = log;
    this.recent = recent;
    this.effects = effects;
    this.limits = limits;
  }

  /** A request while another one is being answered is dropped: the asker asks again. */
  void serve(Peer peer, PeerMessage.Fetch fetch) {
    if (!peer.serves) {
      peer.serves = true;
      next(peer, fetch.wanted().entrySet().iterator(), limits.pageBytes());
    }
  }

  private void next(
      Peer peer, Iterator<Map.Entry<ReplicaId, PeerMessage.Range>> rest, long maxBytes) {
    long left = maxBytes;
    while (rest.hasNext() && left > 0) {
      Map.Entry<ReplicaId, PeerMessage.Range> wanted = rest.next();
      ReplicaId origin = wanted.getKey();
      long after = wanted.getValue().after();
      long upTo = Math.min(wanted.getValue().upTo(), log.held().get(origin));
      if (upTo <= after) {
        continue;
      }
      List<LogRow> rows = recent.from(origin, after + 1, upTo, limits.pageRows(), left);
      if (rows.isEmpty()) {
        int maxRows = (int) Math.min(limits.pageRows(), upTo - after);
        long bytes = left;
        effects.read(
            origin,
            after,
            maxRows,
            bytes,
            page -> {
              List<LogRow> read = page == null ? List.of() : within(page, upTo);
              if (page != null && (read.isEmpty() || read.get(0).lsn() != after + 1)) {
                compacted(peer.name, origin, after);
                read = List.of();
              }
              send(peer, read);
              next(peer, rest, bytes - RowSize.of(read));
            });
        return;
      }
      send(peer, rows);
      left -= RowSize.of(rows);
    }
    peer.serves = false;
    if (peer.peering.isUp() && !peer.isRemoved) {
      effects.send(peer.name, new Rows(List.of(), true));
    }
  }

  private static List<LogRow> within(List<LogRow> page, long upTo) {
    return page.stream().filter(row -> row.lsn() <= upTo).toList();
  }

  private void send(Peer peer, List<LogRow> rows) {
    if (!peer.peering.isUp() || peer.isRemoved) {
      return;
    }
    List<LogRow> chunk = new ArrayList<>();
    long bytes = 0;
    for (LogRow row : rows) {
      long size = RowSize.of(row);
      if (!chunk.isEmpty() && bytes + size > limits.chunkBytes()) {
        effects.send(peer.name, new Rows(chunk, false));
        chunk = new ArrayList<>();
        bytes = 0;
      }
      chunk.add(row);
      bytes += size;
    }
    if (!chunk.isEmpty()) {
      peer.rowsSent += rows.size();
      effects.send(peer.name, new Rows(chunk, false));
    }
  }

  void compacted(String peer, ReplicaId origin, long after) {
    effects.report(
        new LinkReport(
            LinkReport.Kind.COMPACTED,
            peer,
            origin,
            after + 1,
            peer
                + " lacks row "
                + (after + 1)
                + " of "
                + origin
                + ", which was compacted away here; it has to join again, or get it from another"
                + " peer"));
  }

  /**
   * One row, from memory or from the database.
   *
   * @param then gets whether it could be read, and the row; null if it is not there any more
   */
  void row(ReplicaId origin, long lsn, BiConsumer<Boolean, @Nullable LogRow> then) {
    LogRow known = recent.get(origin, lsn);
    if (known != null) {
      then.accept(true, known);
      return;
    }
    effects.read(
        origin,
        lsn - 1,
        1,
        1,
        page -> {
          boolean found = page != null && !page.isEmpty() && page.get(0).lsn() == lsn;
          then.accept(page != null, found ? page.get(0) : null);
        });
  }
}
