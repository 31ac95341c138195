package dev.converge.pekko.membership;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.pekko.wire.WireException;
import java.util.Collections;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a node says of itself when it meets another.
 *
 * @param state whether it belongs to a set of replicas
 * @param first the members of epoch 0 of that set, which is the set's name; empty without one
 * @param configured the names that it is configured with, its own among them
 * @param addresses where others find replicas ({@code host:port} by name), as far as it was told
 */
record Greeting(
    State state,
    NavigableSet<ReplicaId> first,
    NavigableSet<String> configured,
    Map<String, String> addresses) {
  private static final int FORM = 1;

  /** Whether a node belongs to a set of replicas. */
  enum State {
    UNFORMED(1),
    JOINING(2),
    FORMED(3);

    private final int code;

    State(int code) {
      this.code = code;
    }

    static State of(long code) {
      for (State state : values()) {
        if (state.code == code) {
          return state;
        }
      }
      throw new WireException("a state of a node by the number " + code, null);
    }
  }

  Greeting {
    first = Collections.unmodifiableNavigableSet(new TreeSet<>(first));
    configured = Collections.unmodifiableNavigableSet(new TreeSet<>(configured));
    addresses = Collections.unmodifiableMap(new TreeMap<>(addresses));
    if ((state == State.FORMED) == first.isEmpty()) {
      throw new IllegalArgumentException(state + " with the first set " + first);
    }
  }

  byte[] encode() {
    return FormWriter.write(FORM, this::write);
  }

  void write(FormWriter out) {
    out.number(state.code)
        .replicas(first)
        .list(configured, FormWriter::text)
        .list(addresses.entrySet(), (o, e) -> o.text(e.getKey()).text(e.getValue()));
  }

  static Greeting decode(byte[] bytes) {
    return FormReader.read("a greeting", FORM, bytes, Greeting::read);
  }

  static Greeting read(FormReader in) {
    State state = State.of(in.number());
    NavigableSet<ReplicaId> first = in.replicas();
    TreeSet<String> configured = new TreeSet<>(in.list(FormReader::text));
    return new Greeting(state, first, configured, addresses(in));
  }

  static Map<String, String> addresses(FormReader in) {
    Map<String, String> addresses = new TreeMap<>();
    in.list(i -> addresses.put(name(i.text()), i.text()));
    return addresses;
  }

  private static String name(String name) {
    if (!ReplicaId.isValidName(name)) {
      throw new WireException("not a replica's name: '" + name + "'", null);
    }
    return name;
  }
}
