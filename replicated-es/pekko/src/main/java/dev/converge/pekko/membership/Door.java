package dev.converge.pekko.membership;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.membership.Admission;
import dev.converge.engine.membership.EpochChange;
import dev.converge.engine.membership.JoinRecord;
import dev.converge.engine.membership.Membership;
import dev.converge.engine.membership.MembershipInput;
import dev.converge.engine.membership.MembershipMessage;
import dev.converge.pekko.membership.JoinForms.Answer;
import dev.converge.pekko.wire.LogEntry;
import dev.converge.pekko.wire.LogRow;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The side of a member when somebody joins: proposes it, writes the record, and gives what it has.
 */
final class Door {
  private static final Logger LOG = LoggerFactory.getLogger(Door.class);

  private final Shell shell;
  private final Epochs epochs;
  private final Proposals proposals;
  private final Marks marks;
  private final Predicate<ReplicaId> isAlive;
  private final Set<ReplicaId> writing = new HashSet<>();

  /**
   * @param isAlive whether something was heard of that very incarnation lately
   */
  Door(Shell shell, Epochs epochs, Proposals proposals, Marks marks, Predicate<ReplicaId> isAlive) {
    this.shell = shell;
    this.epochs = epochs;
    this.proposals = proposals;
    this.marks = marks;
    this.isAlive = isAlive;
  }

  /** Somebody wants to come in. */
  Answer asked(ReplicaId joiner, List<EpochChange> former) {
    if (!former.isEmpty()) {
      epochs.offer(new MembershipInput.Came(joiner, new MembershipMessage.Decided(former)));
    }
    Membership membership = epochs.membership();
    if (membership.retirementOf(joiner) != null) {
      return new Answer.TooLate();
    }
    if (!epochs.isMember()) {
      return waits("this node is no member itself");
    }
    if (epochs.set().contains(joiner)) {
      return admitted(joiner);
    }
    for (ReplicaId member : epochs.set().members()) {
      if (member.name().equals(joiner.name()) && isAlive.test(member)) {
        return waits(
            "a replica by the name of "
                + joiner.name()
                + " lives; two nodes may not have one name");
      }
    }
    proposals.join(joiner);
    String refusal = proposals.lastRefusal();
    return waits("it is proposed" + (refusal.isEmpty() ? "" : "; lately refused: " + refusal));
  }

  private Answer waits(String reason) {
    return new Answer.Wait(reason, shell.log.held(), epochs.base());
  }

  private Answer admitted(ReplicaId joiner) {
    JoinRecord record = marks.recordOf(joiner);
    if (record != null) {
      return shell.log.held().covers(record.holds())
          ? new Answer.LetIn(
              record,
              MembershipForms.durable(epochs.membership().durable()),
              marks.encodeForOthers())
          : waits("this node lacks something that its sponsor had");
    }
    ReplicaId sponsor = sponsorOf(joiner);
    EpochChange end = sponsor == null ? null : epochs.membership().retirementOf(sponsor);
    if (sponsor != null && end != null && shell.log.held().get(sponsor) >= end.cutOff(sponsor)) {
      return new Answer.TooLate();
    }
    return waits("the join record of " + sponsor + " has not come");
  }

  private @Nullable ReplicaId sponsorOf(ReplicaId joiner) {
    for (EpochChange change : epochs.membership().durable().changes()) {
      Admission admission = change.admission();
      if (admission != null && admission.joiner().equals(joiner)) {
        return admission.sponsor();
      }
    }
    return null;
  }

  /** Writes the join records that this replica owes, also after a crash. */
  void sponsor() {
    for (EpochChange change : epochs.membership().durable().changes()) {
      Admission admission = change.admission();
      if (admission != null
          && admission.sponsor().equals(shell.self())
          && marks.recordOf(admission.joiner()) == null
          && writing.add(admission.joiner())) {
        write(change, admission.joiner());
      }
    }
  }

  private void write(EpochChange change, ReplicaId joiner) {
    shell.then(
        shell.log.append(
            (promise, held) -> {
              shell.clock.observe(promise.time());
              return new LogEntry.Join(
                  MembershipForms.joinRecord(
                      JoinRecord.write(change, promise, shell.clock.now(), held)));
            }),
        row -> LOG.info("{} joins; its record is {} of this log", joiner, row.lsn()),
        error -> {
          LOG.warn("the record for {} cannot be written yet: {}", joiner, error.toString());
          shell.later(shell.settings.patience(), () -> writing.remove(joiner));
        });
  }

  /** A page of all that is here, for a replica that was let in. */
  CompletionStage<byte[]> export(ReplicaId joiner, byte[] question) {
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    if (!epochs.set().contains(joiner)) {
      answer.completeExceptionally(new MembershipException(joiner + " is no member"));
      return answer;
    }
    byte[] cursor = JoinForms.readCursor(question);
    shell.blocking(
        () -> {
          try {
            answer.complete(
                JoinForms.page(shell.log.exportPage(cursor, shell.settings.pageBytes())));
          } catch (RuntimeException e) {
            answer.completeExceptionally(e);
          }
        });
    return answer;
  }

  /**
   * Somebody brings what a present epoch is based on, from the database of a retired incarnation.
   *
   * @return what is held afterwards
   */
  CompletionStage<VersionVector> brought(List<LogRow> rows) {
    List<LogRow> next = new ArrayList<>();
    VersionVector held = shell.log.held();
    VersionVector base = epochs.base();
    for (LogRow row : rows) {
      if (row.lsn() == held.get(row.origin()) + 1
          && row.lsn() <= base.get(row.origin())
          && held.covers(row.after())
          && epochs.mayStore(row.origin(), row.lsn())) {
        next.add(row);
        held = held.with(row.origin(), row.lsn());
      }
    }
    return next.isEmpty()
        ? CompletableFuture.completedFuture(shell.log.held())
        : shell.log.store(next).thenApply(stored -> shell.log.held());
  }
}
