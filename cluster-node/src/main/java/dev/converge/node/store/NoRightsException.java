package dev.converge.node.store;

import dev.converge.crdt.clock.ReplicaId;
import java.math.BigInteger;

/**
 * A node wanted to take or hand on more of a bounded counter than it has rights to. Nothing was
 * done. The caller may take less, or ask for a transfer from a node that has rights.
 */
public final class NoRightsException extends StoreException {
  private static final long serialVersionUID = 1L;

  private final BigInteger wanted;
  private final BigInteger rights;

  NoRightsException(
      ReplicaId replica, BigInteger wanted, BigInteger rights, BigInteger value, boolean isAll) {
    super(
        "node "
            + replica
            + " has rights to "
            + rights
            + ", not to "
            + wanted
            + ", of the "
            + value
            + " that there are; take less, or have rights transferred to it at a node that has them"
            + (isAll
                ? ""
                : "; rights from before its last start, and those given to it, can be used once it"
                    + " has met all other nodes"));
    this.wanted = wanted;
    this.rights = rights;
  }

  /** How much it wanted. */
  public BigInteger wanted() {
    return wanted;
  }

  /** How much it has rights to. */
  public BigInteger rights() {
    return rights;
  }
}
