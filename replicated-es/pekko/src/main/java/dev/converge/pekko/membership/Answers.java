package dev.converge.pekko.membership;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.membership.JoinForms.Answer;
import dev.converge.pekko.wire.WireException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What this node answers when others ask it. */
final class Answers {
  private final Shell shell;
  private final Peers peers;
  private final Supplier<@Nullable Member> member;

  Answers(Shell shell, Peers peers, Supplier<@Nullable Member> member) {
    this.shell = shell;
    this.peers = peers;
    this.member = member;
  }

  void register() {
    shell.link.onAsk(MajorityReads.TOPIC, (from, body) -> held());
    shell.link.onAsk(JoinForms.JOIN, this::join);
    shell.link.onAsk(
        JoinForms.EXPORT, (from, body) -> ifActive(now -> now.door().export(from, body)));
    shell.link.onAsk(
        JoinForms.FORMER,
        (from, body) ->
            ifActive(
                now ->
                    now.door()
                        .brought(JoinForms.readRows(body))
                        .thenApply(held -> MajorityReads.encode(shell.self(), held))));
  }

  private CompletionStage<byte[]> held() {
    return ifActive(
        now ->
            CompletableFuture.completedFuture(
                MajorityReads.encode(shell.self(), shell.log.held())));
  }

  private CompletionStage<byte[]> join(ReplicaId from, byte[] body) {
    Member now = member.get();
    if (shell.isOver() || now == null || !now.lifetime().isActive()) {
      Answer wait =
          new Answer.Wait(
              "this node cannot let anybody in now", VersionVector.empty(), VersionVector.empty());
      return CompletableFuture.completedFuture(Answer.encode(wait));
    }
    try {
      JoinForms.Ask ask = JoinForms.Ask.decode(body);
      peers.learn(from.name(), ask.addresses());
      return CompletableFuture.completedFuture(Answer.encode(now.door().asked(from, ask.former())));
    } catch (WireException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletionStage<byte[]> ifActive(Function<Member, CompletionStage<byte[]>> answer) {
    Member now = member.get();
    if (shell.isOver() || now == null || !now.lifetime().isActive()) {
      return CompletableFuture.failedFuture(
          new MembershipException(shell.self() + " is not active"));
    }
    try {
      return answer.apply(now);
    } catch (WireException e) {
      return CompletableFuture.failedFuture(e);
    }
  }
}
