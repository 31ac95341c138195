package dev.converge.node.cluster.topology;

import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Where a node is on its way into a cluster. */
public sealed interface Phase {
  /** The phase without its details, as peers see it. */
  enum Name {
    /** See {@link Out}. */
    OUT,
    /** See {@link In}. */
    IN,
    /** See {@link Merging}. */
    MERGING
  }

  /**
   * The phase's name.
   *
   * @return its name
   */
  Name name();

  /**
   * In no cluster; the node serves from its own store all the same.
   *
   * @param since when the grace time began, in milliseconds
   * @param askedAt when a join was last asked for, in milliseconds; meaningless while {@code
   *     joining} is null
   * @param joining the id of the cluster asked for; null before the first attempt
   */
  record Out(long since, long askedAt, @Nullable UUID joining) implements Phase {
    @Override
    public Name name() {
      return Name.OUT;
    }
  }

  /**
   * In a cluster, be it one of this node alone.
   *
   * @param clusterId which one
   */
  record In(UUID clusterId) implements Phase {
    @Override
    public Name name() {
      return Name.IN;
    }
  }

  /**
   * The cluster system is being replaced: handing over, terminating, starting anew.
   *
   * @param since when it began, in milliseconds
   */
  record Merging(long since) implements Phase {
    @Override
    public Name name() {
      return Name.MERGING;
    }
  }
}
