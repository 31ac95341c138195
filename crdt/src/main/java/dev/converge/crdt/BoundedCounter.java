package dev.converge.crdt;

import dev.converge.crdt.algebra.Crdt;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.persistent.PersistentMap;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A quantity that never goes below 0, though replicas take from it without asking anybody: each may
 * take what it has <em>rights</em> to, and rights are handed from one to another.
 *
 * <p>For stock, seats, credit, quotas. An increment gives its replica that many rights; a decrement
 * uses them up, and is refused where they do not suffice, even if others have plenty. {@link
 * #value} is the sum of all rights as far as they are seen here; what is safe to take is {@link
 * #rights(ReplicaId)} of the own id. (A lower bound other than 0: count from there. An upper bound:
 * count what is still free.)
 *
 * <pre>{@code
 * BoundedCounter seats = BoundedCounter.empty();
 * seats = seats.merge(seats.increment(phone, 10));
 * seats = seats.merge(seats.transfer(phone, laptop, 4));
 * seats = seats.merge(seats.decrement(laptop, 3));
 * BigInteger left = seats.value();                        // 7
 * BigInteger atLaptop = seats.rights(laptop);             // 1
 * boolean enough = seats.rights(laptop).intValueExact() >= 2;   // false: decrement would throw
 * }</pre>
 *
 * <p><b>Laws.</b> Those of {@link Crdt}; and at every replica, in whatever order deltas arrive, no
 * rights and so no value are negative: the delta of a decrement or a transfer brings along where
 * its rights came from.
 *
 * <p><b>Lost rights.</b> A replica id must have one writer, which remembers what it wrote. Rights
 * belong to the id, so a replica that comes back with a new incarnation has none of its old one's.
 * They are not lost: {@code transfer(old, new, amount)} brings them over, once it is certain that
 * the old incarnation is gone, that all it ever wrote has been merged here, and that this one
 * replica alone does it. A transfer that is made too early, or by two, spends rights twice, and so
 * does a replica that keeps its id and lost its memory; merging reports it (an {@code
 * IllegalStateException}) where rights become negative, and cannot see it elsewhere.
 *
 * <p>It stands alone, not in an {@link ORMap}: a removal that had seen an increment and missed a
 * concurrent decrement would leave less than nothing.
 *
 * <p>Immutable and thread-safe. Mutators return deltas. With {@code r} replicas of which {@code t}
 * pairs have made transfers, an increment costs O(log r), its merge and all else O(r + t). Exact
 * beyond 64 bits. See Balegas et al., <em>Extending Eventually Consistent Cloud Databases for
 * Enforcing Numeric Invariants</em> (2015), section IV; O'Neil, <em>The Escrow Transactional
 * Method</em> (1986).
 */
public final class BoundedCounter implements Crdt<BoundedCounter> {
  private static final BoundedCounter EMPTY =
      new BoundedCounter(PersistentMap.empty(), GCounter.empty());

  /** By giver, what it has given in all, by receiver. What it gave itself are its increments. */
  private final PersistentMap<ReplicaId, GCounter> given;

  /** What each replica has taken in all. Invariant: no rights are negative. */
  private final GCounter taken;

  private BoundedCounter(PersistentMap<ReplicaId, GCounter> given, GCounter taken) {
    this.given = given;
    this.taken = taken;
  }

  /** The counter that nobody has changed: 0. */
  public static BoundedCounter empty() {
    return EMPTY;
  }

  /**
   * A counter from its parts. O(r²).
   *
   * @param given by giver, what it has given in all, by receiver; to itself: its increments
   * @param taken what each replica has taken in all
   * @throws IllegalArgumentException if somebody has given away or taken more than it had
   */
  public static BoundedCounter of(Map<ReplicaId, GCounter> given, GCounter taken) {
    Map<ReplicaId, GCounter> filled = new HashMap<>(given);
    filled.values().removeIf(row -> row.equals(GCounter.empty()));
    BoundedCounter counter = new BoundedCounter(PersistentMap.copyOf(filled), taken);
    ReplicaId overdrawn = counter.overdrawn();
    Shapes.require(
        overdrawn == null,
        () -> "replica " + overdrawn + " has given away or taken more than it ever had");
    return counter;
  }

  private GCounter givenBy(ReplicaId giver) {
    GCounter row = given.get(giver);
    return row == null ? GCounter.empty() : row;
  }

  /** What each has received in all, less what it has given to others and taken. */
  private Map<ReplicaId, BigInteger> balances() {
    Map<ReplicaId, BigInteger> balances = new HashMap<>();
    given.forEach(
        (giver, row) ->
            row.counts()
                .forEach(
                    (receiver, amount) -> {
                      balances.merge(receiver, amount, BigInteger::add);
                      if (!receiver.equals(giver)) {
                        balances.merge(giver, amount.negate(), BigInteger::add);
                      }
                    }));
    taken.counts().forEach((r, amount) -> balances.merge(r, amount.negate(), BigInteger::add));
    return balances;
  }

  /** A replica whose rights are negative; null if there is none. */
  private @Nullable ReplicaId overdrawn() {
    for (Map.Entry<ReplicaId, BigInteger> e : balances().entrySet()) {
      if (e.getValue().signum() < 0) {
        return e.getKey();
      }
    }
    return null;
  }

  /** How much {@code replica} may take, or hand on; not negative. */
  public BigInteger rights(ReplicaId replica) {
    return balances().getOrDefault(replica, BigInteger.ZERO);
  }

  /** The rights of each replica that has any. Unmodifiable; made anew at each call. */
  public SortedMap<ReplicaId, BigInteger> rights() {
    TreeMap<ReplicaId, BigInteger> rights = new TreeMap<>(balances());
    rights.values().removeIf(amount -> amount.signum() == 0);
    return Collections.unmodifiableSortedMap(rights);
  }

  /** The quantity: all increments less all decrements, which is the sum of all rights. */
  public BigInteger value() {
    return balances().values().stream().reduce(BigInteger.ZERO, BigInteger::add);
  }

  /**
   * The delta that adds {@code by}, and gives {@code replica} the rights to it.
   *
   * @throws IllegalArgumentException if {@code by} is not positive
   */
  public BoundedCounter increment(ReplicaId replica, long by) {
    return increment(replica, BigInteger.valueOf(by));
  }

  /**
   * The delta that adds {@code by}, and gives {@code replica} the rights to it.
   *
   * @throws IllegalArgumentException if {@code by} is not positive
   */
  public BoundedCounter increment(ReplicaId replica, BigInteger by) {
    GCounter increment = givenBy(replica).increment(replica, by);
    return new BoundedCounter(PersistentMap.of(replica, increment), GCounter.empty());
  }

  /**
   * The delta that takes {@code by}, in the name of {@code replica}. As values never change, {@link
   * #rights(ReplicaId)} of this value tells beforehand whether it will be refused.
   *
   * @throws IllegalArgumentException if {@code by} is not positive
   * @throws InsufficientRightsException if {@code replica} has fewer rights
   */
  public BoundedCounter decrement(ReplicaId replica, long by) {
    return decrement(replica, BigInteger.valueOf(by));
  }

  /**
   * The delta that takes {@code by}, in the name of {@code replica}. As values never change, {@link
   * #rights(ReplicaId)} of this value tells beforehand whether it will be refused.
   *
   * @throws IllegalArgumentException if {@code by} is not positive
   * @throws InsufficientRightsException if {@code replica} has fewer rights
   */
  public BoundedCounter decrement(ReplicaId replica, BigInteger by) {
    requireRights(replica, by);
    BoundedCounter evidence = evidence(replica);
    return new BoundedCounter(evidence.given, evidence.taken.merge(taken.increment(replica, by)));
  }

  /**
   * The delta that hands rights to {@code amount} from one replica to another. The caller writes as
   * {@code from}.
   *
   * @throws IllegalArgumentException if {@code amount} is not positive, or both are one replica
   * @throws InsufficientRightsException if {@code from} has fewer rights
   */
  public BoundedCounter transfer(ReplicaId from, ReplicaId to, long amount) {
    return transfer(from, to, BigInteger.valueOf(amount));
  }

  /**
   * The delta that hands rights to {@code amount} from one replica to another. The caller writes as
   * {@code from}.
   *
   * @throws IllegalArgumentException if {@code amount} is not positive, or both are one replica
   * @throws InsufficientRightsException if {@code from} has fewer rights
   */
  public BoundedCounter transfer(ReplicaId from, ReplicaId to, BigInteger amount) {
    Shapes.require(
        !from.equals(to), () -> "rights are transferred to another replica, not to " + to);
    requireRights(from, amount);
    BoundedCounter evidence = evidence(from);
    GCounter row = givenBy(from).merge(givenBy(from).increment(to, amount));
    return new BoundedCounter(evidence.given.put(from, row), evidence.taken);
  }

  private void requireRights(ReplicaId replica, BigInteger wanted) {
    BigInteger rights = rights(replica);
    if (rights.compareTo(Contributions.positive(wanted)) < 0) {
      throw new InsufficientRightsException(replica, wanted, rights);
    }
  }

  /**
   * The part of this counter that shows where {@code replica}'s rights come from: its row, and the
   * rows of those who gave to it, and to them. With that in the delta, no state that has merged it
   * can have the use of a right without its source.
   */
  private BoundedCounter evidence(ReplicaId replica) {
    Set<ReplicaId> involved = new HashSet<>(Set.of(replica));
    Deque<ReplicaId> open = new ArrayDeque<>(involved);
    while (!open.isEmpty()) {
      ReplicaId receiver = open.remove();
      given.forEach(
          (giver, row) -> {
            if (row.count(receiver).signum() > 0 && involved.add(giver)) {
              open.add(giver);
            }
          });
    }
    Map<ReplicaId, GCounter> rows = new HashMap<>();
    Map<ReplicaId, BigInteger> used = new HashMap<>();
    for (ReplicaId id : involved) {
      if (given.containsKey(id)) {
        rows.put(id, givenBy(id));
      }
      if (taken.count(id).signum() > 0) {
        used.put(id, taken.count(id));
      }
    }
    return new BoundedCounter(PersistentMap.copyOf(rows), GCounter.of(used));
  }

  /** By giver, what it has given in all, by receiver; to itself: its increments. A copy. */
  public SortedMap<ReplicaId, GCounter> given() {
    TreeMap<ReplicaId, GCounter> sorted = new TreeMap<>();
    given.forEach(sorted::put);
    return Collections.unmodifiableSortedMap(sorted);
  }

  /** What each replica has taken in all. */
  public GCounter taken() {
    return taken;
  }

  /**
   * The greater of each two numbers.
   *
   * @throws IllegalStateException if rights have been spent twice, because a replica id had two
   *     writers or a writer lost its memory, so that some are negative now
   */
  @Override
  public BoundedCounter merge(BoundedCounter other) {
    PersistentMap<ReplicaId, GCounter> mergedGiven = given.merge(other.given, GCounter::merge);
    GCounter mergedTaken = taken.merge(other.taken);
    if (mergedGiven == given && mergedTaken == taken) {
      return this;
    }
    BoundedCounter merged = new BoundedCounter(mergedGiven, mergedTaken);
    ReplicaId overdrawn = merged.overdrawn();
    if (overdrawn != null) {
      throw new IllegalStateException(
          "replica "
              + overdrawn
              + " has given away or taken more than it ever had: its id has been used by two"
              + " writers, or it lost its memory and kept its id");
    }
    return merged;
  }

  /** Same numbers of the same replicas. */
  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof BoundedCounter other
        && given.equals(other.given)
        && taken.equals(other.taken);
  }

  @Override
  public int hashCode() {
    return 31 * given.hashCode() + taken.hashCode();
  }

  /** The value and the rights, {@code 7 {laptop=1, phone=6}}. */
  @Override
  public String toString() {
    return value() + " " + rights();
  }
}
