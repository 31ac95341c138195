package dev.converge.pekko.entity;

import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.EntitiesStatus;
import dev.converge.pekko.EntityType;
import dev.converge.pekko.PeerQuestions;
import dev.converge.pekko.RepairReport;
import dev.converge.pekko.StateCodec;
import dev.converge.pekko.StateHash;
import dev.converge.pekko.journal.JournalException;
import dev.converge.pekko.peer.Keys;
import dev.converge.pekko.wire.WireException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after a node's entities: compares their states with peers', repairs, tells how they are.
 */
public final class EntityCare {
  private static final Logger LOG = LoggerFactory.getLogger(EntityCare.class);
  private static final String TOPIC = "state-hash";
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final Hosting hosting;
  private final Repair repair;

  /** Guarded by itself. */
  private final StateComparison comparison = new StateComparison();

  /** Care for the entities of a node. */
  public EntityCare(Hosting hosting) {
    this.hosting = hosting;
    this.repair = new Repair(hosting);
    hosting.parts().peers().answer(TOPIC, this::answer);
  }

  /** Repairs an entity's journal with peers' copies. */
  public CompletionStage<RepairReport> repair(EntityType<?, ?, ?> type, String id) {
    return repair.repair(type, id);
  }

  /** How the entities are. */
  public EntitiesStatus status() {
    Hosting.Census census = hosting.census();
    Map<String, String> damaged = new TreeMap<>();
    hosting.directory().damaged.forEach((key, why) -> damaged.put(Hosting.shown(key), why));
    Map<String, String> differing;
    synchronized (comparison) {
      differing = comparison.differing();
    }
    return new EntitiesStatus(
        census.live(),
        hosting.settings().maxLive(),
        census.notSettled(),
        damaged,
        census.parked(),
        differing,
        census.late(),
        hosting.hooksWaiting(),
        hosting.hookFailures());
  }

  /** What an entity's state comes to. */
  public <S> CompletionStage<Optional<StateHash>> stateHash(EntityType<?, ?, S> type, String id) {
    StateCodec<S> codec = type.states();
    if (codec == null) {
      return CompletableFuture.completedFuture(Optional.empty());
    }
    CompletableFuture<Optional<StateHash>> answer = new CompletableFuture<>();
    hosting.give(
        type.key(id), new EntityMsg.Look<>(live -> Optional.of(hash(codec, live)), answer));
    return answer.orTimeout(hosting.settings().askTimeout().toMillis(), TimeUnit.MILLISECONDS);
  }

  @SuppressWarnings("unchecked") // the entity of the codec's type
  private static <S> StateHash hash(StateCodec<S> codec, LiveEntity<?, ?, ?> live) {
    VersionVector version = live.version();
    byte[] form = PeerForms.vector(version).getBytes(StandardCharsets.US_ASCII);
    return new StateHash(
        version, Hashes.sha256(form, codec.encode((S) live.state())), codec.version());
  }

  private CompletionStage<byte[]> answer(byte[] question) {
    String key = PeerForms.read(question, PeerForms.HashQuestion.class).key();
    EntityType<?, ?, ?> type = hosting.types().get(Keys.typeOf(key));
    if (type == null || hosting.isErased(key)) {
      return CompletableFuture.completedFuture(PeerForms.write(PeerForms.of((StateHash) null)));
    }
    return stateHash(type, Keys.idOf(key))
        .thenApply(hash -> PeerForms.write(PeerForms.of(hash.orElse(null))));
  }

  /**
   * Compares the next entity, in the order of keys, with each peer that can be reached. To be
   * called now and then: it costs a query, and wakes the entity here and there. Blocks on the
   * database.
   *
   * @return completed when the answers are there, with the entity; empty at the end of a round
   */
  public CompletionStage<Optional<String>> compareNext() {
    String key;
    try {
      synchronized (comparison) {
        List<String> page = hosting.parts().rows().keys("", comparison.after(), 1);
        key = comparison.next(page);
      }
    } catch (JournalException e) {
      return CompletableFuture.failedFuture(e);
    }
    EntityType<?, ?, ?> type = key == null ? null : hosting.types().get(Keys.typeOf(key));
    if (key == null || type == null) {
      return CompletableFuture.completedFuture(Optional.ofNullable(key));
    }
    if (hosting.isErased(key)) {
      return CompletableFuture.completedFuture(Optional.of(key));
    }
    return stateHash(type, Keys.idOf(key))
        .thenCompose(own -> compareWithPeers(key, own.orElse(null)))
        .thenApply(done -> Optional.of(key));
  }

  private CompletionStage<Void> compareWithPeers(String key, @Nullable StateHash own) {
    PeerQuestions peers = hosting.parts().peers();
    CompletableFuture<Void> all = CompletableFuture.completedFuture(null);
    if (own == null) {
      return all;
    }
    byte[] question = PeerForms.write(new PeerForms.HashQuestion(key));
    for (String peer : peers.peers()) {
      CompletionStage<Void> asked =
          peers
              .ask(peer, TOPIC, question, LIMIT)
              .handle(
                  (answer, error) -> {
                    if (error == null) {
                      compare(key, own, peer, answer);
                    }
                    return null;
                  });
      all = all.thenCombine(asked, (one, two) -> null);
    }
    return all;
  }

  private void compare(String key, StateHash own, String peer, byte[] answer) {
    try {
      StateHash other = PeerForms.hash(PeerForms.read(answer, PeerForms.HashAnswer.class));
      if (other == null) {
        return;
      }
      StateComparison.Outcome outcome;
      synchronized (comparison) {
        outcome = comparison.compared(Hosting.shown(key), own, peer, other);
      }
      if (outcome == StateComparison.Outcome.DIFFERENT) {
        LOG.error(
            "the states of {} differ at equal versions: here {}, at {} {}. Compare code and"
                + " configuration of both nodes, and replay its history",
            Hosting.shown(key),
            own,
            peer,
            other);
      }
    } catch (WireException e) {
      LOG.warn("{} answers nothing that can be read about {}: {}", peer, key, e.getMessage());
    }
  }
}
