package dev.converge.pekko.entity;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.pekko.EntityType;
import dev.converge.pekko.EntityUnavailableException;
import dev.converge.pekko.PeerQuestions;
import dev.converge.pekko.RepairReport;
import dev.converge.pekko.journal.DamagedRowException;
import dev.converge.pekko.journal.JournalException;
import dev.converge.pekko.wire.LogRow;
import dev.converge.pekko.wire.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts peers' copies in the places of an entity's damaged rows; and gives peers copies. */
final class Repair {
  private static final Logger LOG = LoggerFactory.getLogger(Repair.class);
  private static final String TOPIC = "row";
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final Hosting hosting;

  /** A good copy of a damaged row, with the peer that had it. */
  private record Copy(LogRow row, String peer) {}

  Repair(Hosting hosting) {
    this.hosting = hosting;
    hosting.parts().peers().answer(TOPIC, this::answer);
  }

  private CompletionStage<byte[]> answer(byte[] question) {
    return CompletableFuture.supplyAsync(
        () -> {
          PeerForms.RowQuestion row = PeerForms.read(question, PeerForms.RowQuestion.class);
          return PeerForms.write(
              PeerForms.of(hosting.log().row(ReplicaId.parse(row.origin()), row.lsn())));
        },
        hosting.blocking());
  }

  CompletionStage<RepairReport> repair(EntityType<?, ?, ?> type, String id) {
    return CompletableFuture.supplyAsync(() -> now(type, id), hosting.blocking())
        .thenCompose(
            report ->
                report.isWhole()
                    ? hosting.repaired(type.key(id)).thenApply(done -> report)
                    : CompletableFuture.completedFuture(report));
  }

  private RepairReport now(EntityType<?, ?, ?> type, String id) {
    List<Copy> copies = new ArrayList<>();
    List<String> lost = new ArrayList<>();
    try {
      for (DamagedRowException damage : hosting.parts().rows().damaged(type.key(id))) {
        Copy copy = copy(damage);
        if (copy == null) {
          lost.add(damage.getMessage() + "; no peer that can be reached has a copy");
        } else {
          copies.add(copy);
        }
      }
      List<String> repaired = new ArrayList<>();
      if (lost.isEmpty()) {
        for (Copy copy : copies) {
          if (hosting.parts().rows().repair(copy.row())) {
            repaired.add(
                "row " + copy.row().lsn() + " of " + copy.row().origin() + " from " + copy.peer());
          }
        }
      }
      LOG.info("repair of {}: repaired {}, lost {}", type.key(id), repaired, lost);
      return new RepairReport(type.name(), id, count(type.key(id)), repaired, lost);
    } catch (JournalException e) {
      throw new EntityUnavailableException("the journal cannot be repaired: " + e.getMessage(), e);
    }
  }

  /** How many rows there are, damaged ones with them. */
  private long count(String key) {
    long count = 0;
    for (long position = 0; ; ) {
      try {
        List<LogRow> page = hosting.log().entityRows(key, position, 1_000);
        if (page.isEmpty()) {
          return count;
        }
        count += page.size();
        position = page.get(page.size() - 1).position();
      } catch (DamagedRowException e) {
        count++;
        position = e.position();
      }
    }
  }

  private @Nullable Copy copy(DamagedRowException damage) {
    ReplicaId origin = damage.origin().orElse(null);
    if (origin == null || damage.lsn() == 0) {
      return null;
    }
    PeerQuestions peers = hosting.parts().peers();
    byte[] question = PeerForms.write(new PeerForms.RowQuestion(origin.toString(), damage.lsn()));
    for (String peer : peers.peers()) {
      try {
        byte[] answer = peers.ask(peer, TOPIC, question, LIMIT).toCompletableFuture().join();
        LogRow row =
            PeerForms.row(origin, damage.lsn(), PeerForms.read(answer, PeerForms.RowAnswer.class));
        if (row != null) {
          return new Copy(row, peer);
        }
      } catch (CompletionException | WireException e) {
        LOG.info("{} gives no copy of row {} of {}: {}", peer, damage.lsn(), origin, e.toString());
      }
    }
    return null;
  }
}
