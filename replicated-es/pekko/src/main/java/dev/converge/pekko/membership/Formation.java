package dev.converge.pekko.membership;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.engine.membership.ReplicaSet;
import dev.converge.engine.membership.Step;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How the first set of replicas comes about. An immutable state and its step function; what is in
 * {@link Durable} is stored before the effects of a step are carried out.
 *
 * <p>Incarnations are made with the databases, so who is in the first set is not known from the
 * configuration. One node, the <em>founder</em>, the smallest name in the configuration, makes the
 * set of the incarnations it has met, after each of them has <em>pledged</em> to follow no earlier
 * incarnation of the founder. All others adopt a set that they are told and that they are in. Why
 * this is safe is in decision 24.
 *
 * <table>
 * <caption>Transitions</caption>
 * <tr><th>is</th><th>on</th><th>becomes</th><th>effects</th></tr>
 * <tr><td>unformed</td><td>Started, no peers are configured</td><td>formed</td><td>Form</td></tr>
 * <tr><td>unformed founder</td><td>Heard or Tick, all peers are there, unformed, configured as this
 *   one</td><td>pledged to itself</td><td>PledgeAsk to those who have not pledged</td></tr>
 * <tr><td>unformed founder</td><td>Pledged, the last</td><td>formed</td><td>Form</td></tr>
 * <tr><td>unformed, pledged to no later incarnation</td><td>PledgeAsked by the founder</td>
 *   <td>pledged to it</td><td>Pledge</td></tr>
 * <tr><td>unformed</td><td>Heard of a set with this incarnation in it</td><td>formed</td>
 *   <td>Form</td></tr>
 * <tr><td>unformed</td><td>Heard of a set without it</td><td>joining</td><td>Join</td></tr>
 * <tr><td>joining, formed</td><td>anything</td><td>as it was</td><td></td></tr>
 * </table>
 *
 * @param self this replica
 * @param configured the names of all configured nodes, the own one among them
 * @param durable what has to survive a crash
 * @param peers who was met, by name
 * @param pledges who has pledged to this founder
 */
record Formation(
    ReplicaId self,
    NavigableSet<String> configured,
    Durable durable,
    Map<String, Peer> peers,
    NavigableSet<ReplicaId> pledges) {

  /**
   * What has to survive a crash.
   *
   * @param pledged the founder that this node follows
   * @param formed the first set; from then on {@code Membership} keeps it
   * @param joining it is to join a set that others have formed
   */
  record Durable(@Nullable ReplicaId pledged, @Nullable ReplicaSet formed, boolean joining) {
    static final Durable NONE = new Durable(null, null, false);
    private static final int FORM = 1;

    byte[] encode() {
      return FormWriter.write(FORM, out -> out.maybe(pledged, FormWriter::replica).flag(joining));
    }

    static Durable decode(byte[] bytes) {
      return FormReader.read(
          "the state of the formation",
          FORM,
          bytes,
          in -> new Durable(in.maybe(FormReader::replica), null, in.flag()));
    }

    boolean isOpen() {
      return formed == null && !joining;
    }
  }

  /** Who answers to a configured name. */
  record Peer(ReplicaId id, Greeting greeting) {}

  /** What it reacts to. */
  sealed interface Input {
    /** The process starts. */
    record Started() implements Input {}

    /** A peer said how it stands with it. */
    record Heard(ReplicaId peer, Greeting greeting) implements Input {}

    /** A founder asks for a pledge. */
    record PledgeAsked(ReplicaId founder, NavigableSet<ReplicaId> members) implements Input {}

    /** A peer has pledged. */
    record Pledged(ReplicaId peer, ReplicaId founder) implements Input {}

    /** Time for another try: messages may have been lost. */
    record Tick() implements Input {}
  }

  /** What it asks of its shell. */
  sealed interface Effect {
    /** Send it; it may be lost. */
    record Say(String peer, Message message) implements Effect {}

    /** This is the first set. */
    record Form(ReplicaSet first) implements Effect {}

    /** Others have formed a set without this incarnation: join it. */
    record Join() implements Effect {}
  }

  Formation {
    configured = Collections.unmodifiableNavigableSet(new TreeSet<>(configured));
    if (!configured.contains(self.name())) {
      throw new IllegalArgumentException(self + " is not among " + configured);
    }
  }

  static Formation start(ReplicaId self, NavigableSet<String> configured, Durable durable) {
    return new Formation(self, configured, durable, Map.of(), new TreeSet<>());
  }

  String founder() {
    return configured.first();
  }

  private boolean isFounder() {
    return founder().equals(self.name());
  }

  Step<Formation, Effect> step(Input input) {
    if (!durable.isOpen()) {
      return stay(this);
    }
    if (input instanceof Input.Heard heard) {
      return heard(heard.peer(), heard.greeting());
    }
    if (input instanceof Input.PledgeAsked asked) {
      return pledgeAsked(asked.founder(), asked.members());
    }
    if (input instanceof Input.Pledged pledged) {
      return pledged(pledged.peer(), pledged.founder());
    }
    return configured.size() == 1 ? form(ReplicaSet.first(List.of(self))) : found();
  }

  private static Step<Formation, Effect> stay(Formation state) {
    return new Step<>(state, List.of());
  }

  private Formation with(Durable now) {
    return new Formation(self, configured, now, peers, pledges);
  }

  private Step<Formation, Effect> form(ReplicaSet first) {
    return new Step<>(
        with(new Durable(durable.pledged(), first, false)), List.of(new Effect.Form(first)));
  }

  private Step<Formation, Effect> heard(ReplicaId peer, Greeting greeting) {
    TreeMap<String, Peer> more = new TreeMap<>(peers);
    more.put(peer.name(), new Peer(peer, greeting));
    Formation now = new Formation(self, configured, durable, more, pledges);
    if (greeting.state() != Greeting.State.FORMED) {
      return now.found();
    }
    ReplicaSet first = ReplicaSet.first(greeting.first());
    if (!first.contains(self)) {
      return new Step<>(
          now.with(new Durable(durable.pledged(), null, true)), List.of(new Effect.Join()));
    }
    // SUBTLE: a founder that came back without its disk may be about to form another set.
    return isOverruled(first.members().first()) ? stay(now) : now.form(first);
  }

  private boolean isOverruled(ReplicaId founder) {
    ReplicaId pledged = durable.pledged();
    return pledged != null
        && pledged.name().equals(founder.name())
        && pledged.incarnation() > founder.incarnation();
  }

  private Step<Formation, Effect> pledgeAsked(ReplicaId founder, NavigableSet<ReplicaId> members) {
    if (!founder.name().equals(founder()) || !members.contains(self) || isOverruled(founder)) {
      return stay(this);
    }
    return new Step<>(
        with(new Durable(founder, null, false)),
        List.of(new Effect.Say(founder.name(), new Message.Pledge(founder))));
  }

  private Step<Formation, Effect> pledged(ReplicaId peer, ReplicaId founder) {
    if (!founder.equals(self)) {
      return stay(this);
    }
    TreeSet<ReplicaId> more = new TreeSet<>(pledges);
    more.add(peer);
    return new Formation(self, configured, durable, peers, more).found();
  }

  /** What a founder does with what it knows. */
  private Step<Formation, Effect> found() {
    if (!isFounder() || waitsFor() != null) {
      return stay(this);
    }
    TreeSet<ReplicaId> members = new TreeSet<>();
    members.add(self);
    configured.forEach(
        name -> {
          Peer peer = peers.get(name);
          if (peer != null) {
            members.add(peer.id());
          }
        });
    List<Effect> asks = new ArrayList<>();
    for (ReplicaId member : members) {
      if (!member.equals(self) && !pledges.contains(member)) {
        asks.add(new Effect.Say(member.name(), new Message.PledgeAsk(members)));
      }
    }
    return asks.isEmpty()
        ? form(ReplicaSet.first(members))
        : new Step<>(with(new Durable(self, null, false)), asks);
  }

  /** Why no set is formed yet, for people; null if nothing stands in the way. */
  @Nullable String waitsFor() {
    for (String name : configured) {
      Peer peer = peers.get(name);
      if (name.equals(self.name())) {
        continue;
      }
      if (peer == null) {
        return name + " has not been met";
      }
      if (peer.greeting().state() == Greeting.State.JOINING) {
        return name + " is about to join another set";
      }
      if (!peer.greeting().configured().equals(configured)) {
        return name
            + " is configured with the nodes "
            + peer.greeting().configured()
            + ", this one with "
            + configured
            + "; give all the same list";
      }
    }
    ReplicaId pledged = durable.pledged();
    return pledged == null || configured.contains(pledged.name())
        ? null
        : "this node follows " + pledged + ", which is no longer configured";
  }

  /** Whether every configured peer has said that it belongs to no set. */
  boolean isKnownToBeFirst() {
    return configured.stream()
        .allMatch(name -> name.equals(self.name()) || peers.containsKey(name));
  }
}
