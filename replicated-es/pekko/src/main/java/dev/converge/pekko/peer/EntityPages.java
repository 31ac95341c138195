package dev.converge.pekko.peer;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.pekko.journal.ReplicaLog;
import dev.converge.pekko.replication.LinkSide.AskHandler;
import dev.converge.pekko.wire.EntityForms;
import dev.converge.pekko.wire.LogRow;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;

/** Questions for the rows of one entity, and their answers. Thread-safe. */
final class EntityPages implements AskHandler {
  static final String TOPIC = "entity-rows";

  private static final int MAX_ROWS = 1_024;

  private final ReplicaLog log;
  private final Executor blocking;
  private final LinkSettings.Limits limits;

  EntityPages(ReplicaLog log, Executor blocking, LinkSettings.Limits limits) {
    this.log = log;
    this.blocking = blocking;
    this.limits = limits;
  }

  static byte[] question(String key, long afterPosition) {
    return EntityForms.ask(key, afterPosition);
  }

  static EntityPage page(byte[] answer) {
    EntityForms.Rows rows = EntityForms.readRows(answer);
    return new EntityPage(rows.rows(), rows.lastPosition(), rows.isLast());
  }

  @Override
  public CompletionStage<byte[]> answer(ReplicaId from, byte[] body) {
    EntityForms.Ask ask = EntityForms.readAsk(body);
    return CompletableFuture.supplyAsync(() -> answer(ask), blocking);
  }

  private byte[] answer(EntityForms.Ask ask) {
    List<LogRow> found = log.entityRows(ask.key(), ask.afterPosition(), MAX_ROWS);
    List<LogRow> rows = new ArrayList<>();
    long bytes = 0;
    for (LogRow row : found) {
      bytes += RowSize.of(row);
      if (!rows.isEmpty() && bytes > limits.pageBytes()) {
        break;
      }
      rows.add(row);
    }
    long last = rows.isEmpty() ? ask.afterPosition() : rows.get(rows.size() - 1).position();
    boolean isLast = rows.size() == found.size() && found.size() < MAX_ROWS;
    return EntityForms.rows(new EntityForms.Rows(rows, last, isLast));
  }
}
