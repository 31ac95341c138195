package dev.converge.pekko.journal;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.AbstractExtensionId;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.actor.Extension;

/**
 * Brings an actor system's journal plugin, which Pekko creates from configuration, together with
 * the database that was opened before there was a system. Thread-safe.
 */
public final class JournalBinding implements Extension {
  private static final Id ID = new Id();

  private final CompletableFuture<JournalDatabase> database = new CompletableFuture<>();

  private static final class Id extends AbstractExtensionId<JournalBinding> {
    @Override
    public JournalBinding createExtension(ExtendedActorSystem system) {
      return new JournalBinding();
    }
  }

  private JournalBinding() {}

  /** The binding of {@code system}. */
  public static JournalBinding of(ActorSystem system) {
    return ID.get(system);
  }

  /**
   * Lets the system's journal write to {@code database}. What was asked of it before waits for
   * this.
   *
   * @throws IllegalStateException if it has another one
   */
  public void bind(JournalDatabase database) {
    if (!this.database.complete(database) && this.database.join() != database) {
      throw new IllegalStateException("this actor system's journal has a database already");
    }
  }

  CompletionStage<JournalDatabase> database() {
    return database;
  }
}
