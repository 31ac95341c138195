package dev.converge.node.entity;

import dev.converge.engine.conflict.Conflict;
import dev.converge.engine.conflict.ConflictResolver;
import dev.converge.engine.conflict.Decision;
import dev.converge.engine.conflict.Resolution;
import dev.converge.engine.conflict.Rival;
import dev.converge.node.entity.CartEvent.CheckedOut;
import dev.converge.node.entity.CartEvent.Decided;
import java.util.Optional;
import java.util.Set;

/** Whatever changes a cart is in conflict with a checkout that has not seen it. */
final class CartRules implements ConflictResolver<Cart.State, CartEvent> {
  /** The conflict key of all events; and a kind. */
  private static final Set<String> CHECKOUT = Set.of("checkout");

  private static final Set<String> CHANGE = Set.of("change");

  /**
   * A decision follows a checkout, and so does everything that it could be in conflict with: that
   * meets the checkout itself.
   */
  @Override
  public Set<String> conflictKeys(CartEvent event) {
    return event instanceof Decided ? Set.of() : CHECKOUT;
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
  public Optional<Resolution> resolution(CartEvent event) {
    return event instanceof Decided decided
        ? Optional.of(Decisions.resolution(decided.conflict(), decided.sides()))
        : Optional.empty();
  }

  @Override
  public Decision<CartEvent> decide(Conflict<Cart.State, CartEvent> conflict) {
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
      Conflict<Cart.State, CartEvent> conflict, Set<String> kind) {
    return conflict.among().ofKind(kind.iterator().next()).earliest();
  }

  private static String described(Rival<CartEvent> rival) {
    return rival.event().payload().described() + " (" + rival.dot() + ")";
  }
}
