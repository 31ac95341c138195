package dev.converge.pekko.peer;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.wire.PeerMessage;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Whether a peer is there, who it is, and when to say something to it.
 *
 * <pre>
 *            a Hello of a new session           its answer to my session, and my log compared
 * DOWN ─────────────────────────────→ GREETING ─────────────────────────────→ UP
 *   ↑                                  │    ↑       another session of it,     │ │
 *   │ silent for lostAfter             │    └────── or it forgot mine ─────────┘ │
 *   └──────────────────────────────────┴─────────────────────────────────────────┘
 * </pre>
 *
 * <p>Unless it is UP, a Hello is sent now and then, with exponential back-off and jitter. A Hello
 * that wants an answer is answered; an answer wants one only while its sender has none. So the
 * greetings end, whatever is lost or doubled. Single-threaded; time and chance are arguments.
 */
final class Peering {
  enum State {
    DOWN,
    GREETING,
    UP
  }

  /** How many ended sessions of a peer are remembered: their Hellos may still be on their way. */
  private static final int ENDED = 8;

  private final LinkSettings.Timing timing;
  private final RandomGenerator random;
  private final Deque<Long> ended = new ArrayDeque<>();

  private State state = State.DOWN;
  private @Nullable ReplicaId replica;
  private long session;
  private long lsn;
  private boolean answered;
  private boolean met;
  private long toldNumber;
  private long lastHeard;
  private long lastTold;
  private long nextHello = Long.MIN_VALUE;
  private long lastHello = Long.MIN_VALUE;
  private int attempts;
  private VersionVector held = VersionVector.empty();

  Peering(LinkSettings settings, RandomGenerator random) {
    this.timing = settings.timing();
    this.random = random;
  }

  /** Whether to say Hello now; the next time is fixed then. */
  boolean helloIsDue(long now) {
    if (state == State.UP || now < nextHello) {
      return false;
    }
    long pause = Math.min(timing.greetAfter() << Math.min(attempts, 20), timing.greetAtMost());
    attempts++;
    nextHello = now + pause / 2 + random.nextLong(pause / 2 + 1);
    lastHello = now;
    return true;
  }

  /** Whether to tell it something, only so that it hears something. */
  boolean heartbeatIsDue(long now) {
    return state == State.UP && now - lastTold >= timing.heartbeat();
  }

  void told(long now) {
    lastTold = now;
  }

  long lastTold() {
    return lastTold;
  }

  /**
   * Something other than a Hello came.
   *
   * @return whether it belongs to the peer's present session
   */
  boolean heard(ReplicaId from, long ofSession, long now) {
    if (state == State.DOWN) {
      // It is there, and thinks that so am I: greet it, but not for each of its messages.
      if (now - timing.greetAfter() >= lastHello) {
        nextHello = now;
      }
      return false;
    }
    if (ofSession != session || !from.equals(replica)) {
      return false;
    }
    lastHeard = now;
    return true;
  }

  /**
   * A Hello came.
   *
   * @param mySession this node's
   * @return false if it is an old one, to be ignored
   */
  boolean hello(ReplicaId from, long ofSession, PeerMessage.Hello hello, long mySession, long now) {
    if (ended.contains(ofSession)
        || (ofSession == session && hello.state().number() <= toldNumber)) {
      return false;
    }
    if (ofSession != session || !from.equals(replica)) {
      if (session != 0 && ofSession != session) {
        ended.add(session);
        if (ended.size() > ENDED) {
          ended.remove();
        }
      }
      session = ofSession;
      replica = from;
      greet(now);
    } else if (state == State.DOWN || hello.answers() != mySession) {
      greet(now);
    }
    toldNumber = hello.state().number();
    held = hello.state().held();
    lsn = hello.ownLsn();
    lastHeard = now;
    return true;
  }

  private void greet(long now) {
    state = State.GREETING;
    answered = false;
    toldNumber = 0;
    attempts = 1;
    nextHello = now + timing.greetAfter();
  }

  /** It answers my session. */
  void answers() {
    answered = true;
  }

  /** The comparison did not come to an end: another answer is needed. */
  void compareAgain() {
    answered = false;
  }

  /** The handshake is through. */
  void up(long now) {
    state = State.UP;
    met = true;
    attempts = 0;
    lastTold = now;
  }

  /**
   * It told what it holds.
   *
   * @return false if it said something later before
   */
  boolean told(PeerMessage.Told told) {
    if (told.number() <= toldNumber) {
      return false;
    }
    toldNumber = told.number();
    held = told.held();
    return true;
  }

  /**
   * Time passes.
   *
   * @return whether the peer is out of reach from now on
   */
  boolean isLost(long now) {
    if (state == State.DOWN || now - lastHeard < timing.lostAfter()) {
      return false;
    }
    state = State.DOWN;
    answered = false;
    nextHello = now;
    return true;
  }

  /** Whether the peer was met since it was last lost; asked once when it is lost. */
  boolean endMet() {
    boolean was = met;
    met = false;
    return was;
  }

  State state() {
    return state;
  }

  boolean isUp() {
    return state == State.UP;
  }

  /** Whether an answer to my session is missing. */
  boolean wantsAnswer() {
    return !answered;
  }

  /** Whether it was met, and heard lately: also while it is greeted again. */
  boolean isReachable(long now) {
    return met && now - lastHeard < timing.lostAfter();
  }

  /** Who it is, or was when it was last heard. */
  @Nullable ReplicaId replica() {
    return replica;
  }

  /** The session of the peer that is being talked to; 0 if there is none. */
  long session() {
    return state == State.DOWN ? 0 : session;
  }

  /** The end of its own log, when it last said Hello. */
  long lsn() {
    return lsn;
  }

  /** What it said it has stored. */
  VersionVector held() {
    return held;
  }
}
