package dev.converge.node.entity;

import dev.converge.crdt.clock.Dot;
import dev.converge.engine.conflict.Conflict;
import dev.converge.engine.conflict.ConflictResolver;
import dev.converge.engine.conflict.Decision;
import dev.converge.engine.conflict.Rival;
import dev.converge.engine.fold.EventContext;
import dev.converge.node.entity.CartEvent.Added;
import dev.converge.node.entity.CartEvent.CheckedOut;
import dev.converge.node.entity.CartEvent.QuantitySet;
import dev.converge.node.entity.CartEvent.Removed;
import dev.converge.pekko.Effect;
import dev.converge.pekko.ReplicatedEntity;
import java.math.BigInteger;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A shopping cart that survives being used at two nodes at once.
 *
 * <p>An item's quantity is the sum of contributions, each named by the event that made it. A
 * removal takes away the contributions that its author had seen, so a concurrent addition survives.
 * A set quantity takes the place of what its author had seen and of concurrent set quantities that
 * come before it in the total order, so the last writer's stands. What changes the cart
 * concurrently with a checkout is kept, and escalated to a person.
 */
public final class Cart extends ReplicatedEntity<CartEvent, CartEvent, Cart.State> {
  /** The conflict key that every event of a cart has. */
  private static final Set<String> CHECKOUT = Set.of("checkout");

  private static final Set<String> CHANGE = Set.of("change");

  /**
   * A cart.
   *
   * @param items contributions by item; no item without any
   * @param checkedOut whether it was checked out
   */
  public record State(Map<String, Map<Dot, Contribution>> items, boolean checkedOut) {
    static final State EMPTY = new State(Map.of(), false);

    /** Quantity by item, sorted. */
    public Map<String, BigInteger> quantities() {
      Map<String, BigInteger> sums = new TreeMap<>();
      items.forEach(
          (item, contributions) ->
              sums.put(
                  item,
                  contributions.values().stream()
                      .map(Contribution::quantity)
                      .reduce(BigInteger.ZERO, BigInteger::add)));
      return sums;
    }

    private State with(String item, Map<Dot, Contribution> contributions) {
      Map<String, Map<Dot, Contribution>> changed = new TreeMap<>(items);
      if (contributions.isEmpty()) {
        changed.remove(item);
      } else {
        changed.put(item, Collections.unmodifiableMap(contributions));
      }
      return new State(Collections.unmodifiableMap(changed), checkedOut);
    }
  }

  /**
   * A part of an item's quantity.
   *
   * @param quantity above 0
   * @param set whether it was set, not added
   */
  public record Contribution(BigInteger quantity, boolean set) {}

  @Override
  public State emptyState() {
    return State.EMPTY;
  }

  /** Commands have the form of the events that they become. */
  @Override
  public Effect<CartEvent> onCommand(State state, CartEvent command) {
    if (state.checkedOut()) {
      return Effect.refuse("the cart is checked out; nothing can be changed in it");
    }
    boolean noEffect =
        (command instanceof Removed removed && !state.items().containsKey(removed.what()))
            || (command instanceof QuantitySet set
                && set.quantity().signum() == 0
                && !state.items().containsKey(set.what()));
    return noEffect ? Effect.none() : Effect.persist(command);
  }

  @Override
  public State onEvent(State state, CartEvent event, EventContext context) {
    if (event instanceof CheckedOut) {
      return new State(state.items(), true);
    }
    String item = event.item().orElseThrow();
    Map<Dot, Contribution> contributions =
        new LinkedHashMap<>(state.items().getOrDefault(item, Map.of()));
    if (event instanceof Added added) {
      contributions.put(context.dot(), new Contribution(added.quantity(), false));
    } else if (event instanceof Removed) {
      contributions.keySet().removeIf(context.dependencies()::contains);
    } else if (event instanceof QuantitySet set) {
      contributions
          .entrySet()
          .removeIf(e -> e.getValue().set() || context.dependencies().contains(e.getKey()));
      if (set.quantity().signum() > 0) {
        contributions.put(context.dot(), new Contribution(set.quantity(), true));
      }
    }
    return state.with(item, contributions);
  }

  @Override
  public ConflictResolver<State, CartEvent> conflicts() {
    return new Rules();
  }

  private static final class Rules implements ConflictResolver<State, CartEvent> {
    @Override
    public Set<String> conflictKeys(CartEvent event) {
      return CHECKOUT;
    }

    @Override
    public Set<String> kinds(CartEvent event) {
      return event instanceof CheckedOut ? CHECKOUT : CHANGE;
    }

    @Override
    public boolean readsState() {
      return false;
    }

    @Override
    public Decision<CartEvent> decide(Conflict<State, CartEvent> conflict) {
      if (conflict.event().payload() instanceof CheckedOut) {
        return first(conflict, CHANGE)
            .map(
                change ->
                    Decision.<CartEvent>escalateAndApply(
                        "the cart was checked out without having seen " + described(change)))
            .orElseGet(() -> Decision.apply("checked out twice"));
      }
      return first(conflict, CHECKOUT)
          .map(
              checkout ->
                  Decision.<CartEvent>escalateAndApply(
                      "not seen by the checkout "
                          + checkout.dot()
                          + ", which was made at the same time; it is kept"))
          .orElseGet(Decision::apply);
    }

    private static Optional<Rival<CartEvent>> first(
        Conflict<State, CartEvent> conflict, Set<String> kind) {
      return conflict.among().ofKind(kind.iterator().next()).earliest();
    }

    private static String described(Rival<CartEvent> rival) {
      return rival.event().payload().described() + " (" + rival.dot() + ")";
    }
  }
}
