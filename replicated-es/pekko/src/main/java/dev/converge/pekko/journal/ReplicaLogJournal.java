package dev.converge.pekko.journal;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.persistence.AtomicWrite;
import org.apache.pekko.persistence.PersistentRepr;
import org.apache.pekko.persistence.journal.japi.AsyncWriteJournal;
import scala.concurrent.Future;
import scala.jdk.javaapi.CollectionConverters;
import scala.jdk.javaapi.FutureConverters;

/**
 * Pekko's journal plugin over a {@link JournalDatabase}: all entities of a replica write to one
 * log. Configured by {@link JournalDatabase#pluginConfig}; Pekko's own test kit for journals
 * passes.
 *
 * <p>A write is <em>rejected</em> if it cannot be serialised or is {@linkplain FencedException
 * fenced}; it <em>fails</em> if the database does not take it. Nothing of it is stored then.
 */
public final class ReplicaLogJournal extends AsyncWriteJournal {
  private static final int PAGE = 500;

  private final CompletionStage<JournalDatabase> database;
  private final RowCodec codec;
  private final Executor blocking;

  /** A database call with a result. */
  private interface Query<T> {
    T on(JournalDatabase database) throws SQLException;
  }

  /** A database call without one. */
  private interface Action {
    void on(JournalDatabase database) throws SQLException;
  }

  /** Called by Pekko. */
  public ReplicaLogJournal() {
    ExtendedActorSystem system = (ExtendedActorSystem) context().system();
    this.database = JournalBinding.of(system).database();
    this.codec = new RowCodec(system);
    this.blocking = system.dispatchers().lookup("pekko.actor.default-blocking-io-dispatcher");
  }

  @Override
  public Future<Iterable<Optional<Exception>>> doAsyncWriteMessages(
      Iterable<AtomicWrite> messages) {
    List<CompletableFuture<Optional<Exception>>> outcomes = new ArrayList<>();
    messages.forEach(message -> outcomes.add(write(message).toCompletableFuture()));
    return FutureConverters.asScala(
        CompletableFuture.allOf(outcomes.toArray(CompletableFuture[]::new))
            .thenApply(done -> outcomes.stream().map(CompletableFuture::join).toList()));
  }

  private CompletionStage<Optional<Exception>> write(AtomicWrite message) {
    List<Row> rows = new ArrayList<>();
    try {
      for (PersistentRepr part : CollectionConverters.asJava(message.payload())) {
        rows.add(codec.row(part));
      }
    } catch (Exception e) { // Scala's code throws checked ones without a word
      return CompletableFuture.completedFuture(Optional.of(e));
    }
    Write write = new Write(message.persistenceId(), rows, new CompletableFuture<>());
    return database
        .thenCompose(
            opened -> {
              opened.commits().submit(write);
              return write.done();
            })
        .handle(
            (done, error) -> {
              Throwable cause = error instanceof CompletionException ? error.getCause() : error;
              if (cause == null) {
                return Optional.<Exception>empty();
              }
              if (cause instanceof FencedException fenced) {
                return Optional.of(fenced);
              }
              throw new CompletionException(cause);
            });
  }

  @Override
  public Future<Void> doAsyncDeleteMessagesTo(String persistenceId, long to) {
    return run(
        opened -> {
          if (opened.reader().highest(persistenceId) > 0) {
            throw new JournalException(
                "events of the replicated entity "
                    + persistenceId
                    + " are not deleted by its actor: compaction does that once no replica needs"
                    + " them",
                null);
          }
          opened.messages().delete(persistenceId, to);
        });
  }

  @Override
  public Future<Void> doAsyncReplayMessages(
      String persistenceId, long from, long to, long max, Consumer<PersistentRepr> consumer) {
    return run(
        opened -> {
          long next = from;
          long left = max;
          while (left > 0 && next <= to) {
            List<StoredRow> page = page(opened, persistenceId, next, to, left);
            for (StoredRow row : page) {
              consumer.accept(message(row));
              next = row.position() + 1;
            }
            if (page.isEmpty()) {
              break;
            }
            left -= page.size();
          }
        });
  }

  private static List<StoredRow> page(
      JournalDatabase opened, String persistenceId, long from, long to, long max)
      throws SQLException {
    List<StoredRow> events = opened.reader().rows(persistenceId, from, to, max);
    return events.isEmpty()
        ? opened.messages().rows(persistenceId, from, to, (int) Math.min(max, PAGE))
        : events;
  }

  private PersistentRepr message(StoredRow row) {
    try {
      return codec.message(row);
    } catch (DamagedRowException e) {
      throw e;
    } catch (RuntimeException e) {
      throw new JournalException(
          "row "
              + row.position()
              + " of "
              + row.key()
              + " in the journal cannot be read: "
              + e.getMessage(),
          e);
    }
  }

  @Override
  public Future<Long> doAsyncReadHighestSequenceNr(String persistenceId, long from) {
    return query(
        opened ->
            Math.max(
                opened.reader().highest(persistenceId),
                opened.messages().highestSequence(persistenceId)));
  }

  @SuppressWarnings("NullAway") // the one value that Void has
  private Future<Void> run(Action action) {
    return query(
        opened -> {
          action.on(opened);
          return null;
        });
  }

  /** Nothing blocks in the journal's actor: Pekko runs it on a dispatcher of few threads. */
  private <T> Future<T> query(Query<T> query) {
    return FutureConverters.asScala(
        database.thenApplyAsync(
            opened -> opened.read("the journal", () -> query.on(opened)), blocking));
  }
}
