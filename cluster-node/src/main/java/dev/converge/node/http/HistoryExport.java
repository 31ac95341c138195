package dev.converge.node.http;

import dev.converge.node.history.HistoryFile;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.pekko.NotUsed;
import org.apache.pekko.http.javadsl.model.ContentType;
import org.apache.pekko.http.javadsl.model.ContentTypes;
import org.apache.pekko.http.javadsl.model.HttpCharsets;
import org.apache.pekko.http.javadsl.model.HttpEntities;
import org.apache.pekko.http.javadsl.model.HttpResponse;
import org.apache.pekko.http.javadsl.model.MediaTypes;
import org.apache.pekko.japi.Pair;
import org.apache.pekko.stream.javadsl.Source;
import org.apache.pekko.util.ByteString;

/**
 * {@code GET /v1/entities/{type}/{id}/export}: all events of an entity, as the journal has them, in
 * the form of {@link HistoryFile}. Read page by page, as fast as the client takes them; what is
 * committed meanwhile is in it.
 */
final class HistoryExport {
  private static final int PAGE = 500;
  private static final ContentType NDJSON =
      ContentTypes.create(MediaTypes.applicationWithFixedCharset("x-ndjson", HttpCharsets.UTF_8));

  /** Where the rows of an entity are read, see {@code ReplicaLog}. Blocks on the database. */
  interface Rows {
    List<LogRow> entityRows(String key, long afterPosition, int maxRows);
  }

  private final Rows rows;
  private final Executor blocking;

  HistoryExport(Rows rows, Executor blocking) {
    this.rows = rows;
    this.blocking = blocking;
  }

  /**
   * What has been sent.
   *
   * @param position of the last row
   * @param events how many
   * @param isOver whether the last line has been sent too
   */
  private record Sent(long position, long events, boolean isOver) {}

  /** A failure of the first page is a problem; after it, the end of the stream. */
  CompletionStage<HttpResponse> of(String type, String id, String key) {
    return page(key, 0)
        .thenApply(
            first -> {
              Source<ByteString, NotUsed> lines =
                  Source.single(ByteString.fromArray(HistoryFile.firstLine(type, id)))
                      .concat(
                          Source.unfoldAsync(
                              new Sent(0, 0, false), sent -> next(key, sent, first)));
              return HttpResponse.create().withEntity(HttpEntities.createChunked(NDJSON, lines));
            });
  }

  private CompletionStage<List<LogRow>> page(String key, long after) {
    return CompletableFuture.supplyAsync(() -> rows.entityRows(key, after, PAGE), blocking);
  }

  private CompletionStage<Optional<Pair<Sent, ByteString>>> next(
      String key, Sent sent, List<LogRow> first) {
    if (sent.isOver()) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    CompletionStage<List<LogRow>> page =
        sent.position() == 0
            ? CompletableFuture.completedFuture(first)
            : page(key, sent.position());
    return page.thenApply(them -> Optional.of(lines(sent, them)));
  }

  private static Pair<Sent, ByteString> lines(Sent sent, List<LogRow> page) {
    if (page.isEmpty()) {
      return new Pair<>(
          new Sent(sent.position(), sent.events(), true),
          ByteString.fromArray(HistoryFile.lastLine(sent.events())));
    }
    ByteString lines = ByteString.emptyByteString();
    long events = sent.events();
    for (LogRow row : page) {
      if (row.entry() instanceof LogEntry.Event event) {
        lines = lines.concat(ByteString.fromArray(HistoryFile.eventLine(event.encoded())));
        events++;
      }
    }
    return new Pair<>(new Sent(page.get(page.size() - 1).position(), events, false), lines);
  }
}
