package dev.converge.node.history;

import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.engine.event.ContentHash;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.fold.FoldOptions;
import dev.converge.engine.fold.Folded;
import dev.converge.engine.replica.EntityReplica;
import dev.converge.engine.sync.SyncLimits;
import dev.converge.node.entity.HostedType;
import dev.converge.node.json.BadInputException;
import dev.converge.node.json.Json;
import dev.converge.pekko.EntityType;
import dev.converge.pekko.ReplicatedEntity;
import dev.converge.pekko.Upcaster;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.WireException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/**
 * What an exported history comes to, folded from its beginning. Every call of the entity's code is
 * made twice, to find code that does not answer the same for the same. Pure.
 *
 * @param events how many
 * @param version the events in the state, in words
 * @param state the state, in its JSON form
 * @param decided how many events were not simply applied
 * @param hash SHA-256 in hexadecimal, over state, order and decisions: equal for equal sets of
 *     events under equal code, wherever they are folded
 */
public record Replay(long events, String version, JsonNode state, long decided, String hash) {
  private static final ReplicaId NOBODY = ReplicaId.of("replay");

  /**
   * Folds a history.
   *
   * @param type the type that the file names
   * @throws BadInputException if the history has holes, contradicts its hashes, or is of a newer
   *     schema
   * @throws dev.converge.engine.fold.FoldException if the entity's code fails, or answers
   *     differently for the same
   */
  public static <C, E, S> Replay of(HistoryFile file, HostedType<C, E, S> type) {
    ReplicatedEntity<C, E, S> entity = type.type().factory().apply(file.id());
    List<ReplicatedEvent<E>> events = new ArrayList<>(file.events().size());
    for (EventRecord record : file.events()) {
      events.add(event(record, type.type(), entity.schemaVersion()));
    }
    EntityReplica<S, E> replica =
        new EntityReplica<>(
            NOBODY,
            entity.model(),
            1,
            SyncLimits.events(1),
            new FoldOptions(file.type() + "/" + file.id(), false).withChecks());
    try {
      replica.load(events);
    } catch (IllegalStateException e) {
      throw new BadInputException(
          "the history has a hole; where its beginning was compacted away, it is in the archive: "
              + e.getMessage());
    }
    JsonNode state = type.state(replica.state());
    List<Folded<E>> history = replica.history(0, Math.max(1, events.size())).events();
    return new Replay(
        events.size(),
        replica.vector().toString(),
        state,
        history.stream().filter(folded -> folded.decision().why().isPresent()).count(),
        hash(state, history));
  }

  private static <E> ReplicatedEvent<E> event(
      EventRecord record, EntityType<?, E, ?> type, int schemaVersion) {
    if (record.schemaVersion() > schemaVersion) {
      throw new BadInputException(
          "event "
              + record.dot()
              + " is of schema version "
              + record.schemaVersion()
              + ", this program knows "
              + schemaVersion
              + "; use a newer one");
    }
    try {
      byte[] payload = record.payload();
      for (int version = record.schemaVersion(); version < schemaVersion; version++) {
        Upcaster upcaster = type.upcasters().get(version);
        payload = upcaster == null ? payload : upcaster.upcast(payload);
      }
      ReplicatedEvent<E> event =
          new ReplicatedEvent<>(
              record.dot(),
              record.time(),
              record.context(),
              record.schemaVersion(),
              record.originId() == null ? null : new OriginId(record.originId()),
              ContentHash.ofBytes(record.hash()),
              type.events().decode(payload));
      if (!event.hasContent(record.payload())) {
        throw new BadInputException(
            "event " + record.dot() + " does not match its hash: the file was changed");
      }
      return event;
    } catch (WireException | IllegalArgumentException e) {
      throw new BadInputException("event " + record.dot() + " cannot be read: " + e.getMessage());
    }
  }

  private static String hash(JsonNode state, List<? extends Folded<?>> history) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      digest.update(Json.write(state));
      for (Folded<?> folded : history) {
        String line =
            "\n"
                + folded.dot()
                + " "
                + folded.decision().getClass().getSimpleName()
                + " "
                + folded.decision().why().orElse("");
        digest.update(line.getBytes(StandardCharsets.UTF_8));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
