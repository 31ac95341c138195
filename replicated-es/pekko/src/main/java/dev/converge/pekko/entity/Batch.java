package dev.converge.pekko.entity;

import dev.converge.engine.fold.FoldException;
import dev.converge.pekko.Choice;
import dev.converge.pekko.CommandRefusedException;
import dev.converge.pekko.EntityErasedException;
import dev.converge.pekko.EntityUnavailableException;
import dev.converge.pekko.Erasure;
import dev.converge.pekko.wire.EventRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work that is decided together: what it stores, and what is to be said once that is stored.
 * Refusals and looks wait too, as they may rest on what is not stored yet.
 */
final class Batch<C, E, S> {
  private static final Logger LOG = LoggerFactory.getLogger(Batch.class);

  private final String key;
  private final LiveEntity<C, E, S> live;
  private final Publishing<S> publishing;
  private final List<EventRecord> events = new ArrayList<>();
  private final List<Runnable> answers = new ArrayList<>();
  private final List<Runnable> looks = new ArrayList<>();

  /** The record by which this batch erases the entity; null if it does not. */
  private @Nullable EventRecord erasure;

  Batch(String key, LiveEntity<C, E, S> live, Publishing<S> publishing) {
    this.key = key;
    this.live = live;
    this.publishing = publishing;
  }

  /** What is to be stored. */
  List<EventRecord> events() {
    return events;
  }

  /** Answers commands. */
  void answer() {
    answers.forEach(Runnable::run);
  }

  /** Whether somebody only looks. */
  boolean hasLooks() {
    return !looks.isEmpty();
  }

  /** Answers who only looks. */
  void look() {
    looks.forEach(Runnable::run);
  }

  /**
   * Decides a piece of work.
   *
   * @throws TailWantedException if that needs what has left memory; nothing is done then
   */
  @SuppressWarnings("unchecked") // the typed EntityRef made the message
  void deal(EntityMsg.Work work) {
    if (work.answer().isDone()) {
      return; // nobody waits any more
    }
    EventRecord record = erasure;
    if (record != null) {
      RuntimeException why = new EntityErasedException(Hosting.shown(key), Erasure.of(record));
      answers.add(() -> work.answer().completeExceptionally(why));
    } else if (work instanceof EntityMsg.Run run) {
      write(run, () -> live.run((C) run.command(), run.request()));
    } else if (work instanceof EntityMsg.Decide decide) {
      Choice<C> choice = (Choice<C>) decide.choice();
      write(decide, () -> live.decide(decide.conflict(), choice, decide.request()));
    } else if (work instanceof EntityMsg.Bring bring) {
      write(bring, () -> live.bring(bring.former(), bring.name(), bring.seen()));
    } else if (work instanceof EntityMsg.Erase erase) {
      erase(erase);
    } else if (work instanceof EntityMsg.Look<?> look) {
      looks.add(() -> Publishing.answer(look, live));
    } else if (work instanceof EntityMsg.Await<?> await) {
      looks.add(() -> publishing.add(await, live));
    } else if (work instanceof EntityMsg.Subscribe subscribe) {
      looks.add(() -> publishing.add((Feed<S>) subscribe.feed(), live));
    }
  }

  private void erase(EntityMsg.Erase erase) {
    try {
      EventRecord record = live.erase(erase.reason());
      events.add(record);
      erasure = record;
      answers.add(() -> erase.answer().complete(record));
    } catch (EntityUnavailableException e) {
      answers.add(() -> erase.answer().completeExceptionally(e));
    }
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // the typed EntityRef that asked casts it back
  private void write(EntityMsg.Write write, Supplier<Decided<S>> decide) {
    Decided<S> decided;
    try {
      decided = decide.get();
    } catch (TailWantedException e) {
      throw e;
    } catch (CommandRefusedException | FoldException | EntityUnavailableException e) {
      answers.add(() -> write.answer().completeExceptionally(e));
      return;
    } catch (RuntimeException e) {
      LOG.warn("a command of {} failed in its handler", key, e);
      answers.add(() -> write.answer().completeExceptionally(e));
      return;
    }
    events.addAll(decided.events());
    answers.add(
        () -> {
          RuntimeException failure = decided.failure();
          if (failure != null) {
            write.answer().completeExceptionally(failure);
          } else {
            ((CompletableFuture) write.answer()).complete(live.answer(decided));
          }
        });
  }
}
