package dev.converge.engine.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.engine.conflict.ConflictResolver;
import dev.converge.engine.conflict.Decision;
import dev.converge.engine.conflict.Resolution;
import dev.converge.engine.conflict.Resolvers;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.fold.EntityModel;
import dev.converge.engine.fold.EventContext;
import dev.converge.engine.fold.FoldException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The kit on a room that can be booked by the hour; how one tests an entity of one's own. */
class ReplicatedEntityTestKitTest {

  /** What happens to a room. */
  sealed interface Event {
    /** Somebody takes an hour. */
    record Booked(int hour, String who) implements Event {}

    /** A person has decided whose hour it is. */
    record Awarded(int hour, String who, Resolution resolution) implements Event {}
  }

  /** Who wants which hour. */
  record Book(int hour, String who) {}

  /** Whoever comes first in the total order has the hour, unless a person says otherwise. */
  static final class Room implements EntityModel<TreeMap<Integer, String>, Event> {
    @Override
    public TreeMap<Integer, String> emptyState() {
      return new TreeMap<>();
    }

    @Override
    public TreeMap<Integer, String> apply(
        TreeMap<Integer, String> room, Event event, EventContext context) {
      TreeMap<Integer, String> after = new TreeMap<>(room);
      if (event instanceof Event.Booked booked) {
        after.putIfAbsent(booked.hour(), booked.who());
      } else if (event instanceof Event.Awarded awarded) {
        after.put(awarded.hour(), awarded.who());
      }
      return after;
    }

    @Override
    public ConflictResolver<TreeMap<Integer, String>, Event> conflicts() {
      return Resolvers.decidedBy(
          event ->
              event instanceof Event.Awarded awarded
                  ? Optional.of(awarded.resolution())
                  : Optional.empty(),
          Resolvers.escalate(
              event ->
                  event instanceof Event.Booked booked ? Set.of("hour " + booked.hour()) : Set.of(),
              false));
    }

    static CommandOutcome<Event> decide(TreeMap<Integer, String> room, Book command) {
      if (command.hour() < 0 || command.hour() > 23) {
        throw new IllegalArgumentException("a day has the hours 0 to 23, not " + command.hour());
      }
      String taken = room.get(command.hour());
      if (taken == null) {
        return CommandOutcome.<Event>persist(new Event.Booked(command.hour(), command.who()))
            .thenReply("booked for now");
      }
      return taken.equals(command.who())
          ? CommandOutcome.none()
          : CommandOutcome.refuse(taken + " has it");
    }
  }

  private ReplicatedEntityTestKit<TreeMap<Integer, String>, Event, Book> kit;

  @BeforeEach
  void aRoomAtThreeReplicas() {
    kit = ReplicatedEntityTestKit.create(new Room(), Room::decide, "a", "b", "c");
  }

  @Test
  void aCommandHasEventsAStateAReplyOrARefusal() {
    var booked = kit.at("a").run(new Book(9, "Ada"));
    assertThat(booked.event()).isEqualTo(new Event.Booked(9, "Ada"));
    assertThat(booked.state()).containsEntry(9, "Ada");
    assertThat(booked.reply(String.class)).isEqualTo("booked for now");
    assertThat(booked.decisions()).containsExactly(Decision.apply());

    assertThat(kit.at("a").run(new Book(9, "Ada")).hasNoEvents()).isTrue();
    assertThat(kit.at("a").run(new Book(9, "Bob")).refusal()).contains("Ada has it");
    var impossible = kit.at("a").run(new Book(24, "Bob"));
    assertThat(impossible.refusal()).contains("a day has the hours 0 to 23, not 24");
    assertThatThrownBy(impossible::event).hasMessageContaining("not one event; it was refused");
    assertThatThrownBy(() -> impossible.reply(String.class)).hasMessageContaining("state alone");
  }

  @Test
  void whatIsNotDeliveredIsNotKnown() {
    kit.at("a").run(new Book(9, "Ada"));
    assertThat(kit.at("b").state()).isEmpty();
    assertThatThrownBy(kit::assertConverged)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("not all replicas hold all events: [a {a=1}, b {}, c {}]");
    kit.deliver("a", "b").deliver("b", "c");
    assertThat(kit.at("c").state()).containsEntry(9, "Ada");
    kit.assertConverged();
  }

  @Test
  void twoSidesOfASplitBookTheSameHourAndAPersonDecides() {
    kit.isolate("c");
    kit.at("a").run(new Book(9, "Ada"));
    var bobs = kit.at("c").run(new Book(9, "Bob"));
    kit.deliverAll();
    assertThat(kit.at("b").state()).containsEntry(9, "Ada");
    assertThat(kit.at("c").state()).containsEntry(9, "Bob");

    kit.healAll().deliverAll().assertConverged();
    assertThat(kit.at("c").state()).containsEntry(9, "Ada");
    assertThat(kit.at("c").became(bobs.dot()).decision())
        .isEqualTo(Decision.escalateAndHold("hour 9: c:1 and a:1 do not know of each other"));

    var conflict = kit.at("b").conflicts().get(0);
    assertThat(kit.at("b").sides(conflict.id()))
        .extracting(side -> side.event().payload())
        .containsExactly(new Event.Booked(9, "Ada"), new Event.Booked(9, "Bob"));
    kit.at("b")
        .persist(new Event.Awarded(9, "Bob", Resolution.of(conflict.id(), conflict.sides())));
    kit.deliverAll().assertConverged();
    assertThat(kit.at("a").conflicts()).isEmpty();
    assertThat(kit.at("a").state()).containsEntry(9, "Bob");
  }

  @Test
  void anEventThatComesEarlyWaits() {
    var first = kit.at("a").run(new Book(9, "Ada"));
    kit.deliver("a", "b");
    var second = kit.at("b").run(new Book(10, "Bob"));
    kit.deliver(second.dot(), "c");
    assertThat(kit.at("c").waiting()).isEqualTo(1);
    assertThat(kit.at("c").state()).isEmpty();
    kit.deliver(first.dot(), "c");
    assertThat(kit.at("c").state().keySet()).isEqualTo(new TreeSet<>(List.of(9, 10)));
    assertThatThrownBy(() -> kit.at("a").became(second.dot()))
        .hasMessageContaining("b:1 is not held at a {a=1}");
  }

  @Test
  void theClockThatIsBehindComesFirst() {
    kit.at("a").run(new Book(9, "Ada"));
    kit.passTime(60_000);
    kit.at("b").clockAhead(-120_000).run(new Book(9, "Bob"));
    kit.deliverAll();
    assertThat(kit.at("a").state()).containsEntry(9, "Bob");
  }

  @Test
  void aRequestThatIsSentTwiceCountsOnce() {
    OriginId request = new OriginId("tablet-3/41");
    var sent = kit.at("a").run(new Book(9, "Ada"), request);
    assertThat(kit.at("a").run(new Book(9, "Ada"), request).hasNoEvents()).isTrue();
    var again = kit.at("b").run(new Book(9, "Ada"), request);
    kit.deliverAll().assertConverged();
    assertThat(kit.at("c").became(again.dot()).duplicateOf()).isEqualTo(sent.dot());
    assertThat(kit.at("c").conflicts()).isEmpty();
  }

  @Test
  void whoWritesWithoutHavingSeenIsInConflict() {
    CausalContext before = kit.at("a").context();
    kit.at("a").run(new Book(9, "Ada"));
    var late = kit.at("a").persist(new Event.Booked(9, "Bob"), before);
    assertThat(late.decisions().get(0)).isInstanceOf(Decision.Escalate.class);
    assertThat(kit.at("a").history()).hasSize(2);
  }

  @Test
  void whatAllHaveBecomesFinalOnce() {
    var booked = kit.at("a").run(new Book(9, "Ada"));
    assertThatThrownBy(kit::makeFinal).hasMessageContaining("deliverAll() first");
    kit.deliverAll().makeFinal();
    assertThat(kit.at("b").becameFinal()).extracting(e -> e.dot()).containsExactly(booked.dot());
    kit.makeFinal();
    assertThat(kit.at("b").becameFinal()).hasSize(1);
  }

  @Test
  void aReplicaStartsAgainFromWhatItStored() {
    kit.at("a").run(new Book(9, "Ada"));
    kit.at("a").restart().run(new Book(10, "Ada"));
    assertThat(kit.at("a").state()).hasSize(2);
    kit.deliverAll().assertConverged();
  }

  @Test
  void aHandlerThatChangesItsInputIsReported() {
    EntityModel<List<String>, String> careless =
        new EntityModel<>() {
          @Override
          public List<String> emptyState() {
            return new java.util.ArrayList<>();
          }

          @Override
          public List<String> apply(List<String> state, String event, EventContext context) {
            state.add(event);
            return state;
          }

          @Override
          public ConflictResolver<List<String>, String> conflicts() {
            return Resolvers.none();
          }
        };
    var careful = ReplicatedEntityTestKit.create(careless, "a");
    assertThatThrownBy(() -> careful.at("a").run("x"))
        .isInstanceOf(FoldException.class)
        .hasMessageContaining("changed the state it was given at event a:1 of the entity at a");
  }

  @Test
  void badUseIsRefused() {
    assertThatThrownBy(() -> kit.at("d")).hasMessageContaining("no replica d among [a, b, c]");
    assertThatThrownBy(() -> kit.cut("a", "b").deliver("b", "a"))
        .hasMessageContaining("the link between b and a is cut: heal it first");
    assertThatThrownBy(() -> kit.passTime(-1)).hasMessageContaining("does not go back");
    assertThatThrownBy(() -> ReplicatedEntityTestKit.create(new Room()))
        .hasMessageContaining("name the replicas");
    assertThatThrownBy(() -> ReplicatedEntityTestKit.create(new Room(), "a", "a"))
        .hasMessageContaining("two replicas a");
  }
}
