package dev.converge.engine.testkit;

import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.fold.EntityModel;
import dev.converge.engine.fold.FoldException;
import dev.converge.engine.fold.FoldOptions;
import dev.converge.engine.fold.Folded;
import dev.converge.engine.fold.IndexedFold;
import dev.converge.engine.fold.NaiveFold;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Checks what the fold relies on, on random histories of one's own events:
 *
 * <pre>{@code
 * EntityLaws.of(new Cart().model())
 *     .events(random -> new Added("item-" + random.nextInt(3), 1 + random.nextInt(2)))
 *     .check();
 * }</pre>
 *
 * <p>A failure prints the law, the two shortest histories found that differ and what each came to,
 * or the shortest one on which user code fails, and the seed; {@link #seed} runs that one again.
 * What it cannot see: a clock read so coarsely that it does not move while the check runs, and what
 * the generated events never do. Not for several threads.
 *
 * @param <S> the type of states
 * @param <E> the type of payloads
 */
public final class EntityLaws<S, E> {
  private static final int HISTORIES = 500;
  private static final int LONGEST = 24;

  private static final int TRIES = 3;

  /** Long enough that a clock in milliseconds has moved. */
  private static final long PAUSE_NANOS = 2_500_000;

  /** What a model promises. */
  public enum Law {
    /** The handler and the resolver answer for every event in every state. */
    TOTAL("the handler and the resolver answer for every event in every state"),
    /** The handler and the resolver give the same answer for the same input, and leave it as is. */
    PURE("the handler and the resolver are functions of their input, which they do not change"),
    /** A later run over the same events comes to the same, in states equal by value. */
    REPEATABLE("the same events give equal states and decisions at any time"),
    /**
     * All deliveries of the same events come to the same; also where the model says it commutes.
     */
    CONVERGENT("replicas that hold the same events agree, in whichever order these came");

    private final String text;

    Law(String text) {
      this.text = text;
    }

    /** In words. */
    @Override
    public String toString() {
      return text;
    }
  }

  private record Run<S, E>(
      long seed, List<ReplicatedEvent<E>> events, NaiveFold.Result<S, E> result) {}

  private final EntityModel<S, E> model;
  private @Nullable EventGenerator<S, E> generator;
  private int histories = HISTORIES;
  private int longest = LONGEST;
  private @Nullable Long only;

  private EntityLaws(EntityModel<S, E> model) {
    this.model = model;
  }

  /** The laws for a model. */
  public static <S, E> EntityLaws<S, E> of(EntityModel<S, E> model) {
    return new EntityLaws<>(model);
  }

  /** Where events come from, if they need not fit the state. */
  public EntityLaws<S, E> events(Function<Random, E> events) {
    return events((author, random) -> events.apply(random));
  }

  /** Where events come from. */
  public EntityLaws<S, E> events(EventGenerator<S, E> events) {
    this.generator = events;
    return this;
  }

  /** How many histories; 500 if not set. */
  public EntityLaws<S, E> histories(int count) {
    this.histories = requirePositive("number of histories", count);
    return this;
  }

  /** How many events the longest histories have; 24 if not set. */
  public EntityLaws<S, E> longest(int events) {
    this.longest = requirePositive("longest history", events);
    return this;
  }

  /** Runs the history of this seed alone. */
  public EntityLaws<S, E> seed(long seed) {
    this.only = seed;
    return this;
  }

  private static int requirePositive(String what, int count) {
    if (count < 1) {
      throw new IllegalArgumentException("the " + what + " is at least 1, not " + count);
    }
    return count;
  }

  /**
   * Looks for a history that breaks a law.
   *
   * @throws LawViolation if there is one
   * @throws IllegalStateException if no events were given
   */
  public void check() {
    List<Run<S, E>> runs = new ArrayList<>();
    long first = only == null ? 1 : only;
    long last = only == null ? histories : only;
    for (long seed = first; seed <= last; seed++) {
      runs.add(checkOne(seed));
    }
    pause();
    for (Run<S, E> run : runs) {
      if (!NaiveFold.fold(model, run.events()).equals(run.result())) {
        throw unsteady(run.seed(), run.events(), run.result());
      }
    }
  }

  private Run<S, E> checkOne(long seed) {
    EventGenerator<S, E> events = generator;
    if (events == null) {
      throw new IllegalStateException(
          "say where events come from before check(): EntityLaws.of(model).events(...)");
    }
    Random random = new Random(seed);
    List<ReplicatedEvent<E>> history;
    try {
      history = RandomHistories.of(model, events, random, 1 + random.nextInt(longest));
    } catch (FoldException e) {
      throw violation(seed, List.of(), breach(e));
    }
    throwIfBroken(seed, history, this::impure);
    NaiveFold.Result<S, E> result = NaiveFold.fold(model, history);
    if (!NaiveFold.fold(model, history).equals(result)) {
      throw unsteady(seed, history, result);
    }
    for (int i = 0; i < 3; i++) {
      long delivery = random.nextLong();
      throwIfBroken(seed, history, some -> diverges(some, delivery));
    }
    return new Run<>(seed, history, result);
  }

  private void throwIfBroken(
      long seed,
      List<ReplicatedEvent<E>> history,
      Function<List<ReplicatedEvent<E>>, Optional<Breach<E>>> check) {
    Optional<Breach<E>> breach = check.apply(history);
    if (breach.isPresent()) {
      if (breach.get().law() != Law.TOTAL && isUnsteady(history).isPresent()) {
        // It shows in many ways, and not in each run.
        check = this::isUnsteady;
      }
      List<ReplicatedEvent<E>> smallest = smaller(history, check);
      throw violation(seed, smallest, check.apply(smallest).orElse(breach.get()));
    }
  }

  private LawViolation unsteady(
      long seed, List<ReplicatedEvent<E>> history, NaiveFold.Result<S, E> before) {
    List<ReplicatedEvent<E>> smallest = smaller(history, this::isUnsteady);
    return violation(
        seed,
        smallest,
        isUnsteady(smallest)
            .orElseGet(() -> changed(history, before, NaiveFold.fold(model, history))));
  }

  /** What has to do with time or chance does not show each time. */
  private Optional<Breach<E>> isUnsteady(List<ReplicatedEvent<E>> events) {
    Optional<Breach<E>> breach = Optional.empty();
    for (int i = 0; i < TRIES && breach.isEmpty(); i++) {
      breach = impure(events).or(() -> changesWithTime(events));
    }
    return breach;
  }

  private Optional<Breach<E>> impure(List<ReplicatedEvent<E>> events) {
    try {
      NaiveFold.fold(model, events, FoldOptions.DEFAULT.withChecks());
      return Optional.empty();
    } catch (FoldException e) {
      return Optional.of(breach(e));
    }
  }

  private Breach<E> breach(FoldException e) {
    return new Breach<>(
        e.getCause() == null ? Law.PURE : Law.TOTAL, String.valueOf(e.getMessage()), List.of());
  }

  private Optional<Breach<E>> changesWithTime(List<ReplicatedEvent<E>> events) {
    NaiveFold.Result<S, E> one = NaiveFold.fold(model, events);
    pause();
    NaiveFold.Result<S, E> two = NaiveFold.fold(model, events);
    return one.equals(two) ? Optional.empty() : Optional.of(changed(events, one, two));
  }

  private Breach<E> changed(
      List<ReplicatedEvent<E>> events, NaiveFold.Result<S, E> one, NaiveFold.Result<S, E> two) {
    return new Breach<>(
        Law.REPEATABLE,
        one.toString().equals(two.toString())
            ? "if the two are equal to you, states or events lack equals by value"
            : "is there a clock, randomness or something from outside?",
        List.of(
            new Breach.History<>("folded once", List.of(events), differing(one, two)),
            new Breach.History<>("folded again", List.of(events), differing(two, one))));
  }

  /** The state, or the first decision that differs where states are equal. */
  private static <S, E> String differing(NaiveFold.Result<S, E> one, NaiveFold.Result<S, E> two) {
    if (!one.state().equals(two.state())) {
      return "state " + one.state();
    }
    for (int i = 0; i < one.history().size(); i++) {
      if (!Objects.equals(one.history().get(i), two.history().get(i))) {
        return one.history().get(i).dot() + " " + one.history().get(i).decision();
      }
    }
    return "conflicts " + one.conflicts();
  }

  private Optional<Breach<E>> diverges(List<ReplicatedEvent<E>> events, long delivery) {
    List<List<ReplicatedEvent<E>>> batches = RandomHistories.batches(new Random(delivery), events);
    IndexedFold<S, E> fold = new IndexedFold<>(model);
    batches.forEach(fold::insert);
    NaiveFold.Result<S, E> expected = NaiveFold.fold(model, events);
    NaiveFold.Result<S, E> actual;
    try {
      actual =
          new NaiveFold.Result<>(
              fold.state(), fold.history(0, Integer.MAX_VALUE).events(), fold.openConflicts());
    } catch (FoldException e) {
      return Optional.of(breach(e));
    }
    if (expected.equals(actual)) {
      return Optional.empty();
    }
    List<ReplicatedEvent<E>> inOrder = expected.history().stream().map(Folded::event).toList();
    return Optional.of(
        new Breach<>(
            Law.CONVERGENT,
            model.commutes()
                ? "the model says that it commutes; does it?"
                : "is something from outside at work, or remembered between calls?",
            List.of(
                new Breach.History<>(
                    "at a replica that got all at once",
                    List.of(inOrder),
                    differing(expected, actual)),
                new Breach.History<>(
                    "at a replica that got them in this order",
                    batches,
                    differing(actual, expected)))));
  }

  /** Leaves out one event after the other as long as it still fails. */
  private List<ReplicatedEvent<E>> smaller(
      List<ReplicatedEvent<E>> history,
      Function<List<ReplicatedEvent<E>>, Optional<Breach<E>>> check) {
    List<ReplicatedEvent<E>> smallest = history;
    for (int i = 0; i < smallest.size(); ) {
      List<ReplicatedEvent<E>> less = new ArrayList<>(smallest);
      less.remove(i);
      if (check.apply(less).isPresent()) {
        smallest = less;
        i = 0;
      } else {
        i++;
      }
    }
    return smallest;
  }

  private LawViolation violation(long seed, List<ReplicatedEvent<E>> events, Breach<E> breach) {
    return new LawViolation(breach.law(), seed, events.size(), breach.describe(seed, events));
  }

  private static void pause() {
    long start = System.nanoTime();
    while (System.nanoTime() - start < PAUSE_NANOS) {
      Thread.onSpinWait();
    }
  }
}
