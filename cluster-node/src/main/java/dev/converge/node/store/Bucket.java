package dev.converge.node.store;

import dev.converge.crdt.ORMap;
import dev.converge.crdt.Variant;
import dev.converge.crdt.causal.DotConflictException;
import org.apache.pekko.cluster.ddata.AbstractReplicatedData;
import org.apache.pekko.cluster.ddata.Key;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A bucket's state as Pekko's Replicator holds it. Immutable. */
final class Bucket extends AbstractReplicatedData<Bucket> {
  private static final Logger LOG = LoggerFactory.getLogger(Bucket.class);

  /** Where the Replicator keeps a bucket. */
  static final class BucketKey extends Key<Bucket> {
    private static final long serialVersionUID = 1L;
    private static final String PREFIX = "converge-";

    BucketKey(int index) {
      super(PREFIX + index);
    }

    static int indexOf(Key<?> key) {
      return Integer.parseInt(key.id().substring(PREFIX.length()));
    }
  }

  static final Bucket EMPTY = new Bucket(Buckets.EMPTY);

  private final ORMap<String, Variant> state;

  Bucket(ORMap<String, Variant> state) {
    this.state = state;
  }

  ORMap<String, Variant> state() {
    return state;
  }

  /**
   * The join. SUBTLE: it must not throw, whatever it is given: the Replicator would restart, with
   * nothing in its memory.
   */
  @Override
  public Bucket mergeData(Bucket that) {
    try {
      ORMap<String, Variant> joined = Buckets.join(state, that.state);
      return joined == state ? this : joined == that.state ? that : new Bucket(joined);
    } catch (DotConflictException | IllegalArgumentException e) {
      LOG.error("Two states of a bucket cannot be merged; this node keeps its own.", e);
      return this;
    }
  }

  @Override
  public boolean equals(Object o) {
    return o instanceof Bucket other && state.equals(other.state);
  }

  @Override
  public int hashCode() {
    return state.hashCode();
  }

  @Override
  public String toString() {
    return "Bucket of " + state.size() + " keys";
  }
}
