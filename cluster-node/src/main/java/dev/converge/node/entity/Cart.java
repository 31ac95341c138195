package dev.converge.node.entity;

import dev.converge.crdt.clock.Dot;
import dev.converge.engine.conflict.ConflictResolver;
import dev.converge.engine.fold.EventContext;
import dev.converge.node.entity.CartEvent.Added;
import dev.converge.node.entity.CartEvent.CheckedOut;
import dev.converge.node.entity.CartEvent.Decided;
import dev.converge.node.entity.CartEvent.QuantitySet;
import dev.converge.node.entity.CartEvent.Removed;
import dev.converge.pekko.Choice;
import dev.converge.pekko.Effect;
import dev.converge.pekko.OpenConflict;
import dev.converge.pekko.ReplicatedEntity;
import java.math.BigInteger;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A shopping cart that survives being used at two nodes at once.
 *
 * <p>An item's quantity is the sum of contributions, each named by the event that made it. A
 * removal takes away the contributions that its author had seen, so a concurrent addition survives.
 * A set quantity takes the place of what its author had seen and of concurrent set quantities that
 * come before it in the total order, so the last writer's stands. What changes the cart
 * concurrently with a checkout is kept, and escalated to a person, who may
 *
 * <ul>
 *   <li>leave it as it is: checked out, with the change;
 *   <li>choose the checkout: the quantities are those that it had seen;
 *   <li>choose the change: the cart is open again, as far as its checkouts are known to the person;
 *   <li>give a command in place of both, which may change a cart that is checked out.
 * </ul>
 */
public final class Cart extends ReplicatedEntity<CartEvent, CartEvent, Cart.State> {
  /** How many different items a cart may have. */
  static final int MAX_ITEMS = 10_000;

  /** How many contributions an item may have. */
  static final int MAX_CONTRIBUTIONS = 1_000;

  /**
   * A cart.
   *
   * @param items contributions by item, sorted; no item without any
   * @param checkouts the checkouts that stand
   */
  public record State(SortedMap<String, Map<Dot, Contribution>> items, SortedSet<Dot> checkouts) {
    static final State EMPTY =
        new State(Collections.emptySortedMap(), Collections.emptySortedSet());

    /** Whether it is checked out. */
    public boolean checkedOut() {
      return !checkouts.isEmpty();
    }

    /** Quantity by item, sorted. */
    public SortedMap<String, BigInteger> quantities() {
      SortedMap<String, BigInteger> sums = new TreeMap<>();
      items.keySet().forEach(item -> sums.put(item, quantity(item)));
      return sums;
    }

    /** The quantity of one item. */
    BigInteger quantity(String item) {
      return items.getOrDefault(item, Map.of()).values().stream()
          .map(Contribution::quantity)
          .reduce(BigInteger.ZERO, BigInteger::add);
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
    if (command instanceof CheckedOut) {
      return Effect.persist(new CheckedOut(state.quantities()));
    }
    String item = command.item().orElseThrow();
    requireRoom(state, item);
    boolean noEffect =
        !state.items().containsKey(item)
            && (command instanceof Removed
                || (command instanceof QuantitySet set && set.quantity().signum() == 0));
    if (command instanceof Added
        && state.items().getOrDefault(item, Map.of()).size() >= MAX_CONTRIBUTIONS) {
      return Effect.refuse(
          "'"
              + item
              + "' was added "
              + MAX_CONTRIBUTIONS
              + " times; set its quantity, which makes one of all these additions");
    }
    return noEffect ? Effect.none() : Effect.persist(command);
  }

  private static void requireRoom(State state, String item) {
    if (state.items().size() >= MAX_ITEMS && !state.items().containsKey(item)) {
      throw new IllegalArgumentException("a cart has at most " + MAX_ITEMS + " different items");
    }
  }

  @Override
  public Effect<CartEvent> onDecision(
      State state, OpenConflict<CartEvent> conflict, Choice<CartEvent> choice) {
    SortedMap<String, BigInteger> quantities = new TreeMap<>();
    Boolean checkedOut = null;
    if (choice instanceof Choice.Side<CartEvent> side) {
      if (Decisions.event(conflict, side.side()) instanceof CheckedOut checkout) {
        state.items().keySet().forEach(item -> quantities.put(item, BigInteger.ZERO));
        quantities.putAll(checkout.items());
        checkedOut = true;
      } else {
        checkedOut = false;
      }
    } else if (choice instanceof Choice.Instead<CartEvent> instead) {
      CartEvent command = instead.command();
      if (command instanceof CheckedOut) {
        checkedOut = true;
      } else {
        String item = command.item().orElseThrow();
        requireRoom(state, item);
        quantities.put(item, wanted(state, command));
      }
    }
    return Effect.persist(
        new Decided(
            Decisions.conflict(conflict), Decisions.sides(conflict), quantities, checkedOut));
  }

  /** What a change of an item comes to, for somebody who sees this cart. */
  private static BigInteger wanted(State state, CartEvent change) {
    if (change instanceof Added added) {
      return state.quantity(added.what()).add(added.quantity());
    }
    return change instanceof QuantitySet set ? set.quantity() : BigInteger.ZERO;
  }

  @Override
  public State onEvent(State state, CartEvent event, EventContext context) {
    if (event instanceof CheckedOut) {
      return new State(state.items(), with(state.checkouts(), context.dot()));
    }
    if (event instanceof Decided decided) {
      return decided(state, decided, context);
    }
    String item = event.item().orElseThrow();
    Map<Dot, Contribution> contributions =
        new LinkedHashMap<>(state.items().getOrDefault(item, Map.of()));
    if (event instanceof Added added) {
      contributions.put(context.dot(), new Contribution(added.quantity(), false));
    } else if (event instanceof Removed) {
      contributions.keySet().removeIf(context.dependencies()::contains);
    } else if (event instanceof QuantitySet set) {
      set(contributions, set.quantity(), context);
    }
    SortedMap<String, Map<Dot, Contribution>> items = new TreeMap<>(state.items());
    put(items, item, contributions);
    return new State(Collections.unmodifiableSortedMap(items), state.checkouts());
  }

  private static State decided(State state, Decided decided, EventContext context) {
    SortedMap<String, Map<Dot, Contribution>> items = new TreeMap<>(state.items());
    decided
        .quantities()
        .forEach(
            (item, quantity) -> {
              Map<Dot, Contribution> contributions =
                  new LinkedHashMap<>(items.getOrDefault(item, Map.of()));
              set(contributions, quantity, context);
              put(items, item, contributions);
            });
    SortedSet<Dot> checkouts = new TreeSet<>(state.checkouts());
    if (decided.checkedOut() != null) {
      checkouts.removeIf(context.dependencies()::contains);
      if (decided.checkedOut()) {
        checkouts.add(context.dot());
      }
    }
    return new State(
        Collections.unmodifiableSortedMap(items), Collections.unmodifiableSortedSet(checkouts));
  }

  private static void set(
      Map<Dot, Contribution> contributions, BigInteger quantity, EventContext context) {
    contributions
        .entrySet()
        .removeIf(e -> e.getValue().set() || context.dependencies().contains(e.getKey()));
    if (quantity.signum() > 0) {
      contributions.put(context.dot(), new Contribution(quantity, true));
    }
  }

  private static void put(
      SortedMap<String, Map<Dot, Contribution>> items,
      String item,
      Map<Dot, Contribution> contributions) {
    if (contributions.isEmpty()) {
      items.remove(item);
    } else {
      items.put(item, Collections.unmodifiableMap(contributions));
    }
  }

  private static SortedSet<Dot> with(Set<Dot> dots, Dot dot) {
    SortedSet<Dot> more = new TreeSet<>(dots);
    more.add(dot);
    return Collections.unmodifiableSortedSet(more);
  }

  @Override
  public ConflictResolver<State, CartEvent> conflicts() {
    return new CartRules();
  }
}
