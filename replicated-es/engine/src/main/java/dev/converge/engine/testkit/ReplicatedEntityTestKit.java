package dev.converge.engine.testkit;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.fold.EntityModel;
import dev.converge.engine.fold.Folded;
import dev.converge.engine.fold.NaiveFold;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * One entity at several replicas, driven by a test: commands at any of them, deliveries in any
 * order, links cut and healed, clocks that disagree. Nothing happens by itself, nothing is random,
 * so a test means the same each time.
 *
 * <pre>{@code
 * var kit = ReplicatedEntityTestKit.create(cart.model(), CartTest::decide, "a", "b", "c");
 * kit.at("a").run(new Add("tea", 2));
 * kit.at("b").run(new Add("milk", 1));
 * kit.deliver("a", "b");
 * assertThat(kit.at("b").state().items()).containsOnlyKeys("tea", "milk");
 * kit.deliverAll();
 * kit.assertConverged();
 * }</pre>
 *
 * <p>Handler and resolver are called twice each time, to find one that is not a function of its
 * input; {@link EntityLaws} looks for more, on random histories. Not for several threads.
 *
 * @param <S> the type of states
 * @param <E> the type of payloads
 * @param <C> the type of commands
 */
public final class ReplicatedEntityTestKit<S, E, C> {
  private static final long START_MILLIS = 1_000;

  private record Link(String one, String other) {}

  private final EntityModel<S, E> model;
  private final Map<String, TestReplica<S, E, C>> replicas = new LinkedHashMap<>();
  private final Set<Link> cut = new HashSet<>();
  private long now = START_MILLIS;

  private ReplicatedEntityTestKit(
      EntityModel<S, E> model, CommandHandler<S, E, C> commands, List<String> names) {
    this.model = model;
    for (String name : names) {
      TestReplica<S, E, C> replica =
          new TestReplica<>(name, model, commands, () -> passTime(1).now);
      if (replicas.put(name, replica) != null) {
        throw new IllegalArgumentException("there are two replicas " + name);
      }
    }
  }

  /**
   * An entity without events at each of the replicas.
   *
   * @param commands what decides commands; {@link #create(EntityModel, String...)} does without
   * @param replicas their names, at least one
   */
  public static <S, E, C> ReplicatedEntityTestKit<S, E, C> create(
      EntityModel<S, E> model, CommandHandler<S, E, C> commands, String... replicas) {
    if (replicas.length == 0) {
      throw new IllegalArgumentException("name the replicas, as in create(model, commands, \"a\")");
    }
    return new ReplicatedEntityTestKit<>(model, commands, List.of(replicas));
  }

  /** As with commands, where every command is an event to persist. */
  public static <S, E> ReplicatedEntityTestKit<S, E, E> create(
      EntityModel<S, E> model, String... replicas) {
    return create(model, (state, event) -> CommandOutcome.persist(List.of(event)), replicas);
  }

  /**
   * A replica.
   *
   * @throws IllegalArgumentException if there is none of this name
   */
  public TestReplica<S, E, C> at(String name) {
    TestReplica<S, E, C> replica = replicas.get(name);
    if (replica == null) {
      throw new IllegalArgumentException(
          "there is no replica " + name + " among " + replicas.keySet());
    }
    return replica;
  }

  /** All replicas, in the order in which they were named. */
  public List<TestReplica<S, E, C>> all() {
    return List.copyOf(replicas.values());
  }

  /** Time passes at all replicas. Each command takes a millisecond. */
  public ReplicatedEntityTestKit<S, E, C> passTime(long millis) {
    if (millis < 0) {
      throw new IllegalArgumentException("time does not go back: " + millis);
    }
    now += millis;
    return this;
  }

  /** No message passes between the two, until {@link #heal}. */
  public ReplicatedEntityTestKit<S, E, C> cut(String one, String other) {
    cut.add(link(one, other));
    return this;
  }

  /** No message passes between a replica and all others. */
  public ReplicatedEntityTestKit<S, E, C> isolate(String one) {
    replicas.keySet().stream().filter(other -> !other.equals(one)).forEach(o -> cut(one, o));
    return this;
  }

  /** Messages pass between the two again. Nothing is delivered by that alone. */
  public ReplicatedEntityTestKit<S, E, C> heal(String one, String other) {
    cut.remove(link(one, other));
    return this;
  }

  /** Messages pass between all again. Nothing is delivered by that alone. */
  public ReplicatedEntityTestKit<S, E, C> healAll() {
    cut.clear();
    return this;
  }

  private Link link(String one, String other) {
    at(one);
    at(other);
    return one.compareTo(other) < 0 ? new Link(one, other) : new Link(other, one);
  }

  /**
   * All that one replica holds and the other lacks, whoever wrote it.
   *
   * @throws IllegalStateException if the link between them is cut
   */
  public ReplicatedEntityTestKit<S, E, C> deliver(String from, String to) {
    if (cut.contains(link(from, to))) {
      throw new IllegalStateException(
          "the link between " + from + " and " + to + " is cut: heal it first");
    }
    at(to).takeAllFrom(at(from));
    return this;
  }

  /** All that a replica lacks, from every other that it is linked to. */
  public ReplicatedEntityTestKit<S, E, C> deliverTo(String to) {
    for (String from : replicas.keySet()) {
      if (!from.equals(to) && !cut.contains(link(from, to))) {
        deliver(from, to);
      }
    }
    return this;
  }

  /**
   * One event alone, out of turn. If something that it depends on is missing, it waits at the
   * receiver ({@link TestReplica#waiting}).
   *
   * @throws IllegalArgumentException if nobody holds the event
   */
  public ReplicatedEntityTestKit<S, E, C> deliver(Dot event, String to) {
    for (TestReplica<S, E, C> from : replicas.values()) {
      ReplicatedEvent<E> found = from.stored(event);
      if (found != null) {
        at(to).take(List.of(found));
        return this;
      }
    }
    throw new IllegalArgumentException("no replica holds " + event);
  }

  /** Everything to everybody, as far as links go; over several replicas where one is cut. */
  public ReplicatedEntityTestKit<S, E, C> deliverAll() {
    // Over a chain of n replicas it takes n - 1 rounds.
    for (int round = 1; round < Math.max(2, replicas.size()); round++) {
      replicas.keySet().forEach(this::deliverTo);
    }
    return this;
  }

  /**
   * All replicas promise that nothing as old as now will come, and have all that there is: every
   * event becomes {@linkplain TestReplica#becameFinal final} everywhere.
   *
   * @throws IllegalStateException if they do not all hold the same: finality waits for the slowest
   */
  public ReplicatedEntityTestKit<S, E, C> makeFinal() {
    VersionVector first = all().get(0).vector();
    HybridTimestamp latest = HybridTimestamp.ZERO;
    for (TestReplica<S, E, C> replica : replicas.values()) {
      if (!replica.vector().equals(first)) {
        throw new IllegalStateException(
            "nothing more becomes final while replicas lack events: "
                + all()
                + "; deliverAll() first");
      }
      latest = latest.max(replica.latestTime());
    }
    for (TestReplica<S, E, C> replica : replicas.values()) {
      replica.makeFinal(latest);
    }
    return this;
  }

  /**
   * Checks that all replicas hold the same events, wait for none, and have the same state,
   * decisions and conflicts, and that these are what the specification of the fold says.
   *
   * @throws AssertionError if not; it says what differs
   */
  public void assertConverged() {
    TestReplica<S, E, C> first = all().get(0);
    for (TestReplica<S, E, C> replica : replicas.values()) {
      require(
          replica.waiting() == 0 && replica.vector().equals(first.vector()),
          "not all replicas hold all events: " + all());
      requireEqual("the states", first.name(), first.state(), replica.name(), replica.state());
      requireEqual("the histories", first.name(), decided(first), replica.name(), decided(replica));
      requireEqual(
          "the conflicts", first.name(), first.conflicts(), replica.name(), replica.conflicts());
    }
    NaiveFold.Result<S, E> specified = NaiveFold.fold(model, first.storedEvents());
    requireEqual("the states", first.name(), first.state(), "a new replica", specified.state());
  }

  /** Without finality, which one may know of before another. */
  private static <E> List<Folded<E>> decided(TestReplica<?, E, ?> replica) {
    return replica.history().stream()
        .map(
            one ->
                new Folded<>(
                    one.event(), one.decision(), one.concurrentWith(), one.duplicateOf(), false))
        .toList();
  }

  private static void requireEqual(
      String what, String one, Object ofOne, String other, Object ofOther) {
    require(
        ofOne.equals(ofOther),
        what + " differ\nat " + one + ": " + ofOne + "\nat " + other + ": " + ofOther);
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new AssertionError(message);
    }
  }

  /** Each replica with what it holds. */
  @Override
  public String toString() {
    return new ArrayList<>(replicas.values()).toString();
  }
}
