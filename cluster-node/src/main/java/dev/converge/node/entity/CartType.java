package dev.converge.node.entity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.converge.node.json.Fields;
import dev.converge.node.json.Json;
import dev.converge.pekko.EntityType;

/** {@code cart}: see {@link Cart}. */
public final class CartType implements HostedType<CartEvent, CartEvent, Cart.State> {
  private static final EntityType<CartEvent, CartEvent, Cart.State> TYPE =
      EntityType.of("cart", CartEvent.class, id -> new Cart());

  @Override
  public EntityType<CartEvent, CartEvent, Cart.State> type() {
    return TYPE;
  }

  @Override
  public CartEvent command(String name, Fields fields) {
    return switch (name) {
      case "add" ->
          new CartEvent.Added(
              fields.nonEmptyText("item"), fields.positive("quantity", java.math.BigInteger.ONE));
      case "remove" -> new CartEvent.Removed(fields.nonEmptyText("item"));
      case "setQuantity" ->
          new CartEvent.QuantitySet(fields.nonEmptyText("item"), fields.notNegative("quantity"));
      case "checkout" -> new CartEvent.CheckedOut();
      default ->
          throw HostedType.unknownCommand("cart", name, "add, remove, setQuantity, checkout");
    };
  }

  @Override
  public JsonNode state(Cart.State state) {
    ObjectNode items = Json.object();
    state.quantities().forEach(items::put);
    ObjectNode node = Json.object();
    node.set("items", items);
    return node.put("checkedOut", state.checkedOut());
  }

  @Override
  public JsonNode event(CartEvent event) {
    return Json.tree(event);
  }
}
