package dev.converge.pekko.entity;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.engine.membership.ReplicaSet;
import dev.converge.pekko.PeerQuestions;
import dev.converge.pekko.journal.JournalException;
import dev.converge.pekko.wire.LogRow;
import dev.converge.pekko.wire.WireException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whose events' hooks this node calls: its own; and, if it is the smallest member, those of
 * replicas that were retired. Nodes ask each other now and then up to where that is done, and
 * remember it, so that whoever takes over begins there. Thread-safe.
 */
final class Hooks {
  private static final Logger LOG = LoggerFactory.getLogger(Hooks.class);
  private static final String STATE = "final-hooks";
  private static final String OF_OTHERS = "final-hooks-of-others";
  private static final String TOPIC = "final-hooks";
  private static final Duration LIMIT = Duration.ofSeconds(10);

  private final Hosting hosting;
  private final OriginHooks own;
  private final Map<ReplicaId, OriginHooks> takenOver = new ConcurrentHashMap<>();

  /** Up to where others are done, by origin. */
  private final Map<String, Long> marks = new ConcurrentHashMap<>();

  /**
   * Begins where it was left. Blocks shortly on the database.
   *
   * @throws JournalException if that cannot be read or written
   */
  Hooks(Hosting hosting) {
    this.hosting = hosting;
    ReplicaId self = hosting.self();
    Long found = OriginHooks.read(hosting.log().state(STATE));
    long doneUpTo;
    if (found == null) {
      // Hooks are for what is written from now on, and that must still hold after a crash.
      doneUpTo = hosting.log().held().get(self);
      hosting
          .log()
          .putState(STATE, OriginHooks.write(doneUpTo))
          .toCompletableFuture()
          .orTimeout(LIMIT.toMillis(), TimeUnit.MILLISECONDS)
          .join();
    } else {
      doneUpTo = found;
    }
    hosting
        .log()
        .state(OF_OTHERS)
        .ifPresent(
            bytes -> marks.putAll(PeerForms.read(bytes, PeerForms.HooksAnswer.class).done()));
    own = new OriginHooks(hosting, self, STATE, doneUpTo);
    hosting.parts().peers().answer(TOPIC, this::answer);
  }

  private CompletionStage<byte[]> answer(byte[] question) {
    Map<String, Long> done = new TreeMap<>();
    done.put(hosting.self().toString(), own.doneUpTo());
    takenOver.forEach((origin, hooks) -> done.put(origin.toString(), hooks.doneUpTo()));
    return CompletableFuture.completedFuture(PeerForms.write(new PeerForms.HooksAnswer(done)));
  }

  void committed(List<LogRow> rows) {
    for (LogRow row : rows) {
      OriginHooks hooks = row.origin().equals(hosting.self()) ? own : takenOver.get(row.origin());
      if (hooks != null) {
        hooks.committed(row);
      }
    }
  }

  /** Goes on with what can be done now: after the frontier has moved, and each second. */
  void turn() {
    own.turn();
    takenOver.values().forEach(OriginHooks::turn);
  }

  /** Each second. */
  void tick() {
    turn();
    own.save(hosting::settleAgain);
    takenOver.values().forEach(hooks -> hooks.save(() -> {}));
  }

  /** Up to where the own ones are done, durably. */
  long ownDoneUpTo() {
    return own.doneUpTo();
  }

  long waiting() {
    return own.waiting() + takenOver.values().stream().mapToLong(OriginHooks::waiting).sum();
  }

  Map<String, String> failures() {
    Map<String, String> failures = new TreeMap<>(own.failures());
    takenOver.values().forEach(hooks -> failures.putAll(hooks.failures()));
    return failures;
  }

  /** Now and then: asks peers up to where they are, and takes over what nobody does. */
  void look() {
    PeerQuestions peers = hosting.parts().peers();
    CompletableFuture<Void> all = CompletableFuture.completedFuture(null);
    for (String peer : peers.peers()) {
      CompletionStage<Void> asked =
          peers
              .ask(peer, TOPIC, new byte[0], LIMIT)
              .handle(
                  (answer, error) -> {
                    if (error == null) {
                      note(peer, answer);
                    }
                    return null;
                  });
      all = all.thenCombine(asked, (one, two) -> null);
    }
    all.thenRunAsync(this::takeOver, hosting.blocking());
  }

  private void note(String peer, byte[] answer) {
    try {
      PeerForms.read(answer, PeerForms.HooksAnswer.class)
          .done()
          .forEach((origin, lsn) -> marks.merge(origin, lsn, Math::max));
    } catch (WireException e) {
      LOG.warn("{} does not say up to where its hooks are done: {}", peer, e.getMessage());
    }
  }

  private void takeOver() {
    try {
      hosting.log().putState(OF_OTHERS, PeerForms.write(new PeerForms.HooksAnswer(marks)));
      ReplicaSet set = hosting.parts().replicas().set();
      if (set == null || !set.members().first().equals(hosting.self())) {
        return;
      }
      for (ReplicaId origin : hosting.log().held().entries().keySet()) {
        if (!set.contains(origin) && !takenOver.containsKey(origin)) {
          takenOver.put(origin, begin(origin));
        }
      }
    } catch (JournalException e) {
      LOG.info("hooks of retired replicas have to wait: {}", e.getMessage());
    }
  }

  private OriginHooks begin(ReplicaId origin) {
    String state = STATE + "/" + origin;
    Long found = OriginHooks.read(hosting.log().state(state));
    Long mark = marks.get(origin.toString());
    long doneUpTo = Math.max(found == null ? 0 : found, mark == null ? 0 : mark);
    LOG.info("this node calls the hooks of {} from row {} of its log on", origin, doneUpTo + 1);
    return new OriginHooks(hosting, origin, state, doneUpTo);
  }
}
