package dev.converge.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.node.store.StoreExpiry.Rule;
import dev.converge.node.store.StoreMessage.Part;
import dev.converge.pekko.NodeClock;
import java.math.BigInteger;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.pekko.util.ByteString;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Keys that nobody writes, with a time and a network of the test's own. */
class ExpiryTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final List<Rule> RULES =
      List.of(new Rule("s/", MINUTE), new Rule("s/long/", Duration.ofMinutes(10)));
  private static final long STEP = 100;

  private final List<One> nodes = new ArrayList<>();
  private final Deque<Runnable> flights = new ArrayDeque<>();
  private final Set<String> cut = new HashSet<>();
  private long now = 1_000_000;

  /** A node without threads: it does what falls due when the test's time goes on. */
  private final class One {
    final String name;
    final LocalStore store;
    final Writer writer;
    final Expirer expirer;
    final Exchange exchange;
    boolean expires = true;
    int removals;

    One(String name, Set<String> all) {
      this.name = name;
      Set<String> others = new TreeSet<>(all);
      others.remove(name);
      this.store =
          new LocalStore(
              StoreLimits.DEFAULT,
              false,
              new Subscriptions(Runnable::run),
              new StoreExpiry(RULES, others));
      this.writer = new Writer(ReplicaId.of(name), new NodeClock(() -> now), 1 << 20);
      this.expirer = new Expirer(store, writer, others, null, () -> now);
      this.exchange = new Exchange(store, writer, all.size());
    }

    void step(Exchange.Input input) {
      for (Exchange.Outgoing out : exchange.step(input, now)) {
        StoreMessage message =
            new StoreMessage(new StoreMessage.Sender(name, 1 << 20, 1), out.body());
        flights.add(
            () -> {
              if (!cut.contains(name) && !cut.contains(out.peer())) {
                node(out.peer()).step(new Exchange.Received(name, message));
              }
            });
      }
    }

    void turn() {
      step(Exchange.Tick.TICK);
      if (expires) {
        int before = store.size();
        expirer.tick();
        removals += before - store.size();
      }
      List<Part> parts = new ArrayList<>();
      for (LocalStore.Taken taken : store.takeChanged()) {
        var own = taken.unsaved().own();
        if (own != null) {
          ByteString delta = ByteString.fromArray(BucketCodec.encode(own));
          parts.add(new Part(taken.bucket(), taken.unsaved().base(), delta));
        }
      }
      if (!parts.isEmpty()) {
        step(new Exchange.Written(parts));
      }
    }

    void add(String key, String element) {
      store.update(
          Key.of(key, StoreType.ORSET),
          (set, w) -> set.add(w.replica(), Element.of(element)),
          writer,
          false);
    }

    /** The elements, sorted; empty if the key is not there. */
    Optional<List<String>> elements(String key) {
      return store
          .entry(key)
          .flatMap(entry -> entry.get(StoreType.ORSET))
          .map(set -> set.elements().stream().map(Element::toString).sorted().toList());
    }
  }

  private One node(String name) {
    return nodes.stream().filter(one -> one.name.equals(name)).findFirst().orElseThrow();
  }

  private void cluster(int count) {
    Set<String> names = new TreeSet<>();
    for (int i = 1; i <= count; i++) {
      names.add("n" + i);
    }
    names.forEach(name -> nodes.add(new One(name, names)));
    for (One one : nodes) {
      nodes.stream()
          .filter(other -> other != one)
          .forEach(other -> one.step(new Exchange.Up(other.name, 1)));
    }
    pass(Duration.ofSeconds(2));
  }

  private void pass(Duration time) {
    long end = now + time.toMillis();
    while (now < end) {
      now += STEP;
      nodes.forEach(One::turn);
      for (Runnable flight = flights.poll(); flight != null; flight = flights.poll()) {
        flight.run();
      }
    }
  }

  private Set<Boolean> isThere(String key) {
    Set<Boolean> found = new HashSet<>();
    nodes.forEach(one -> found.add(one.elements(key).isPresent()));
    return found;
  }

  @Test
  void a_key_lives_as_long_as_its_rule_says_and_then_is_gone_everywhere_by_one_removal() {
    cluster(3);
    for (int i = 0; i < 30; i++) {
      nodes.get(i % 3).add("s/" + i, "x");
      nodes.get(i % 3).add("s/long/" + i, "x");
      nodes.get(i % 3).add("other/" + i, "x");
    }
    pass(Duration.ofSeconds(59));
    assertThat(nodes).extracting(one -> one.store.size()).containsOnly(90);
    pass(Duration.ofSeconds(3));
    assertThat(nodes).extracting(one -> one.store.size()).containsOnly(60);
    assertThat(nodes.stream().mapToInt(one -> one.removals).sum()).isEqualTo(30);
    assertThat(nodes).as("the work is shared").allMatch(one -> one.removals > 0);
    pass(Duration.ofMinutes(10));
    assertThat(nodes).extracting(one -> one.store.size()).containsOnly(30);
    assertThat(nodes).extracting(one -> one.store.idle().size()).containsOnly(0);
  }

  @Test
  void whoever_writes_it_keeps_it_at_all_nodes() {
    cluster(3);
    nodes.get(0).add("s/a", "0");
    for (int i = 1; i <= 5; i++) {
      pass(Duration.ofSeconds(50));
      nodes.get(i % 3).add("s/a", String.valueOf(i));
    }
    assertThat(nodes.get(0).elements("s/a").orElseThrow()).hasSizeGreaterThan(4);
    pass(Duration.ofSeconds(65));
    assertThat(isThere("s/a")).containsOnly(false);
  }

  @Test
  void another_removes_it_when_the_first_to_do_so_does_not() {
    cluster(3);
    nodes.get(0).expires = false;
    nodes.get(1).expires = false;
    for (int i = 0; i < 20; i++) {
      nodes.get(0).add("s/" + i, "x");
    }
    pass(MINUTE.plusSeconds(14));
    assertThat(nodes).extracting(one -> one.store.size()).containsOnly(0);
  }

  @Test
  void nothing_expires_while_a_node_is_away_as_it_may_have_been_written_there() {
    cluster(3);
    nodes.get(2).add("s/a", "old");
    nodes.get(0).add("s/b", "x");
    pass(Duration.ofSeconds(1));
    cut.add("n3");
    for (int i = 0; i < 10; i++) {
      pass(Duration.ofSeconds(30));
      nodes.get(2).add("s/a", "new" + i);
    }
    assertThat(isThere("s/a")).containsOnly(true);
    assertThat(isThere("s/b")).containsOnly(true);
    cut.clear();
    pass(Duration.ofSeconds(40));
    for (One one : nodes) {
      assertThat(one.elements("s/a").orElseThrow())
          .as("nothing of it was removed meanwhile")
          .hasSize(11);
    }
    pass(Duration.ofSeconds(40));
    assertThat(isThere("s/a")).containsOnly(false);
    assertThat(isThere("s/b")).containsOnly(false);
  }

  @Test
  void a_write_that_is_concurrent_with_the_removal_survives() {
    cluster(2);
    nodes.get(0).add("s/a", "old");
    pass(Duration.ofSeconds(1));
    nodes.get(1).expires = false;
    // The one that removes does not hear of the write before it does.
    pass(Duration.ofSeconds(55));
    int seconds = 0;
    cut.add("n2");
    while (nodes.get(0).elements("s/a").isPresent() && seconds++ < 4) {
      pass(Duration.ofSeconds(1));
    }
    if (nodes.get(0).elements("s/a").isPresent()) {
      // Its turn is the second: it would be silent for too long. Removed by what it would call.
      nodes.get(0).store.expire("s/a", nodes.get(0).writer, () -> true);
    }
    nodes.get(1).add("s/a", "new");
    cut.clear();
    pass(Duration.ofSeconds(10));
    for (One one : nodes) {
      assertThat(one.elements("s/a").orElseThrow()).hasSize(1);
    }
  }

  @Test
  void a_key_that_is_written_again_just_then_is_not_removed() {
    cluster(1);
    One one = nodes.get(0);
    one.add("s/a", "x");
    now += 59_000;
    one.expirer.tick();
    one.add("s/a", "y");
    one.store.expire("s/a", one.writer, () -> one.store.idle().isIdle("s/a", 0));
    assertThat(one.elements("s/a")).isPresent();
  }

  @Test
  void a_pause_of_the_process_does_not_count() {
    cluster(1);
    One one = nodes.get(0);
    one.add("s/a", "x");
    now += 3_600_000;
    one.expirer.tick();
    assertThat(one.elements("s/a")).isPresent();
    pass(MINUTE);
    assertThat(one.elements("s/a")).isEmpty();
  }

  // Over restarts

  private final class Kept implements AutoCloseable {
    final StoreDatabase database;
    final LocalStore store;
    final Writer writer;
    final Saver saver;
    final Expirer expirer;

    Kept(Path folder, long life) {
      database = StoreDatabase.open(folder, false);
      store =
          new LocalStore(
              StoreLimits.DEFAULT,
              true,
              new Subscriptions(Runnable::run),
              new StoreExpiry(RULES, Set.of()));
      writer = new Writer(ReplicaId.of("n1"), new NodeClock(() -> now), life << 20);
      database.load(store);
      saver = new Saver(store, database, "n1", parts -> {});
      store.onChange(saver::wake);
      expirer = new Expirer(store, writer, Set.of(), database, () -> now);
    }

    void increment(String key) {
      store.update(
          Key.of(key, StoreType.PNCOUNTER),
          (counter, w) -> counter.increment(w.replica(), BigInteger.ONE),
          writer,
          false);
      store.whenSaved(Buckets.of(key)).join();
    }

    void run(Duration time) {
      long end = now + time.toMillis();
      while (now < end) {
        now += 500;
        expirer.tick();
      }
    }

    boolean has(String key) {
      return store.entry(key).isPresent();
    }

    @Override
    public void close() {
      expirer.stop();
      saver.stop();
      expirer.close();
      saver.close();
    }

    void crash() {
      expirer.stop();
      saver.close();
    }
  }

  @TempDir Path folder;

  @Test
  void the_time_goes_on_counting_over_a_restart_and_stands_still_between() {
    try (Kept first = new Kept(folder, 1)) {
      first.increment("s/a");
      first.increment("s/b");
      first.run(Duration.ofSeconds(40));
      first.increment("s/b");
    }
    now += 10_000_000;
    try (Kept second = new Kept(folder, 2)) {
      assertThat(second.store.idle().size()).isEqualTo(2);
      second.run(Duration.ofSeconds(15));
      assertThat(second.has("s/a")).isTrue();
      second.run(Duration.ofSeconds(10));
      assertThat(second.has("s/a")).as("40 s before, 25 s after").isFalse();
      assertThat(second.has("s/b")).isTrue();
      second.run(Duration.ofSeconds(45));
      assertThat(second.has("s/b")).isFalse();
    }
    try (Kept third = new Kept(folder, 3)) {
      assertThat(third.store.size()).isZero();
    }
  }

  @Test
  void what_changed_shortly_before_a_crash_counts_as_changed_at_the_start() {
    Kept first = new Kept(folder, 1);
    first.increment("s/a");
    first.increment("s/b");
    first.run(Duration.ofSeconds(50));
    first.increment("s/b");
    first.crash();
    try (Kept second = new Kept(folder, 2)) {
      second.run(Duration.ofSeconds(20));
      assertThat(second.has("s/a")).isFalse();
      assertThat(second.has("s/b")).as("though its stored time is 70 s ago").isTrue();
      second.run(Duration.ofSeconds(45));
      assertThat(second.has("s/b")).isFalse();
    }
  }

  @Test
  void rules_are_checked() {
    assertThatThrownBy(() -> new Rule("a", Duration.ofMillis(99))).hasMessageContaining("100 ms");
    Rule rule = new Rule("a", MINUTE);
    assertThatThrownBy(() -> new StoreExpiry(List.of(rule, rule), Set.of()))
        .hasMessageContaining("two rules for the prefix 'a'");
  }
}
