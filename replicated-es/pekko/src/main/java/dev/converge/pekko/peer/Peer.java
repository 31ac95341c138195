package dev.converge.pekko.peer;

import dev.converge.crdt.clock.ReplicaId;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** The machines of one peer. */
final class Peer {
  final String name;
  final Peering peering;
  final LogSender sender;
  final ClockWatch clock;

  /** Who it was when it was last met. */
  @Nullable ReplicaId met;

  /** To be told at the next tick, or when it was told nothing for a while. */
  boolean tellSoon;

  boolean tellNextTick;

  /** A Hello waits for the database. */
  boolean greets;

  /** A request of it is being answered. */
  boolean serves;

  /** Questions of it that are being answered. */
  int answers;

  /** Which comparison of logs is the present one. */
  long comparison;

  boolean isRemoved;

  /** Rows that came from it. */
  long rowsReceived;

  long rowsSent;

  Peer(String name, LogSender sender, LinkSettings settings, RandomGenerator random) {
    this.name = name;
    this.sender = sender;
    this.peering = new Peering(settings, random);
    this.clock = new ClockWatch(settings.timing().skewLimit());
  }
}
