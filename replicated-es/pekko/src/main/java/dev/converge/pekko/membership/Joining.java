package dev.converge.pekko.membership;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.membership.EpochChange;
import dev.converge.engine.membership.JoinRecord;
import dev.converge.engine.membership.Membership;
import dev.converge.pekko.journal.JournalException;
import dev.converge.pekko.journal.ReplicaLog;
import dev.converge.pekko.journal.ReplicaLog.ExportPage;
import dev.converge.pekko.membership.JoinForms.Answer;
import dev.converge.pekko.wire.LogRow;
import dev.converge.pekko.wire.WireException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How this replica, new to a set that others have formed, comes in: asks one peer after the other,
 * until one has its join record and gives it all that it holds.
 */
final class Joining {
  private static final Duration LIMIT = Duration.ofSeconds(10);
  private static final int MAX_ROWS = 1_000;
  private static final Logger LOG = LoggerFactory.getLogger(Joining.class);

  /** Who hears how it ends. */
  interface Listener {
    /** All is stored: from now on this replica is a member. */
    void joined(JoinRecord record, Membership.Durable membership, Marks marks);

    /** Nobody will ever let this incarnation in. */
    void tooLate();
  }

  private final Shell shell;
  private final Listener listener;
  private final List<ReplicaLog> attics;
  private final Supplier<Map<String, String>> addresses;
  private final List<EpochChange> former;
  private int turn;
  private boolean importing;
  private String status = "no peer has been asked yet";

  Joining(
      Shell shell,
      List<ReplicaLog> attics,
      List<EpochChange> former,
      Supplier<Map<String, String>> addresses,
      Listener listener) {
    this.shell = shell;
    this.attics = attics;
    this.former = former;
    this.addresses = addresses;
    this.listener = listener;
  }

  void start() {
    ask();
  }

  /** How far it is, for people. */
  String status() {
    return status;
  }

  private void again() {
    importing = false;
    shell.laterAbout(shell.settings.retryInterval().multipliedBy(2), this::ask);
  }

  private void ask() {
    List<String> reachable = new ArrayList<>();
    for (String peer : shell.link.peers()) {
      if (shell.link.isReachable(peer)) {
        reachable.add(peer);
      }
    }
    if (reachable.isEmpty()) {
      status = "no peer can be reached";
      again();
      return;
    }
    String peer = reachable.get(Math.floorMod(turn++, reachable.size()));
    byte[] question = new JoinForms.Ask(former, addresses.get()).encode();
    shell.then(
        shell.link.ask(peer, JoinForms.JOIN, question, LIMIT),
        answer -> answered(peer, answer),
        error -> {
          status = peer + " does not answer: " + error.getMessage();
          again();
        });
  }

  private void answered(String peer, byte[] bytes) {
    try {
      Answer answer = Answer.decode(bytes);
      if (answer instanceof Answer.LetIn letIn) {
        letIn(peer, letIn);
      } else if (answer instanceof Answer.Wait wait) {
        status = peer + " says: " + wait.reason();
        bring(peer, wait);
        again();
      } else {
        listener.tooLate();
      }
    } catch (WireException e) {
      status = peer + " answers what this node cannot read: " + e.getMessage();
      again();
    }
  }

  /** Perhaps nobody can let it in before they have what its former incarnation alone has. */
  private void bring(String peer, Answer.Wait wait) {
    if (attics.isEmpty() || wait.held().covers(wait.base())) {
      return;
    }
    shell.blocking(
        () -> {
          List<LogRow> rows = new ArrayList<>();
          for (ReplicaLog attic : attics) {
            wait.base()
                .forEach(
                    (origin, lsn) -> {
                      long from = wait.held().get(origin);
                      if (lsn > from && attic.held().get(origin) > from) {
                        rows.addAll(attic.log(origin, from, MAX_ROWS, shell.settings.pageBytes()));
                      }
                    });
          }
          if (!rows.isEmpty()) {
            shell.run(
                () ->
                    shell.then(
                        shell.link.ask(peer, JoinForms.FORMER, JoinForms.rows(rows), LIMIT),
                        taken -> LOG.info("{} takes what a former incarnation has", peer),
                        error -> LOG.info("{} does not take it: {}", peer, error.toString())));
          }
        });
  }

  private void letIn(String peer, Answer.LetIn letIn) {
    JoinRecord record = letIn.record();
    if (!record.joiner().equals(shell.self()) || importing) {
      again();
      return;
    }
    importing = true;
    Membership.Durable sponsor = MembershipForms.durable(letIn.membership());
    LOG.info("{} is let in by {}, and gets what that one holds", shell.self(), peer);
    shell.then(
        shell.log.importBegin(),
        begun -> nextPage(new Import(peer, record, sponsor), new byte[0]),
        this::failed);
  }

  private record Import(String peer, JoinRecord record, Membership.Durable sponsor) {}

  private void failed(Throwable error) {
    if (shell.log.held().get(shell.self()) > 0) {
      // A command that was under way when writes were stopped: another incarnation brings it along.
      listener.tooLate();
      return;
    }
    status = "taking over a member's data failed, and begins again: " + error.getMessage();
    LOG.warn("{}: {}", shell.self(), status);
    again();
  }

  private void nextPage(Import from, byte[] cursor) {
    shell.then(
        shell.link.ask(from.peer(), JoinForms.EXPORT, JoinForms.cursor(cursor), LIMIT),
        bytes -> {
          try {
            take(from, JoinForms.readPage(bytes));
          } catch (WireException e) {
            failed(e);
          }
        },
        this::failed);
  }

  private void take(Import from, ExportPage page) {
    status = "takes over what " + from.peer() + " holds";
    shell.then(
        shell.log.importPage(page.body()),
        taken -> {
          if (page.cursor().length > 0) {
            nextPage(from, page.cursor());
          } else {
            end(from, page.held());
          }
        },
        this::failed);
  }

  private void end(Import from, VersionVector held) {
    ReplicaId self = shell.self();
    if (!held.covers(from.record().holds()) || held.get(self) > 0) {
      failed(new MembershipException(from.peer() + " gave less than the join record says"));
      return;
    }
    Membership.Durable membership =
        Membership.joining(self, Membership.of(from.sponsor()), held).durable();
    Map<String, byte[]> states = Map.of(Epochs.STATE, MembershipForms.durable(membership));
    shell.clock.observe(from.record().time());
    shell.then(
        // First the promise: a command that was under way comes before it, or not at all.
        shell
            .log
            .promise(from.record().time())
            .thenCompose(promise -> shell.log.importEnd(held, states)),
        ended -> joined(from.record(), membership),
        this::failed);
  }

  private void joined(JoinRecord record, Membership.Durable membership) {
    shell.blocking(
        () -> {
          Marks marks = new Marks();
          try {
            marks.load(shell.log);
          } catch (JournalException | WireException e) {
            LOG.warn("what was taken over cannot be read yet: {}", e.toString());
            shell.run(
                () ->
                    shell.later(shell.settings.retryInterval(), () -> joined(record, membership)));
            return;
          }
          shell.run(() -> listener.joined(record, membership, marks));
        });
  }
}
