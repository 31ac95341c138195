package dev.converge.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.ClockObservation;
import dev.converge.crdt.clock.HybridLogicalClock;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.LamportClock;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The examples of the Javadoc, run. {@link JavadocTest} checks that it is the code shown there. */
class ExamplesTest {
  private final ReplicaId phone = ReplicaId.of("phone");
  private final ReplicaId laptop = ReplicaId.of("laptop");
  private final ReplicaId replica = phone;
  private final long nowMillis = 1_000;
  private final List<Object> sent = new ArrayList<>();

  private void send(Object delta) {
    sent.add(delta);
  }

  private void warn(String text) {
    sent.add(text);
  }

  private void refuse(String text) {
    sent.add(text);
  }

  @Test
  void crdt() {
    GCounter counter = GCounter.empty();
    GCounter delta = counter.increment(replica, 5);
    counter = counter.merge(delta); // here
    send(delta); // and, sooner or later, everywhere else
    assertThat(sent).containsExactly(counter);
  }

  @Test
  void gCounter() {
    GCounter visits = GCounter.empty();
    GCounter onPhone = visits.merge(visits.increment(phone, 2));
    GCounter onLaptop = visits.merge(visits.increment(laptop, 3));
    BigInteger all = onPhone.merge(onLaptop).value(); // 5
    assertThat(all).isEqualTo(5);
  }

  @Test
  void pnCounter() {
    PNCounter votes = PNCounter.empty();
    PNCounter up = votes.increment(phone, 3);
    PNCounter down = votes.decrement(laptop, 1);
    BigInteger sum = votes.merge(up).merge(down).value(); // 2
    assertThat(sum).isEqualTo(2);
  }

  @Test
  void boundedCounter() {
    BoundedCounter seats = BoundedCounter.empty();
    seats = seats.merge(seats.increment(phone, 10));
    seats = seats.merge(seats.transfer(phone, laptop, 4));
    seats = seats.merge(seats.decrement(laptop, 3));
    BigInteger left = seats.value(); // 7
    BigInteger atLaptop = seats.rights(laptop); // 1
    boolean enough = seats.rights(laptop).intValueExact() >= 2; // false: decrement would throw
    assertThat(left).isEqualTo(7);
    assertThat(atLaptop).isEqualTo(1);
    assertThat(enough).isFalse();
  }

  @Test
  void gSet() {
    GSet<String> seen = GSet.empty();
    GSet<String> delta = seen.add("message-1");
    seen = seen.merge(delta).merge(delta);
    boolean known = seen.contains("message-1"); // true
    assertThat(known).isTrue();
  }

  @Test
  void orSet() {
    ORSet<String> tags = ORSet.empty();
    tags = tags.merge(tags.add(phone, "new"));
    ORSet<String> removed = tags.merge(tags.remove("new"));
    ORSet<String> addedAgain = tags.merge(tags.add(laptop, "new"));
    boolean in = removed.merge(addedAgain).contains("new"); // true
    assertThat(in).isTrue();
  }

  @Test
  void rwSet() {
    RWSet<String> admins = RWSet.empty();
    admins = admins.merge(admins.add(phone, "ann"));
    RWSet<String> removed = admins.merge(admins.remove(phone, "ann"));
    RWSet<String> added = admins.merge(admins.add(laptop, "ann"));
    boolean in = removed.merge(added).contains("ann"); // false
    assertThat(in).isFalse();
  }

  @Test
  void forgetting() {
    RWSet<String> mine = RWSet.empty();
    mine = mine.merge(mine.remove(phone, "ann"));
    RWSet<String> fromLaptop = mine.merge(mine.remove(laptop, "bob"));
    RWSet<String> fromTablet = mine;
    mine = mine.merge(fromLaptop).merge(fromTablet);
    VersionVector stable =
        fromLaptop.causal().context().vector().meet(fromTablet.causal().context().vector());
    mine = mine.merge(mine.forget(CausalContext.of(stable)));
    assertThat(mine.removalRecords()).isEqualTo(1);
  }

  @Test
  void lwwElementSet() {
    LWWElementSet<String> online = LWWElementSet.empty();
    online = online.merge(online.add(phone, new HybridTimestamp(1_000, 0), "ann"));
    LWWElementSet<String> left =
        online.merge(online.remove(phone, new HybridTimestamp(2_000, 0), "ann"));
    LWWElementSet<String> back =
        online.merge(online.add(laptop, new HybridTimestamp(2_001, 0), "ann"));
    boolean in = left.merge(back).contains("ann"); // true
    assertThat(in).isTrue();
  }

  @Test
  void lwwRegister() {
    HybridLogicalClock clock = HybridLogicalClock.START.tick(nowMillis);
    LWWRegister<String> title = LWWRegister.empty();
    title = title.merge(title.set(phone, clock.last(), "Draft"));

    clock = clock.observe(title.time().orElseThrow()).tick(nowMillis);
    title = title.merge(title.set(laptop, clock.last(), "Final"));
    String shown = title.value().orElse("(untitled)"); // Final
    assertThat(shown).isEqualTo("Final");
  }

  @Test
  void mvRegister() {
    MVRegister<String> name = MVRegister.empty();
    MVRegister<String> onPhone = name.merge(name.set(phone, "Ann"));
    MVRegister<String> onLaptop = name.merge(name.set(laptop, "Anne"));

    MVRegister<String> both = onPhone.merge(onLaptop); // siblings: Anne, Ann
    both = both.merge(both.set(phone, "Anne")); // resolved, everywhere
    assertThat(onLaptop.merge(onPhone).values()).containsExactly("Anne", "Ann");
    assertThat(both.merge(onLaptop).values()).containsExactly("Anne");
  }

  @Test
  void enableWinsFlag() {
    EnableWinsFlag flag = EnableWinsFlag.empty();
    flag = flag.merge(flag.enable(phone));
    EnableWinsFlag off = flag.merge(flag.disable());
    EnableWinsFlag again = flag.merge(flag.enable(laptop));
    boolean on = off.merge(again).isEnabled(); // true
    assertThat(on).isTrue();
  }

  @Test
  void disableWinsFlag() {
    DisableWinsFlag sharing = DisableWinsFlag.empty();
    sharing = sharing.merge(sharing.enable(phone));
    DisableWinsFlag off = sharing.merge(sharing.disable(phone));
    DisableWinsFlag again = sharing.merge(sharing.enable(laptop));
    boolean on = off.merge(again).isEnabled(); // false
    assertThat(on).isFalse();
  }

  @Test
  void lwwMap() {
    LWWMap<String, String> settings = LWWMap.empty();
    settings = settings.merge(settings.put(phone, new HybridTimestamp(1_000, 0), "theme", "dark"));
    settings =
        settings.merge(settings.put(laptop, new HybridTimestamp(1_001, 0), "theme", "light"));
    String theme = settings.get("theme").orElse("none"); // light
    settings = settings.merge(settings.remove("theme"));
    assertThat(theme).isEqualTo("light");
    assertThat(settings.isEmpty()).isTrue();
  }

  @Test
  void orMap() {
    ORMap<String, ORSet<String>> carts = ORMap.empty(ORSet.type());
    carts = carts.merge(carts.update("cart-17", cart -> cart.add(replica, "milk")));
    carts = carts.merge(carts.remove("cart-17"));
    assertThat(carts.isEmpty()).isTrue();
  }

  @Test
  void variant() {
    ORMap<String, Variant> data = ORMap.empty(Variant.type());
    data =
        data.merge(
            data.update(
                "hits",
                v -> v.update(replica, CausalPNCounter.type(), c -> c.increment(replica, 5))));
    assertThat(data.get("hits").orElseThrow().shown()).contains("pncounter");
  }

  @Test
  void causalGCounter() {
    ORMap<String, CausalGCounter> hits = ORMap.empty(CausalGCounter.type());
    ORMap<String, CausalGCounter> late = hits.update("/home", c -> c.increment(phone, 5));
    hits = hits.merge(late);
    hits = hits.merge(hits.remove("/home"));
    hits = hits.merge(hits.update("/home", c -> c.increment(phone, 1)));
    hits = hits.merge(late); // still 1
    assertThat(hits.get("/home").orElseThrow().value()).isEqualTo(1);
  }

  @Test
  void causalPNCounter() {
    ORMap<String, CausalPNCounter> stock = ORMap.empty(CausalPNCounter.type());
    stock = stock.merge(stock.update("pen", c -> c.increment(phone, 5)));
    stock = stock.merge(stock.update("pen", c -> c.decrement(laptop, 2)));
    BigInteger pens = stock.get("pen").orElseThrow().value(); // 3
    assertThat(pens).isEqualTo(3);
  }

  @Test
  void causalGSet() {
    ORMap<String, CausalGSet<String>> readers = ORMap.empty(CausalGSet.type());
    readers = readers.merge(readers.update("page-1", s -> s.add(phone, "ann")));
    readers = readers.merge(readers.remove("page-1"));
    assertThat(readers.isEmpty()).isTrue();
  }

  @Test
  void causalLwwRegister() {
    ORMap<String, CausalLWWRegister<String>> names = ORMap.empty(CausalLWWRegister.type());
    HybridTimestamp time = new HybridTimestamp(1_000, 0);
    names = names.merge(names.update("user-1", r -> r.set(phone, time, "Ann")));
    String name = names.get("user-1").flatMap(CausalLWWRegister::value).orElse("?"); // Ann
    assertThat(name).isEqualTo("Ann");
  }

  @Test
  void timestamped() {
    Timestamped<String> write = new Timestamped<>(new HybridTimestamp(1_000, 0), "Ann");
    assertThat(write).hasToString("Ann @ 1000.0");
  }

  @Test
  void lamportClock() {
    LamportClock mine = LamportClock.START.tick(); // 1
    long sent = mine.time();
    LamportClock theirs = LamportClock.START.observe(sent).tick();
    long answered = theirs.time(); // 2
    assertThat(answered).isEqualTo(2);
  }

  @Test
  void aReplicaTakesARemoteTimeIn() {
    HybridLogicalClock clock = HybridLogicalClock.START;
    HybridTimestamp remote = new HybridTimestamp(2_000, 0);
    ClockObservation seen = clock.observe(remote, nowMillis, 500);
    clock = seen.clock();
    if (seen.isBeyondBound()) {
      warn("a clock is " + seen.aheadMillis() + " ms ahead, " + seen.excessMillis() + " too many");
    }
    assertThat(sent).containsExactly("a clock is 1000 ms ahead, 500 too many");
    assertThat(clock.last()).isEqualTo(remote);
  }

  @Test
  void aGatewayRefusesADevice() {
    HybridLogicalClock clock = HybridLogicalClock.START;
    HybridTimestamp remote = new HybridTimestamp(2_000, 0);
    ClockObservation offered = clock.observe(remote, nowMillis, 500);
    if (offered.isBeyondBound()) {
      refuse("set your clock: it is " + offered.aheadMillis() + " ms ahead");
    } else {
      clock = offered.clock();
    }
    assertThat(sent).containsExactly("set your clock: it is 1000 ms ahead");
    assertThat(clock).isEqualTo(HybridLogicalClock.START);
  }
}
