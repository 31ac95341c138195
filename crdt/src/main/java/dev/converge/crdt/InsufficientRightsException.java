package dev.converge.crdt;

import dev.converge.crdt.clock.ReplicaId;
import java.math.BigInteger;

/**
 * A replica wanted to take or hand on more of a {@link BoundedCounter} than it has rights to.
 * Nothing has changed. The caller may take less, wait for a transfer, or ask a replica that has
 * rights for one.
 */
public final class InsufficientRightsException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  private final transient ReplicaId replica;
  private final BigInteger wanted;
  private final BigInteger rights;

  InsufficientRightsException(ReplicaId replica, BigInteger wanted, BigInteger rights) {
    super(
        "replica "
            + replica
            + " has rights to "
            + rights
            + ", not to "
            + wanted
            + "; take less, or have rights transferred to it");
    this.replica = replica;
    this.wanted = wanted;
    this.rights = rights;
  }

  /** Who wanted too much. */
  public ReplicaId replica() {
    return replica;
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
