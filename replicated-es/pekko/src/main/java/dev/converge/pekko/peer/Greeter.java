package dev.converge.pekko.peer;

import dev.converge.crdt.binary.BinaryReader;
import dev.converge.crdt.binary.BinaryWriter;
import dev.converge.crdt.binary.DecodingException;
import dev.converge.crdt.binary.DecodingLimits;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.pekko.journal.ReplicaLog;
import dev.converge.pekko.replication.PeerException;
import dev.converge.pekko.wire.PeerMessage.Hello;
import dev.converge.pekko.wire.PeerMessage.Holding;
import dev.converge.pekko.wire.RowHash;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The handshake: says Hello, with how much of the peer's log is held here, and compares what the
 * peer holds of the own log. If the last common row is not the same on both sides, a binary search
 * finds up to where they are. Single-threaded.
 */
final class Greeter {
  /**
   * Questions for the hash of a row: name, incarnation and number; the answer is empty if it is
   * gone.
   */
  static final String ROW_HASH = "row-hash";

  private static final long HASH_LIMIT = 5_000;

  private final LinkMachine link;
  private final ReplicaLog log;
  private final ReplicaId self;
  private final LogServer server;
  private final Questions questions;
  private final LinkEffects effects;
  private final long session;

  Greeter(
      LinkMachine link,
      ReplicaLog log,
      LogServer server,
      Questions questions,
      LinkEffects effects,
      long session) {
    this.link = link;
    this.log = log;
    this.self = log.self();
    this.server = server;
    this.questions = questions;
    this.effects = effects;
    this.session = session;
    questions.onAsk(ROW_HASH, this::hash);
  }

  /** Says Hello. If the peer is known, the hash of a row may have to be read first. */
  void hello(Peer peer) {
    ReplicaId replica = peer.peering.replica();
    if (peer.peering.session() == 0 || replica == null) {
      send(peer, null);
      return;
    }
    if (peer.greets) {
      return;
    }
    long held = log.held().get(replica);
    long at = Math.min(held, peer.peering.lsn());
    if (at == 0) {
      send(peer, new Holding(replica, held, 0, new byte[0]));
      return;
    }
    peer.greets = true;
    server.row(
        replica,
        at,
        (isRead, row) -> {
          peer.greets = false;
          if (isRead && replica.equals(peer.peering.replica()) && !peer.isRemoved) {
            byte[] hash = row == null ? new byte[0] : RowHash.of(row);
            send(peer, new Holding(replica, held, at, hash));
          } // else it says Hello again, or this node does
        });
  }

  private void send(Peer peer, @Nullable Holding yours) {
    long answers = yours == null ? 0 : peer.peering.session();
    effects.send(
        peer.name,
        new Hello(
            answers,
            peer.peering.wantsAnswer(),
            log.held().get(self),
            link.state(peer),
            yours,
            link.greeting()));
  }

  /** A Hello came. */
  void greeted(Peer peer, Hello hello) {
    Holding yours = hello.yours();
    if (hello.answers() == session && yours != null && yours.origin().equals(self)) {
      peer.peering.answers();
      if (!peer.peering.isUp()) {
        compare(peer, hello, yours);
      }
    }
    if (hello.wantsAnswer() || peer.peering.wantsAnswer()) {
      hello(peer);
    }
  }

  private void compare(Peer peer, Hello hello, Holding yours) {
    long comparison = ++peer.comparison;
    long at = yours.at();
    if (at > log.held().get(self)) {
      peer.peering.compareAgain(); // it speaks of more than it was told
      return;
    }
    long common = Math.min(yours.lsn(), log.held().get(self));
    if (common == at) {
      compare(peer, hello, yours, at, yours.hash(), comparison);
      return;
    }
    // SUBTLE: it spoke of the last common row by what it knew of this log then, and one of the two
    // has got more of it since. Taken as it is, what was not compared would look like a fork.
    askHash(
        peer,
        common,
        comparison,
        theirs -> compare(peer, hello, yours, common, theirs, comparison));
  }

  /** Compares one row, which is the last that both have. */
  private void compare(
      Peer peer, Hello hello, Holding yours, long at, byte[] theirs, long comparison) {
    if (at == 0 || theirs.length == 0) {
      link.met(peer, hello, yours.lsn(), at, true);
      return;
    }
    isSame(
        peer,
        at,
        theirs,
        comparison,
        same -> {
          if (same) {
            link.met(peer, hello, yours.lsn(), at, true);
          } else {
            search(peer, hello, yours, 0, at, comparison);
          }
        });
  }

  /** Up to {@code same} the logs are the same, at {@code other} they are not. */
  private void search(
      Peer peer, Hello hello, Holding yours, long same, long other, long comparison) {
    if (other - same <= 1) {
      effects.report(
          new LinkReport(
              LinkReport.Kind.CONTRADICTION,
              peer.name,
              self,
              other,
              peer.name
                  + " has another row "
                  + other
                  + " of this node's log than this node; up to row "
                  + same
                  + " they are the same. Its row "
                  + yours.at()
                  + " has the hash "
                  + HexFormat.of().formatHex(yours.hash())
                  + ". This node's database was continued twice, as after a backup was put back"));
      link.met(peer, hello, yours.lsn(), same, false);
      return;
    }
    long middle = same + (other - same) / 2;
    askHash(
        peer,
        middle,
        comparison,
        theirs ->
            isSame(
                peer,
                middle,
                theirs,
                comparison,
                isSame ->
                    search(
                        peer,
                        hello,
                        yours,
                        isSame ? middle : same,
                        isSame ? other : middle,
                        comparison)));
  }

  /** Asks for the hash of a row of the own log; without an answer all is compared again. */
  private void askHash(Peer peer, long lsn, long comparison, Consumer<byte[]> then) {
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    questions.ask(peer.name, ROW_HASH, question(self, lsn), link.now() + HASH_LIMIT, answer);
    answer.whenComplete(
        (theirs, error) -> {
          if (comparison != peer.comparison) {
            return;
          }
          if (error != null) {
            peer.peering.compareAgain();
          } else {
            then.accept(theirs);
          }
        });
  }

  /**
   * Whether a row of the own log is what the peer has; so it counts if one of them is gone, or if
   * the own one is erased: the peer's is then, too, or will be as soon as it has heard of it.
   */
  private void isSame(Peer peer, long lsn, byte[] theirs, long comparison, Consumer<Boolean> then) {
    server.row(
        self,
        lsn,
        (isRead, row) -> {
          if (comparison != peer.comparison) {
            return;
          }
          if (!isRead) {
            peer.peering.compareAgain();
          } else {
            then.accept(
                row == null
                    || theirs.length == 0
                    || RowCheck.isErased(row)
                    || RowCheck.isSame(row, theirs));
          }
        });
  }

  private static byte[] question(ReplicaId origin, long lsn) {
    BinaryWriter out = new BinaryWriter().writeString(origin.name());
    return out.writeVarint(origin.incarnation()).writeVarint(lsn).toByteArray();
  }

  private CompletionStage<byte[]> hash(ReplicaId from, byte[] body) {
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    ReplicaId origin;
    long lsn;
    try {
      BinaryReader in = new BinaryReader(body, DecodingLimits.DEFAULT);
      origin = new ReplicaId(in.readString(), in.readNatural());
      lsn = in.readNatural();
      in.expectEnd();
    } catch (DecodingException | IllegalArgumentException e) {
      throw new PeerException("not a question for the hash of a row: " + e.getMessage());
    }
    if (lsn < 1 || lsn > log.held().get(origin)) {
      throw new PeerException("row " + lsn + " of " + origin + " is not held here");
    }
    server.row(
        origin,
        lsn,
        (isRead, row) -> {
          if (isRead) {
            answer.complete(row == null ? new byte[0] : RowHash.of(row));
          } else {
            answer.completeExceptionally(new PeerException("the journal cannot be read"));
          }
        });
    return answer;
  }
}
