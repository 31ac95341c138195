package dev.converge.crdt.testing;

import dev.converge.crdt.algebra.Crdt;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Compares the value at every replica, after every step of random histories, with an executable
 * specification over the visible operations. Deltas that arrive before what they depend on are left
 * out here (their origin's past would be visible in part); {@link Laws} delivers those.
 */
public final class Oracle {
  private Oracle() {}

  /**
   * Checks {@link Property#cases} histories of {@code subject}.
   *
   * @param value what a state shows, with {@code equals} and {@code toString}
   * @param specification what it should show
   */
  public static <S extends Crdt<S>, O> void agrees(
      Subject<S, O> subject, Function<S, ?> value, Function<View<O>, ?> specification) {
    Property.check(
        subject.name() + " oracle",
        rng -> History.random(rng, subject.operations()),
        steps -> new Run<>(subject, value, specification).check(steps));
  }

  private static final class Run<S extends Crdt<S>, O> {
    private final Subject<S, O> subject;
    private final Function<S, ?> value;
    private final Function<View<O>, ?> specification;
    private final List<S> states = new ArrayList<>();
    private final List<BitSet> seen = new ArrayList<>();
    private final Map<Integer, Event<O>> events = new HashMap<>();
    private final Map<Integer, BitSet> pasts = new HashMap<>();
    private final Map<Integer, S> deltas = new HashMap<>();

    Run(Subject<S, O> subject, Function<S, ?> value, Function<View<O>, ?> specification) {
      this.subject = subject;
      this.value = value;
      this.specification = specification;
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
          compare(pull.to());
        } else if (step instanceof History.Deliver<O> deliver) {
          deliver(deliver.to(), deliver.event());
        }
      }
    }

    private void write(Event<O> event) {
      int at = event.origin();
      events.put(event.id(), event);
      pasts.put(event.id(), (BitSet) seen.get(at).clone());
      S delta = subject.delta(states.get(at), event);
      deltas.put(event.id(), delta);
      states.set(at, states.get(at).merge(delta));
      seen.get(at).set(event.id());
      compare(at);
    }

    private void deliver(int to, int event) {
      S delta = deltas.get(event);
      BitSet past = pasts.get(event);
      if (delta == null || past == null) {
        return;
      }
      BitSet missing = (BitSet) past.clone();
      missing.andNot(seen.get(to));
      if (missing.isEmpty()) {
        states.set(to, states.get(to).merge(delta));
        seen.get(to).set(event);
        compare(to);
      }
    }

    private void compare(int at) {
      List<Event<O>> visible =
          seen.get(at).stream().mapToObj(events::get).collect(Collectors.toList());
      Object actual = value.apply(states.get(at));
      Object expected = specification.apply(new View<>(visible, pasts));
      if (!actual.equals(expected)) {
        throw new AssertionError(
            subject.name()
                + " differs from its specification at "
                + History.REPLICAS.get(at)
                + "\n  shows:     "
                + actual
                + "\n  should be: "
                + expected);
      }
      for (int other = 0; other < states.size(); other++) {
        if (seen.get(other).equals(seen.get(at)) && !states.get(other).equals(states.get(at))) {
          throw new AssertionError(
              subject.name()
                  + ": replicas that have seen the same differ\n  "
                  + states.get(at)
                  + "\n  "
                  + states.get(other));
        }
      }
    }
  }
}
