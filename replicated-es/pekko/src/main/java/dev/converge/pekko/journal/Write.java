package dev.converge.pekko.journal;

import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The messages of one persistent actor that are written together or not at all.
 *
 * @param persistenceId whose they are
 * @param rows at least one, in ascending order of their sequence numbers
 * @param done completed with null after the commit; with a {@link FencedException} if an own event
 *     is not younger than the promise, with an {@link ErasedException} if the entity is erased;
 *     else with the database's error
 */
record Write(String persistenceId, List<Row> rows, CompletableFuture<Void> done) implements Job {
  @Override
  public String what() {
    return "a write of " + persistenceId;
  }

  @Override
  public long bytes() {
    long sum = 0;
    for (Row row : rows) {
      sum += row.payload().length;
    }
    return sum;
  }

  @Override
  @SuppressWarnings("NullAway") // the one value that Void has
  public Runnable plan(Batch batch) {
    if (batch.isErased(persistenceId)) {
      throw new ErasedException(persistenceId);
    }
    batch.take(batch.head().write(this));
    return () -> done.complete(null);
  }
}
