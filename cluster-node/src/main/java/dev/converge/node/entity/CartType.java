package dev.converge.node.entity;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.converge.crdt.clock.Dot;
import dev.converge.node.json.BadInputException;
import dev.converge.node.json.Fields;
import dev.converge.node.json.Json;
import dev.converge.pekko.EntityType;
import java.math.BigInteger;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** {@code cart}: see {@link Cart}. */
public final class CartType implements HostedType<CartEvent, CartEvent, Cart.State> {
  private static final EntityType<CartEvent, CartEvent, Cart.State> TYPE =
      EntityType.<CartEvent, CartEvent, Cart.State>of("cart", CartEvent.class, id -> new Cart())
          .withStates(new States())
          .withEscalation();

  /** {@code {"checkouts":[DOT,...],"items":{ITEM:[[DOT,QUANTITY,IS_SET],...]}}}. */
  static final class States extends JsonStates<Cart.State> {
    States() {
      super("cart");
    }

    @Override
    JsonNode form(Cart.State state) {
      ObjectNode items = Json.object();
      state.items().forEach((item, parts) -> items.set(item, form(parts)));
      ObjectNode node = Json.object();
      node.set("checkouts", dots(state.checkouts()));
      node.set("items", items);
      return node;
    }

    private static JsonNode form(Map<Dot, Cart.Contribution> contributions) {
      ArrayNode parts = Json.array();
      new TreeMap<>(contributions)
          .forEach(
              (dot, part) ->
                  parts.addArray().add(dot.toString()).add(part.quantity()).add(part.set()));
      return parts;
    }

    @Override
    Cart.State state(JsonNode form) {
      SortedMap<String, Map<Dot, Cart.Contribution>> items = new TreeMap<>();
      for (Map.Entry<String, JsonNode> item : part(form, "items").properties()) {
        Map<Dot, Cart.Contribution> parts = new TreeMap<>();
        for (JsonNode part : item.getValue()) {
          parts.put(
              Dot.parse(text(part.path(0))),
              new Cart.Contribution(part.path(1).bigIntegerValue(), part.path(2).booleanValue()));
        }
        items.put(item.getKey(), Collections.unmodifiableMap(parts));
      }
      return new Cart.State(
          Collections.unmodifiableSortedMap(items), dots(part(form, "checkouts")));
    }
  }

  @Override
  public EntityType<CartEvent, CartEvent, Cart.State> type() {
    return TYPE;
  }

  @Override
  public CartEvent command(String name, Fields fields) {
    return switch (name) {
      case "add" ->
          new CartEvent.Added(
              fields.nonEmptyText("item"), fields.positive("quantity", BigInteger.ONE));
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

  @Override
  public CartEvent event(Fields fields) {
    String event = fields.text("event");
    return switch (event) {
      case "added" -> command("add", fields);
      case "removed" -> command("remove", fields);
      case "quantitySet" -> command("setQuantity", fields);
      case "checkedOut" -> new CartEvent.CheckedOut(quantities(fields));
      default ->
          throw new BadInputException(
              "a cart has no event '"
                  + event
                  + "' to be taken over; it has added, removed, quantitySet, checkedOut");
    };
  }

  private static SortedMap<String, BigInteger> quantities(Fields fields) {
    SortedMap<String, BigInteger> quantities = new TreeMap<>();
    if (fields.has("items")) {
      Fields items = Fields.of("'items'", fields.any("items"));
      items.names().forEach(item -> quantities.put(item, items.positive(item)));
    }
    return quantities;
  }
}
