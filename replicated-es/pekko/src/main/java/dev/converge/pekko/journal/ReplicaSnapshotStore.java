package dev.converge.pekko.journal;

import java.sql.SQLException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.apache.pekko.actor.ExtendedActorSystem;
import org.apache.pekko.persistence.SelectedSnapshot;
import org.apache.pekko.persistence.SnapshotMetadata;
import org.apache.pekko.persistence.SnapshotSelectionCriteria;
import org.apache.pekko.persistence.snapshot.japi.SnapshotStore;
import org.apache.pekko.serialization.Serialization;
import org.apache.pekko.serialization.SerializationExtension;
import org.apache.pekko.serialization.Serializer;
import org.apache.pekko.serialization.Serializers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.concurrent.Future;
import scala.jdk.javaapi.FutureConverters;

/**
 * Pekko's snapshot plugin over a {@link JournalDatabase}. An entity gets its newest readable {@link
 * StoredCheckpoint}; an ordinary actor its snapshot. Configured by {@link
 * JournalDatabase#pluginConfig}; Pekko's own test kit for snapshot stores passes.
 */
public final class ReplicaSnapshotStore extends SnapshotStore {
  private static final Logger LOG = LoggerFactory.getLogger(ReplicaSnapshotStore.class);

  private final CompletionStage<JournalDatabase> database;
  private final Serialization serialization;
  private final Executor blocking;

  /** A database call. */
  private interface Call<T> {
    T on(JournalDatabase database) throws SQLException;
  }

  /** Called by Pekko. */
  public ReplicaSnapshotStore() {
    ExtendedActorSystem system = (ExtendedActorSystem) context().system();
    this.database = JournalBinding.of(system).database();
    this.serialization = SerializationExtension.get(system);
    this.blocking = system.dispatchers().lookup("pekko.actor.default-blocking-io-dispatcher");
  }

  @Override
  public Future<Optional<SelectedSnapshot>> doLoadAsync(
      String persistenceId, SnapshotSelectionCriteria criteria) {
    return call(
        opened -> {
          long to = criteria.maxSequenceNr();
          DamagedRowException damage = null;
          while (true) {
            try {
              Snapshot found =
                  opened
                      .snapshots()
                      .newest(
                          persistenceId,
                          criteria.minSequenceNr(),
                          to,
                          criteria.minTimestamp(),
                          criteria.maxTimestamp());
              if (found == null && damage != null) {
                throw damage;
              }
              return Optional.ofNullable(found).map(this::selected);
            } catch (DamagedRowException e) {
              if (e == damage) {
                throw e;
              }
              LOG.warn("an older snapshot is used: {}", e.getMessage());
              damage = e;
              to = e.position() - 1;
            }
          }
        });
  }

  private SelectedSnapshot selected(Snapshot snapshot) {
    Object state =
        snapshot.isCheckpoint()
            ? new StoredCheckpoint(snapshot.payload(), snapshot.position())
            : serialization
                .deserialize(snapshot.payload(), snapshot.serializer(), snapshot.manifest())
                .get();
    return SelectedSnapshot.create(
        SnapshotMetadata.apply(snapshot.persistenceId(), snapshot.position(), snapshot.created()),
        state);
  }

  @Override
  public Future<Void> doSaveAsync(SnapshotMetadata metadata, Object state) {
    return FutureConverters.asScala(
        database.thenCompose(
            opened -> {
              try {
                CompletableFuture<Void> done = new CompletableFuture<>();
                opened.commits().submit(new Job.Save(snapshot(metadata, state), done));
                return done;
              } catch (RuntimeException e) { // it cannot be serialised
                return CompletableFuture.failedFuture(e);
              }
            }));
  }

  private Snapshot snapshot(SnapshotMetadata metadata, Object state) {
    if (state instanceof StoredCheckpoint checkpoint) {
      return Snapshot.checkpoint(
          metadata.persistenceId(),
          checkpoint.position(),
          metadata.timestamp(),
          checkpoint.bytes());
    }
    Serializer serializer = serialization.findSerializerFor(state);
    return new Snapshot(
        metadata.persistenceId(),
        metadata.sequenceNr(),
        metadata.timestamp(),
        serializer.identifier(),
        Serializers.manifestFor(serializer, state),
        serialization.serialize(state).get());
  }

  @Override
  public Future<Void> doDeleteAsync(SnapshotMetadata metadata) {
    boolean anyTime = metadata.timestamp() == 0;
    return delete(
        metadata.persistenceId(),
        metadata.sequenceNr(),
        metadata.sequenceNr(),
        anyTime ? Long.MIN_VALUE : metadata.timestamp(),
        anyTime ? Long.MAX_VALUE : metadata.timestamp());
  }

  @Override
  public Future<Void> doDeleteAsync(String persistenceId, SnapshotSelectionCriteria criteria) {
    return delete(
        persistenceId,
        criteria.minSequenceNr(),
        criteria.maxSequenceNr(),
        criteria.minTimestamp(),
        criteria.maxTimestamp());
  }

  @SuppressWarnings("NullAway") // the one value that Void has
  private Future<Void> delete(
      String persistenceId, long from, long to, long fromTime, long toTime) {
    return call(
        opened -> {
          opened.snapshots().deletePlain(persistenceId, from, to, fromTime, toTime);
          return null;
        });
  }

  /** Nothing blocks in the plugin's actor: Pekko runs it on a dispatcher of few threads. */
  private <T> Future<T> call(Call<T> call) {
    return FutureConverters.asScala(
        database.thenApplyAsync(
            opened -> opened.read("snapshots", () -> call.on(opened)), blocking));
  }
}
