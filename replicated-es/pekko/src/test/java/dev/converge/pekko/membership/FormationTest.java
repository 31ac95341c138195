package dev.converge.pekko.membership;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.engine.membership.ReplicaSet;
import dev.converge.engine.membership.Step;
import dev.converge.pekko.membership.Formation.Effect;
import dev.converge.pekko.membership.Formation.Input;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The machine by hand, and many of them with late messages, crashes and lost disks. */
class FormationTest {
  private static final TreeSet<String> NAMES = new TreeSet<>(List.of("a", "b", "c"));

  private static ReplicaId id(String name, long incarnation) {
    return new ReplicaId(name, incarnation);
  }

  private static Greeting unformed(TreeSet<String> configured) {
    return new Greeting(Greeting.State.UNFORMED, new TreeSet<>(), configured, Map.of());
  }

  private static Greeting formed(ReplicaId... first) {
    return new Greeting(Greeting.State.FORMED, new TreeSet<>(List.of(first)), NAMES, Map.of());
  }

  private static Formation start(ReplicaId self) {
    return Formation.start(self, NAMES, Formation.Durable.NONE);
  }

  @Test
  void aNodeWithoutPeersIsASetOfItsOwn() {
    Formation alone =
        Formation.start(id("a", 1), new TreeSet<>(List.of("a")), Formation.Durable.NONE);

    assertThat(alone.step(new Input.Started()).effects())
        .containsExactly(new Effect.Form(ReplicaSet.first(List.of(id("a", 1)))));
  }

  @Test
  void theFounderWaitsForEverybodyAndForTheirPledges() {
    Formation founder = start(id("a", 1));
    founder = founder.step(new Input.Heard(id("b", 1), unformed(NAMES))).state();
    assertThat(founder.waitsFor()).contains("c has not been met");

    Step<Formation, Effect> all = founder.step(new Input.Heard(id("c", 1), unformed(NAMES)));
    assertThat(all.effects()).hasSize(2);
    assertThat(all.state().durable().pledged()).isEqualTo(id("a", 1));

    founder = all.state().step(new Input.Pledged(id("b", 1), id("a", 1))).state();
    assertThat(founder.step(new Input.Pledged(id("c", 1), id("a", 1))).effects())
        .containsExactly(
            new Effect.Form(ReplicaSet.first(List.of(id("a", 1), id("b", 1), id("c", 1)))));
  }

  @Test
  void otherListsOfNodesAreNoReasonToGuess() {
    Formation founder = start(id("a", 1));
    founder = founder.step(new Input.Heard(id("b", 1), unformed(NAMES))).state();
    founder =
        founder
            .step(new Input.Heard(id("c", 1), unformed(new TreeSet<>(List.of("a", "c")))))
            .state();

    assertThat(founder.waitsFor()).contains("give all the same list");
  }

  @Test
  void whoFollowsALaterFounderAdoptsNoSetOfAnEarlierOne() {
    TreeSet<ReplicaId> members = new TreeSet<>(List.of(id("a", 2), id("b", 1), id("c", 1)));
    Formation follower = start(id("b", 1));
    follower = follower.step(new Input.PledgeAsked(id("a", 2), members)).state();
    assertThat(follower.durable().pledged()).isEqualTo(id("a", 2));

    Step<Formation, Effect> told =
        follower.step(new Input.Heard(id("a", 1), formed(id("a", 1), id("b", 1), id("c", 1))));
    assertThat(told.effects()).isEmpty();
    assertThat(told.state().durable().isOpen()).isTrue();
    assertThat(follower.step(new Input.PledgeAsked(id("a", 1), members)).effects()).isEmpty();
  }

  @Test
  void aSetWithAnotherIncarnationOfThisNodeIsJoined() {
    Step<Formation, Effect> told =
        start(id("b", 2))
            .step(new Input.Heard(id("a", 1), formed(id("a", 1), id("b", 1), id("c", 1))));

    assertThat(told.effects()).containsExactly(new Effect.Join());
    assertThat(told.state().durable().joining()).isTrue();
  }

  @Test
  void whateverIsLostOnTheWayNoTwoSetsAreFormed() {
    int formed = 0;
    for (long seed = 1; seed <= 5_000; seed++) {
      Cluster cluster = new Cluster(seed, false);
      assertThat(cluster.run()).as("seed " + seed).isNull();
      formed += cluster.losses > 0 ? 1 : 0;
    }
    assertThat(formed).isGreaterThan(1_000);
  }

  @Test
  void withoutPledgesThereWouldBeTwo() {
    int caught = 0;
    for (long seed = 1; seed <= 5_000; seed++) {
      caught += new Cluster(seed, true).run() != null ? 1 : 0;
    }
    assertThat(caught).isPositive();
  }

  /** Three nodes, whose messages may arrive at any time later, or never. */
  private static final class Cluster {
    private record Letter(
        ReplicaId from, String to, @Nullable Greeting greeting, @Nullable Message message) {}

    private final Random random;
    private final boolean careless;
    private final Map<String, Formation> nodes = new HashMap<>();
    private final List<Letter> letters = new ArrayList<>();
    int losses;

    Cluster(long seed, boolean careless) {
      this.random = new Random(seed);
      this.careless = careless;
      NAMES.forEach(name -> nodes.put(name, start(id(name, 1))));
    }

    /** What is wrong; null if nothing is. */
    @Nullable String run() {
      for (int i = 0; i < 250; i++) {
        String name = List.copyOf(NAMES).get(random.nextInt(3));
        Formation node = get(name);
        int dice = random.nextInt(100);
        if (dice < 20) {
          greet(node);
        } else if (dice < 30) {
          take(name, new Input.Tick());
        } else if (dice < 33 && losses < 3) {
          losses++;
          nodes.put(name, start(id(name, node.self().incarnation() + 1)));
        } else if (dice < 36) {
          nodes.put(name, Formation.start(node.self(), NAMES, node.durable()));
        } else if (!letters.isEmpty()) {
          deliver(letters.remove(random.nextInt(letters.size())));
        }
        String wrong = wrong();
        if (wrong != null) {
          return wrong;
        }
      }
      return null;
    }

    private Formation get(String name) {
      return Objects.requireNonNull(nodes.get(name));
    }

    private void greet(Formation node) {
      ReplicaSet first = node.durable().formed();
      Greeting greeting =
          new Greeting(
              first != null
                  ? Greeting.State.FORMED
                  : node.durable().joining() ? Greeting.State.JOINING : Greeting.State.UNFORMED,
              first == null ? new TreeSet<>() : first.members(),
              NAMES,
              Map.of());
      NAMES.forEach(name -> letters.add(new Letter(node.self(), name, greeting, null)));
    }

    private void deliver(Letter letter) {
      Message message = letter.message();
      if (letter.from().name().equals(letter.to())) {
        return;
      }
      if (letter.greeting() != null) {
        take(letter.to(), new Input.Heard(letter.from(), letter.greeting()));
      } else if (message instanceof Message.PledgeAsk ask) {
        take(letter.to(), new Input.PledgeAsked(letter.from(), ask.members()));
      } else if (message instanceof Message.Pledge pledge) {
        take(letter.to(), new Input.Pledged(letter.from(), pledge.founder()));
      }
    }

    private void take(String name, Input input) {
      Step<Formation, Effect> step = get(name).step(input);
      nodes.put(name, step.state());
      for (Effect effect : step.effects()) {
        if (effect instanceof Effect.Say say) {
          if (careless && say.message() instanceof Message.PledgeAsk ask) {
            // As if asking were enough.
            for (ReplicaId member : ask.members()) {
              if (member.name().equals(say.peer())) {
                take(name, new Input.Pledged(member, step.state().self()));
              }
            }
          } else {
            letters.add(new Letter(step.state().self(), say.peer(), null, say.message()));
          }
        }
      }
    }

    private @Nullable String wrong() {
      ReplicaSet one = null;
      for (Formation node : nodes.values()) {
        ReplicaSet formed = node.durable().formed();
        if (formed != null && one != null && !one.equals(formed)) {
          return "two first sets: " + one + " and " + formed;
        }
        one = formed == null ? one : formed;
      }
      return null;
    }
  }
}
