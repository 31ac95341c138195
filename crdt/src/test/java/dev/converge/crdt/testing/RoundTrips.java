package dev.converge.crdt.testing;

import dev.converge.crdt.algebra.Crdt;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * The laws of an encoding, on every state and every delta of random histories: what is decoded
 * equals what was encoded, and equal values, however they came about, have equal bytes.
 */
public final class RoundTrips {
  private RoundTrips() {}

  /** Checks a fiftieth of {@link Property#cases} histories of {@code subject}. */
  public static <S extends Crdt<S>, O> void hold(
      Subject<S, O> subject, Function<S, byte[]> encode, Function<byte[], S> decode) {
    Property.check(
        subject.name() + " encoding",
        Math.max(1, Property.cases() / 50),
        rng -> History.random(rng, subject.operations()),
        steps -> new Run<>(subject, encode, decode).check(steps));
  }

  /** All states and deltas of a history. */
  public static <S extends Crdt<S>, O> List<S> values(
      Subject<S, O> subject, List<History.Step<O>> steps) {
    List<S> states = new ArrayList<>();
    History.REPLICAS.forEach(replica -> states.add(subject.empty()));
    Map<Integer, S> deltas = new HashMap<>();
    List<S> all = new ArrayList<>(List.of(subject.empty()));
    for (History.Step<O> step : steps) {
      if (step instanceof History.Write<O> write) {
        S delta = subject.delta(states.get(write.event().origin()), write.event());
        deltas.put(write.event().id(), delta);
        all.add(delta);
        all.add(merge(states, write.event().origin(), delta));
      } else if (step instanceof History.Pull<O> pull) {
        all.add(merge(states, pull.to(), states.get(pull.from())));
      } else if (step instanceof History.Deliver<O> deliver) {
        S delta = deltas.get(deliver.event());
        if (delta != null) {
          all.add(merge(states, deliver.to(), delta));
        }
      }
    }
    return all;
  }

  private static <S extends Crdt<S>> S merge(List<S> states, int at, S other) {
    S merged = states.get(at).merge(other);
    states.set(at, merged);
    return merged;
  }

  private record Run<S extends Crdt<S>, O>(
      Subject<S, O> subject, Function<S, byte[]> encode, Function<byte[], S> decode) {
    void check(List<History.Step<O>> steps) {
      Map<S, byte[]> known = new HashMap<>();
      for (S value : values(subject, steps)) {
        byte[] bytes = encode.apply(value);
        byte[] before = known.putIfAbsent(value, bytes);
        require(before == null || Arrays.equals(before, bytes), "equal values, equal bytes", value);
        if (before == null) {
          S decoded = decode.apply(bytes);
          require(decoded.equals(value), "decoded equals encoded", value);
          require(decoded.hashCode() == value.hashCode(), "decoded hashes as encoded", value);
          require(Arrays.equals(encode.apply(decoded), bytes), "encoded alike again", value);
          require(decoded.merge(value).equals(value), "merges as what it was", value);
        }
      }
    }

    private void require(boolean condition, String law, S value) {
      if (!condition) {
        throw new AssertionError(
            "the encoding of " + subject.name() + " breaks a law: " + law + "\n  value: " + value);
      }
    }
  }
}
