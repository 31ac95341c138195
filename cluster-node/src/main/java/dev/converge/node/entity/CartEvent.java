package dev.converge.node.entity;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.math.BigInteger;
import java.util.Optional;

/** What happens to a cart. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "event")
@JsonSubTypes({
  @JsonSubTypes.Type(value = CartEvent.Added.class, name = "added"),
  @JsonSubTypes.Type(value = CartEvent.Removed.class, name = "removed"),
  @JsonSubTypes.Type(value = CartEvent.QuantitySet.class, name = "quantitySet"),
  @JsonSubTypes.Type(value = CartEvent.CheckedOut.class, name = "checkedOut")
})
public sealed interface CartEvent {
  /** The item it is about; none for a checkout. */
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

  /** The customer is done. */
  record CheckedOut() implements CartEvent {
    @Override
    public String described() {
      return "the checkout";
    }
  }
}
