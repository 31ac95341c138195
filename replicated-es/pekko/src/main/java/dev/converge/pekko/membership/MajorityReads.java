package dev.converge.pekko.membership;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.membership.ReplicaSet;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Asks the members what they hold. Who asks while a round is under way shares the next one, so many
 * readers cost as much as one.
 */
final class MajorityReads {
  static final String TOPIC = "held";
  private static final int FORM = 1;
  private static final Duration ROUND = Duration.ofSeconds(1);

  private final Shell shell;
  private final Supplier<@Nullable ReplicaSet> set;
  private List<CompletableFuture<VersionVector>> next = new ArrayList<>();
  private List<CompletableFuture<VersionVector>> current = List.of();
  private boolean asking;

  MajorityReads(Shell shell, Supplier<@Nullable ReplicaSet> set) {
    this.shell = shell;
    this.set = set;
    shell.atEnd(
        () -> {
          next.addAll(current);
          next.forEach(reader -> reader.completeExceptionally(Shell.over()));
        });
  }

  /** See {@link dev.converge.pekko.replication.ReplicaState#majorityHolds}; on any thread. */
  CompletionStage<VersionVector> read(Duration limit) {
    CompletableFuture<VersionVector> answer = new CompletableFuture<>();
    shell.runOrFail(
        answer,
        () -> {
          next.add(answer);
          shell.later(
              limit,
              () ->
                  answer.completeExceptionally(
                      new TimeoutException("no majority has answered in time")));
          ask();
        });
    return answer;
  }

  private void ask() {
    next.removeIf(CompletableFuture::isDone);
    ReplicaSet members = set.get();
    if (asking || next.isEmpty()) {
      return;
    }
    asking = true;
    if (members == null) {
      again();
      return;
    }
    Round round = new Round(members, next);
    current = next;
    next = new ArrayList<>();
    round.answered(shell.self(), shell.log.held());
    for (ReplicaId member : members.members()) {
      if (!member.equals(shell.self())) {
        shell.then(
            shell.link.ask(member.name(), TOPIC, new byte[0], ROUND),
            bytes -> round.answered(bytes, member),
            error -> {});
      }
    }
    shell.later(ROUND, round::end);
  }

  private void again() {
    shell.later(
        shell.settings.retryInterval(),
        () -> {
          asking = false;
          ask();
        });
  }

  /** One question to all, and what came back. */
  private final class Round {
    private final ReplicaSet members;
    private final List<CompletableFuture<VersionVector>> readers;
    private final TreeSet<ReplicaId> answers = new TreeSet<>();
    private VersionVector joined = VersionVector.empty();
    private boolean ended;

    Round(ReplicaSet members, List<CompletableFuture<VersionVector>> readers) {
      this.members = members;
      this.readers = readers;
    }

    void answered(byte[] bytes, ReplicaId member) {
      Held held = decode(bytes);
      // Another incarnation has not confirmed what the member had.
      if (held.replica().equals(member)) {
        answered(member, held.vector());
      }
    }

    void answered(ReplicaId member, VersionVector held) {
      answers.add(member);
      joined = joined.merge(held);
      if (!ended && members.isMajority(answers)) {
        ended = true;
        readers.forEach(reader -> reader.complete(joined));
        asking = false;
        ask();
      }
    }

    /** Nobody answered in time: those who may still wait ask again. */
    void end() {
      if (!ended) {
        ended = true;
        next.addAll(readers);
        asking = false;
        ask();
      }
    }
  }

  private record Held(ReplicaId replica, VersionVector vector) {}

  /** What this replica answers. */
  static byte[] encode(ReplicaId self, VersionVector held) {
    return FormWriter.write(FORM, out -> out.replica(self).vector(held));
  }

  private static Held decode(byte[] bytes) {
    return FormReader.read("what is held", FORM, bytes, in -> new Held(in.replica(), in.vector()));
  }
}
