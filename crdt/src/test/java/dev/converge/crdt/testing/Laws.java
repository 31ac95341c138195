package dev.converge.crdt.testing;

import dev.converge.crdt.algebra.Crdt;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;

/**
 * The laws of a delta-yielding join, on the states and deltas of random histories: idempotent,
 * commutative, associative, identity; a mutator leaves its receiver as it was; inflation; the delta
 * law; and deltas in any order, with duplicates, or lost and sent again, make the state.
 */
public final class Laws {
  private Laws() {}

  /** Checks {@link Property#cases} histories of {@code subject}. */
  public static <S extends Crdt<S>, O> void hold(Subject<S, O> subject) {
    Property.check(
        subject.name() + " laws",
        rng -> History.random(rng, subject.operations()),
        steps -> new Run<>(subject).check(steps));
  }

  private static final class Run<S extends Crdt<S>, O> {
    private final Subject<S, O> subject;
    private final List<S> states = new ArrayList<>();
    private final List<BitSet> seen = new ArrayList<>();
    private final TreeMap<Integer, S> deltas = new TreeMap<>();

    Run(Subject<S, O> subject) {
      this.subject = subject;
      for (int i = 0; i < History.REPLICAS.size(); i++) {
        states.add(subject.empty());
        seen.add(new BitSet());
      }
    }

    void check(List<History.Step<O>> steps) {
      for (History.Step<O> step : steps) {
        if (step instanceof History.Write<O> write) {
          write(write.event());
        } else if (step instanceof History.Pull<O> pull) {
          states.set(pull.to(), states.get(pull.to()).merge(states.get(pull.from())));
          seen.get(pull.to()).or(seen.get(pull.from()));
        } else if (step instanceof History.Deliver<O> deliver) {
          S delta = deltas.get(deliver.event());
          if (delta != null) {
            states.set(deliver.to(), states.get(deliver.to()).merge(delta));
            seen.get(deliver.to()).set(deliver.event());
          }
        }
      }
      Random random = new Random(steps.size());
      joinLaws(states.get(0), states.get(1), states.get(2));
      List<S> all = new ArrayList<>(states);
      all.addAll(deltas.values());
      joinLaws(pick(random, all), pick(random, all), pick(random, all));
      for (int i = 0; i < states.size(); i++) {
        anyOrder(states.get(i), seen.get(i), random);
      }
    }

    private S pick(Random random, List<S> all) {
      return all.get(random.nextInt(all.size()));
    }

    private void write(Event<O> event) {
      int at = event.origin();
      S before = states.get(at);
      String text = deltas.size() < 6 ? before.toString() : "";
      int hash = before.hashCode();
      S delta = subject.delta(before, event);
      require(
          (text.isEmpty() || text.equals(before.toString())) && hash == before.hashCode(),
          "a mutator must not change its receiver");
      S after = before.merge(delta);
      same("inflation", before.merge(after), after);
      same("inflation", after.merge(before), after);
      same("delta merged twice", after.merge(delta), after);
      S other = states.get((at + 1) % states.size());
      same("delta law", other.merge(before).merge(delta), other.merge(after));
      deltas.put(event.id(), delta);
      seen.get(at).set(event.id());
      states.set(at, after);
    }

    private void joinLaws(S a, S b, S c) {
      same("idempotent", a.merge(a), a);
      same("identity", a.merge(subject.empty()), a);
      same("identity", subject.empty().merge(a), a);
      same("commutative", a.merge(b), b.merge(a));
      same("commutative", b.merge(c), c.merge(b));
      same("associative", a.merge(b).merge(c), a.merge(b.merge(c)));
      same("associative", b.merge(c).merge(a), b.merge(c.merge(a)));
    }

    private void anyOrder(S state, BitSet of, Random random) {
      List<S> arriving = new ArrayList<>();
      of.stream().forEach(id -> arriving.add(delta(id)));
      if (random.nextBoolean()) {
        of.stream().filter(id -> random.nextInt(4) == 0).forEach(id -> arriving.add(delta(id)));
        Collections.shuffle(arriving, random);
      } else {
        // Most are lost at first, and then all are sent again, in another order.
        Collections.shuffle(arriving, random);
        List<S> first = List.copyOf(arriving.subList(0, arriving.size() / 3));
        Collections.shuffle(arriving, random);
        arriving.addAll(0, first);
      }
      S built = subject.empty();
      for (S delta : arriving) {
        built = built.merge(delta);
      }
      same("deltas in any order, with duplicates, make the state", built, state);
    }

    private S delta(int id) {
      S delta = deltas.get(id);
      if (delta == null) {
        throw new IllegalStateException("no delta #" + id);
      }
      return delta;
    }

    private void same(String law, S left, S right) {
      // Hashing a large state costs more than all else here.
      boolean hash = deltas.size() > 8 || left.hashCode() == right.hashCode();
      if (!left.equals(right) || !hash) {
        throw new AssertionError(
            subject.name()
                + " breaks a law: "
                + law
                + "\n  left:  "
                + left
                + "\n  right: "
                + right);
      }
    }

    private void require(boolean condition, String law) {
      if (!condition) {
        throw new AssertionError(subject.name() + " breaks a law: " + law);
      }
    }
  }
}
