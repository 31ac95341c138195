package dev.converge.node.entity;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.math.BigInteger;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What happens to a cart. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
@JsonSubTypes({
  @JsonSubTypes.Type(value = CartEvent.Added.class, name = "added"),
  @JsonSubTypes.Type(value = CartEvent.Removed.class, name = "removed"),
  @JsonSubTypes.Type(value = CartEvent.QuantitySet.class, name = "quantitySet"),
  @JsonSubTypes.Type(value = CartEvent.CheckedOut.class, name = "checkedOut"),
  @JsonSubTypes.Type(value = CartEvent.Decided.class, name = "decided")
})
public sealed interface CartEvent {
  /** The item it is about; none for a checkout and for a decision. */
  default Optional<String> item() {
    return Optional.empty();
  }

  /** In a few words, for a reason. */
  String described();

  /**
   * More of an item.
   *
   * @param what the item
   * @param quantity above 0
   */
  record Added(@JsonProperty("item") String what, @JsonProperty("quantity") BigInteger quantity)
      implements CartEvent {
    @Override
    public Optional<String> item() {
      return Optional.of(what);
    }

    @Override
    public String described() {
      return "the addition of " + what;
    }
  }

  /**
   * An item was taken out, as far as its author had seen it.
   *
   * @param what the item
   */
  record Removed(@JsonProperty("item") String what) implements CartEvent {
    @Override
    public Optional<String> item() {
      return Optional.of(what);
    }

    @Override
    public String described() {
      return "the removal of " + what;
    }
  }

  /**
   * There shall be so many of an item.
   *
   * @param what the item
   * @param quantity from 0 up
   */
  record QuantitySet(
      @JsonProperty("item") String what, @JsonProperty("quantity") BigInteger quantity)
      implements CartEvent {
    @Override
    public Optional<String> item() {
      return Optional.of(what);
    }

    @Override
    public String described() {
      return "the quantity of " + what;
    }
  }

  /**
   * The customer is done.
   *
   * @param items what was in the cart, as its author saw it
   */
  record CheckedOut(@JsonProperty("items") SortedMap<String, BigInteger> items)
      implements CartEvent {
    /** Copies the items; none at all are an empty cart. */
    public CheckedOut {
      items = sorted(items);
    }

    /** As a command: whatever is in the cart. */
    public CheckedOut() {
      this(Collections.emptySortedMap());
    }

    @Override
    public String described() {
      return "the checkout";
    }
  }

  /**
   * A person has decided on a conflict.
   *
   * @param conflict the conflict's id, a dot as text
   * @param sides the sides that the person saw, dots as text
   * @param quantities of these items there shall be so many, from 0 up
   * @param checkedOut true: it is checked out by this; false: no checkout stands that the person
   *     had seen; null: nothing is said about that
   */
  record Decided(
      @JsonProperty("conflict") String conflict,
      @JsonProperty("sides") List<String> sides,
      @JsonProperty("quantities") SortedMap<String, BigInteger> quantities,
      @JsonProperty("checkedOut") @Nullable Boolean checkedOut)
      implements CartEvent {
    /** Checks the dots, and copies the collections. */
    public Decided {
      sides = List.copyOf(sides);
      Decisions.resolution(conflict, sides);
      quantities = sorted(quantities);
    }

    @Override
    public String described() {
      return "the decision on " + conflict;
    }
  }

  private static SortedMap<String, BigInteger> sorted(
      @Nullable SortedMap<String, BigInteger> items) {
    return items == null
        ? Collections.emptySortedMap()
        : Collections.unmodifiableSortedMap(new TreeMap<>(items));
  }
}
