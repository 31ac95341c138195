package dev.converge.pekko.membership;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.frontier.Promise;
import dev.converge.pekko.replication.MembershipSide;
import dev.converge.pekko.wire.LogRow;
import dev.converge.pekko.wire.WireException;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the link asks of an incarnation and tells it, handed to whatever part of it there is at the
 * time. On the loop.
 */
record FromLink(Shell shell, Incarnation incarnation) implements MembershipSide {
  private static final Logger LOG = LoggerFactory.getLogger(FromLink.class);

  @Override
  public long epoch() {
    Member member = incarnation.member();
    return member == null ? -1 : member.set().epoch();
  }

  @Override
  public boolean mayStore(ReplicaId origin, long lsn) {
    Member member = incarnation.member();
    return member != null && member.mayStore(origin, lsn);
  }

  @Override
  public void waits(LogRow row) {
    Member member = incarnation.member();
    if (member != null && !shell.isOver()) {
      member.waits(row);
    }
  }

  @Override
  public boolean tells(ReplicaId peer) {
    Member member = incarnation.member();
    return member != null && member.tells(peer);
  }

  @Override
  public Map<ReplicaId, Promise> promises() {
    Member member = incarnation.member();
    return member == null ? Map.of() : member.promises();
  }

  @Override
  public byte[] greeting() {
    return incarnation.peers().greeting().encode();
  }

  @Override
  public void met(
      String peer,
      ReplicaId replica,
      long epoch,
      VersionVector held,
      Map<ReplicaId, Promise> promises,
      long ownLsn,
      long sameUpTo,
      byte[] greeting) {
    Greeting said = Peers.decode(peer, greeting);
    if (said == null || shell.isOver()) {
      return;
    }
    incarnation.heard(replica, said);
    incarnation.confirmations().met(replica, held);
    Member member = incarnation.member();
    if (member != null) {
      member.met(replica, epoch, held, promises, ownLsn, sameUpTo, said);
    }
  }

  @Override
  public void lost(String peer) {
    incarnation.publish();
  }

  @Override
  public void told(
      ReplicaId from, long epoch, VersionVector held, Map<ReplicaId, Promise> promises) {
    Member member = incarnation.member();
    if (!shell.isOver() && member != null && incarnation.peers().isOfSameSet(from)) {
      incarnation.confirmations().told(from, held);
      member.told(from, epoch, held, promises);
    }
  }

  @Override
  public void came(String peer, ReplicaId from, byte[] message) {
    if (shell.isOver()) {
      return;
    }
    try {
      came(peer, from, Message.decode(message));
    } catch (WireException e) {
      LOG.warn("{} says what this node cannot read: {}", peer, e.getMessage());
    }
  }

  private void came(String peer, ReplicaId from, Message said) {
    Peers peers = incarnation.peers();
    Unformed unformed = incarnation.unformed();
    Member member = incarnation.member();
    if (said instanceof Message.Hello hello) {
      incarnation.heard(from, hello.greeting());
      if (hello.asks()) {
        peers.say(peer, new Message.Hello(peers.greeting(), false));
      }
    } else if (said instanceof Message.PledgeAsk ask && unformed != null) {
      unformed.take(new Formation.Input.PledgeAsked(from, ask.members()));
    } else if (said instanceof Message.Pledge pledge && unformed != null) {
      unformed.take(new Formation.Input.Pledged(from, pledge.founder()));
    } else if (said instanceof Message.About about
        && member != null
        && about.to().equals(shell.self())) {
      member.came(from, about.message());
    }
  }

  @Override
  public void stored(List<LogRow> rows) {
    incarnation.stored(rows);
  }
}
