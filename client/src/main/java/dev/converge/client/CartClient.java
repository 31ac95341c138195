package dev.converge.client;

import java.math.BigInteger;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletionStage;

/** One shopping cart. Thread-safe. */
public final class CartClient {
  private final EntityClient entities;
  private final String id;

  /**
   * What is in a cart.
   *
   * @param items {item → quantity}
   * @param checkedOut whether it is closed
   */
  public record Cart(Map<String, BigInteger> items, boolean checkedOut) {
    /** Copies the items. */
    public Cart {
      items = Map.copyOf(items);
    }
  }

  CartClient(EntityClient entities, String id) {
    this.entities = entities;
    this.id = id;
  }

  private static Cart cart(Entity entity) {
    Map<String, BigInteger> items = new TreeMap<>();
    entity
        .state()
        .path("items")
        .properties()
        .forEach(e -> items.put(e.getKey(), e.getValue().bigIntegerValue()));
    return new Cart(items, entity.state().path("checkedOut").asBoolean());
  }

  private CompletionStage<Cart> run(Command command) {
    return entities.run(id, command).thenApply(CartClient::cart);
  }

  /** The cart, with all that this session has seen. */
  public CompletionStage<Cart> get() {
    return entities.get(id).thenApply(CartClient::cart);
  }

  /** Adds so many of an item. */
  public CompletionStage<Cart> add(String item, long quantity) {
    return run(Command.of("add").with("item", item).with("quantity", quantity));
  }

  /** Takes out what has been seen of an item. */
  public CompletionStage<Cart> remove(String item) {
    return run(Command.of("remove").with("item", item));
  }

  /** Sets how many there are of an item; 0 takes it out. */
  public CompletionStage<Cart> setQuantity(String item, long quantity) {
    return run(Command.of("setQuantity").with("item", item).with("quantity", quantity));
  }

  /** Closes the cart; a command after that is refused (422). */
  public CompletionStage<Cart> checkout() {
    return run(Command.of("checkout"));
  }
}
