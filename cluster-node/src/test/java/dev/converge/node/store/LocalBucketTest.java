package dev.converge.node.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.ORMap;
import dev.converge.crdt.Variant;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.node.json.BadInputException;
import dev.converge.node.json.Fields;
import dev.converge.node.json.Json;
import dev.converge.pekko.NodeClock;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LocalBucketTest {
  private static final NodeClock CLOCK = new NodeClock(() -> 1_000);
  private static final Writer A = new Writer(ReplicaId.of("a"), CLOCK);
  private static final Writer B = new Writer(ReplicaId.of("b"), CLOCK);
  private static final Key<dev.converge.crdt.CausalPNCounter> COUNTER =
      Key.of("k", StoreType.PNCOUNTER);
  private static final Key<dev.converge.crdt.ORSet<Element>> SET = Key.of("k", StoreType.ORSET);

  private final LocalBucket here = new LocalBucket(StoreLimits.DEFAULT, false);
  private final LocalBucket there = new LocalBucket(StoreLimits.DEFAULT, false);

  private static LocalBucket.Step increment(LocalBucket bucket, Writer writer, long by) {
    return bucket.update(COUNTER, (c, w) -> c.increment(w.replica(), by), writer, false);
  }

  private static LocalBucket.Step add(LocalBucket bucket, Writer writer, String element) {
    return bucket.update(SET, (s, w) -> s.add(w.replica(), Element.of(element)), writer, false);
  }

  private static BigInteger count(LocalBucket bucket) {
    return bucket.state().get("k").orElseThrow().get(COUNTER.type().causal()).orElseThrow().value();
  }

  private void exchange() {
    here.join(RandomStates.overTheWire(there.state()));
    there.join(RandomStates.overTheWire(here.state()));
  }

  @Test
  void replicasThatHaveHeardTheSameAreEqualWhateverTheWay() {
    for (long seed = 0; seed < 200; seed++) {
      RandomStates run = new RandomStates(seed);
      for (int i = 0; i < 80; i++) {
        run.step();
      }
      run.settle();
      for (LocalBucket replica : run.replicas) {
        assertThat(replica.state()).as("seed %s", seed).isEqualTo(run.replicas.get(0).state());
      }
    }
  }

  /** Writes come one by one, many as one delta, late, twice: as pushes and anti-entropy do. */
  @Test
  void theDigestThatFollowsEachChangeIsThatOfAllThatIsThere() {
    for (long seed = 0; seed < 20; seed++) {
      Random random = new Random(seed);
      LocalBucket from = new LocalBucket(StoreLimits.DEFAULT, false);
      LocalBucket to = new LocalBucket(StoreLimits.DEFAULT, false);
      Writer writer = new Writer(ReplicaId.of("a"), CLOCK, random.nextBoolean() ? 0 : 1_000);
      List<ORMap<String, Variant>> late = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        for (int k = random.nextInt(20); k >= 0; k--) {
          String element = "e" + random.nextInt(400);
          if (random.nextInt(4) > 0) {
            add(from, writer, element);
          } else {
            from.update(SET, (s, w) -> s.remove(Element.of(element)), writer, false);
          }
          if (random.nextInt(50) == 0) {
            from.remove("k", writer, false);
          }
        }
        LocalBucket.Unsaved taken = from.takeUnsaved();
        if (taken != null && taken.own() != null) {
          late.add(RandomStates.overTheWire(taken.own()));
        }
        while (!late.isEmpty() && random.nextInt(3) > 0) {
          ORMap<String, Variant> delta = late.remove(0);
          to.join(delta);
          if (random.nextInt(5) == 0) {
            to.join(delta);
          }
        }
        assertThat(from.digest()).as("seed %s, step %s", seed, i).isEqualTo(anew(from).digest());
        assertThat(to.digest()).as("seed %s, step %s", seed, i).isEqualTo(anew(to).digest());
      }
      late.forEach(to::join);
      assertThat(to.state()).isEqualTo(from.state());
      assertThat(to.digest()).isEqualTo(from.digest());
    }
  }

  private static LocalBucket anew(LocalBucket bucket) {
    LocalBucket read = new LocalBucket(StoreLimits.DEFAULT, false);
    read.load(RandomStates.overTheWire(bucket.state()));
    return read;
  }

  @Test
  void aRemovedKeyIsUsedAgainWithAnotherTypeAndALateDeltaDoesNotReviveIt() {
    LocalBucket.Step late = increment(here, A, 5);
    exchange();
    here.remove("k", A, false);
    add(here, A, "x");
    exchange();
    there.join(late.delta());
    here.join(late.delta());
    assertThat(here.state().get("k").orElseThrow().types()).containsExactly("orset");
    assertThat(there.state()).isEqualTo(here.state());
  }

  @Test
  void aKeyCreatedWithTwoTypesShowsTheSameOneEverywhereAndOneRemovalTakesBoth() {
    add(there, B, "x");
    increment(here, A, 5);
    exchange();
    assertThat(here.state().get("k").orElseThrow().types()).containsExactly("pncounter", "orset");
    assertThat(there.state()).isEqualTo(here.state());
    assertThatThrownBy(() -> add(there, B, "y"))
        .isInstanceOfSatisfying(
            KeyTypeMismatchException.class,
            e -> {
              assertThat(e.present()).isEqualTo("pncounter");
              assertThat(e.asked()).isEqualTo("orset");
            });
    there.remove("k", A, false);
    exchange();
    assertThat(here.state().isEmpty()).isTrue();
  }

  @Test
  void removingAndCreatingKeysLeavesNothingBehind() {
    for (int i = 0; i < 1_000; i++) {
      increment(here, A, 1);
      here.remove("k", A, false);
    }
    assertThat(BucketCodec.encode(here.state()).length).isLessThan(40);
  }

  @Test
  void aJoinWithAnEqualOrOlderStateIsNoChange() {
    increment(here, A, 1);
    var older = here.state();
    increment(here, A, 2);
    assertThat(here.join(older).isChange()).isFalse();
    var copy = RandomStates.overTheWire(here.state());
    assertThat(here.join(copy).isChange()).isFalse();
    assertThat(count(here)).isEqualTo(3);
    increment(there, B, 1);
    assertThat(here.join(there.state()).isChange()).isTrue();
  }

  @Test
  void valuesThatWouldBeTooLargeAreRefusedAndNothingIsDone() {
    LocalBucket small = new LocalBucket(new StoreLimits(2_000, 1_000, 10), false);
    String element = "x".repeat(90);
    int added = 0;
    StoreLimitException refusal = null;
    while (refusal == null) {
      try {
        add(small, A, element + added);
        added++;
      } catch (StoreLimitException e) {
        refusal = e;
      }
    }
    assertThat(refusal.limit()).isEqualTo(StoreLimitException.Limit.VALUE);
    assertThat(added).isBetween(16, 20);
    var set = small.state().get("k").orElseThrow().get(SET.type().causal()).orElseThrow();
    assertThat(set.size()).isEqualTo(added);
    small.update(SET, (s, w) -> s.remove(Element.of(element + 0)), A, false);
    add(small, A, element + 0);
  }

  @Test
  void aWriteThatCannotTravelIsRefused() {
    assertThatThrownBy(() -> add(here, A, "x".repeat(600 << 10)))
        .isInstanceOf(StoreLimitException.class)
        .hasMessageContaining("can travel at once");
    assertThat(here.state().isEmpty()).isTrue();
  }

  @Test
  void aFullStoreTakesNoMoreKeysButCountsOnAndCanBeEmptied() {
    LocalStore small =
        new LocalStore(new StoreLimits(1_000, 500, 3), false, new Subscriptions(Runnable::run));
    for (int i = 0; i < 3; i++) {
      count(small, "key-" + i);
    }
    assertThatThrownBy(() -> count(small, "one-more"))
        .isInstanceOfSatisfying(
            StoreLimitException.class,
            e -> assertThat(e.limit()).isEqualTo(StoreLimitException.Limit.STORE));
    count(small, "key-0");
    small.remove("key-0", A, false);
    count(small, "one-more");
    assertThat(small.keys("", "", 9))
        .extracting(Entry::key)
        .containsExactly("key-1", "key-2", "one-more");
    assertThat(small.keys("key-", "key-1", 9)).extracting(Entry::key).containsExactly("key-2");
    assertThat(small.keys("l", "key-1", 9)).extracting(Entry::key).isEmpty();
  }

  private static void count(LocalStore store, String key) {
    store.update(Key.of(key, StoreType.GCOUNTER), (c, w) -> c.increment(w.replica(), 1), A, false);
  }

  @Test
  void aRegisterWrittenLaterShowsOverAClockThatIsAhead() {
    Key<dev.converge.crdt.CausalLWWRegister<JsonValue>> key = Key.of("k", StoreType.LWWREGISTER);
    Writer ahead = new Writer(ReplicaId.of("z"), new NodeClock(() -> 99_000_000));
    here.update(key, StoreType.LWWREGISTER.operation("set", fields("{\"value\":1}")), ahead, false);
    exchange();
    there.update(key, StoreType.LWWREGISTER.operation("set", fields("{\"value\":2}")), B, false);
    exchange();
    var register = here.state().get("k").orElseThrow().get(key.type().causal()).orElseThrow();
    assertThat(StoreType.LWWREGISTER.json(register).intValue()).isEqualTo(2);
  }

  private static Fields fields(String json) {
    return Fields.of("the test", Json.read(json.getBytes(StandardCharsets.UTF_8)));
  }

  @Test
  void numbersAreOneElementHoweverTheyAreWrittenAndComeBackSorted() {
    for (String element :
        new String[] {"1.0", "10", "1e0", "\"1\"", "1", "\"B\"", "2.50", "1e3", "-1e30"}) {
      here.update(
          SET, StoreType.ORSET.operation("add", fields("{\"element\":" + element + "}")), A, false);
    }
    var set = here.state().get("k").orElseThrow().get(SET.type().causal()).orElseThrow();
    assertThat(StoreType.ORSET.json(set).toString())
        .isEqualTo("[-1000000000000000000000000000000,1,2.5,10,1000,\"1\",\"B\"]");
  }

  @Test
  void operationsThatAreNoneAreNamed() {
    assertThatThrownBy(() -> StoreType.named("no-such-type"))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("[gcounter, pncounter, gset, orset, rwset, lwwset,");
    assertThatThrownBy(() -> StoreType.GCOUNTER.operation("decrement", fields("{}")))
        .hasMessageContaining("[increment]");
    for (String bad : new String[] {"0", "-1", "1.5", "\"1\"", "null", "true"}) {
      assertThatThrownBy(
              () -> StoreType.PNCOUNTER.operation("increment", fields("{\"by\":" + bad + "}")))
          .isInstanceOf(BadInputException.class);
    }
    for (String bad : new String[] {"null", "true", "[1]", "{}", "\"\\ud800\""}) {
      assertThatThrownBy(
              () -> StoreType.ORSET.operation("add", fields("{\"element\":" + bad + "}")))
          .as(bad)
          .isInstanceOf(BadInputException.class);
    }
    assertThatThrownBy(
            () -> StoreType.LWWREGISTER.operation("set", fields("{\"value\":\"\\udc00\"}")))
        .isInstanceOf(BadInputException.class);
    assertThatThrownBy(() -> StoreType.GCOUNTER.operation("increment", fields("{\"bye\":1}")))
        .hasMessageContaining("bye");
  }
}
