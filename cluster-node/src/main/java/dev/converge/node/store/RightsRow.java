package dev.converge.node.store;

import dev.converge.crdt.binary.BinaryReader;
import dev.converge.crdt.binary.BinaryWriter;
import dev.converge.crdt.clock.ReplicaId;
import java.math.BigInteger;
import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What one writer has done to a bounded counter: what stands at its dot. Immutable.
 *
 * <p>Invariant: the row is covered by itself; what was added and received is no less than what was
 * taken and given. So no row, with or without others, is below 0.
 *
 * @param births the rows that this is the continuation of, by the numbers of their first dots: a
 *     row that is begun after a removal, or in a new life of the writer, is another one
 * @param added all increments
 * @param taken all decrements
 * @param given what was given in all, by receiver, and by which of the births
 * @param received what was received in all, by giver and birth of its row, as far as it was known
 *     when the row was written: what it needs to be covered
 */
record RightsRow(
    SortedSet<Long> births,
    BigInteger added,
    BigInteger taken,
    SortedMap<Side, BigInteger> given,
    SortedMap<Side, BigInteger> received) {
  /**
   * One side of a transfer.
   *
   * @param replica the other replica
   * @param birth of the giver's row
   */
  record Side(ReplicaId replica, long birth) implements Comparable<Side> {
    @Override
    public int compareTo(Side other) {
      int byReplica = replica.compareTo(other.replica);
      return byReplica != 0 ? byReplica : Long.compare(birth, other.birth);
    }
  }

  /**
   * Copies and checks the parts.
   *
   * @throws IllegalArgumentException if the row is not covered by itself, or is no row
   */
  RightsRow {
    births = Collections.unmodifiableSortedSet(new TreeSet<>(births));
    given = Collections.unmodifiableSortedMap(new TreeMap<>(given));
    received = Collections.unmodifiableSortedMap(new TreeMap<>(received));
    boolean isPositive =
        added.signum() >= 0
            && taken.signum() >= 0
            && given.values().stream().allMatch(amount -> amount.signum() > 0)
            && received.values().stream().allMatch(amount -> amount.signum() > 0);
    SortedSet<Long> own = births;
    boolean isOwn = given.keySet().stream().allMatch(side -> own.contains(side.birth()));
    if (births.isEmpty() || births.first() < 1 || !isPositive || !isOwn) {
      throw new IllegalArgumentException("no row of a bounded counter");
    }
    if (sum(given.values()).add(taken).compareTo(sum(received.values()).add(added)) > 0) {
      throw new IllegalArgumentException("more was given away or taken than there ever was");
    }
  }

  /** The row in which nothing has happened. */
  static RightsRow begun(long birth) {
    return new RightsRow(
        new TreeSet<>(java.util.List.of(birth)),
        BigInteger.ZERO,
        BigInteger.ZERO,
        new TreeMap<>(),
        new TreeMap<>());
  }

  private static BigInteger sum(Collection<BigInteger> amounts) {
    return amounts.stream().reduce(BigInteger.ZERO, BigInteger::add);
  }

  /** Increments less decrements. */
  BigInteger net() {
    return added.subtract(taken);
  }

  BigInteger receivedInAll() {
    return sum(received.values());
  }

  /** Both as one: they are of one writer, and apart. */
  RightsRow and(RightsRow other) {
    TreeSet<Long> all = new TreeSet<>(births);
    all.addAll(other.births);
    return new RightsRow(
        all,
        added.add(other.added),
        taken.add(other.taken),
        greater(given, other.given),
        greater(received, other.received));
  }

  private static TreeMap<Side, BigInteger> greater(
      Map<Side, BigInteger> some, Map<Side, BigInteger> more) {
    TreeMap<Side, BigInteger> all = new TreeMap<>(some);
    more.forEach((side, amount) -> all.merge(side, amount, BigInteger::max));
    return all;
  }

  RightsRow adding(BigInteger by) {
    return new RightsRow(births, added.add(by), taken, given, received);
  }

  RightsRow taking(BigInteger by) {
    return new RightsRow(births, added, taken.add(by), given, received);
  }

  RightsRow giving(ReplicaId to, BigInteger by) {
    TreeMap<Side, BigInteger> more = new TreeMap<>(given);
    more.merge(new Side(to, births.last()), by, BigInteger::add);
    return new RightsRow(births, added, taken, more, received);
  }

  RightsRow receiving(Map<Side, BigInteger> known) {
    return new RightsRow(births, added, taken, given, greater(received, known));
  }

  // Bytes

  void write(BinaryWriter out) {
    out.writeVarint(births.size());
    births.forEach(out::writeVarint);
    out.writeBigInteger(added).writeBigInteger(taken);
    write(out, given);
    write(out, received);
  }

  private static void write(BinaryWriter out, SortedMap<Side, BigInteger> sides) {
    out.writeVarint(sides.size());
    sides.forEach(
        (side, amount) -> {
          out.writeString(side.replica().name()).writeVarint(side.replica().incarnation());
          out.writeVarint(side.birth()).writeBigInteger(amount);
        });
  }

  /** Reads what {@link #write} wrote. */
  static RightsRow read(BinaryReader in) {
    TreeSet<Long> births = new TreeSet<>();
    int count = in.readCount(1);
    for (int i = 0; i < count; i++) {
      births.add(in.readNatural());
    }
    return new RightsRow(
        births, in.readBigInteger(), in.readBigInteger(), readSides(in), readSides(in));
  }

  private static TreeMap<Side, BigInteger> readSides(BinaryReader in) {
    TreeMap<Side, BigInteger> sides = new TreeMap<>();
    int count = in.readCount(4);
    for (int i = 0; i < count; i++) {
      Side side = new Side(new ReplicaId(in.readString(), in.readNatural()), in.readNatural());
      sides.put(side, in.readBigInteger());
    }
    return sides;
  }

  /** About how many bytes it takes. */
  long size() {
    return 8L
        + 9L * births.size()
        + (added.bitLength() + taken.bitLength()) / 8
        + 32L * (given.size() + received.size());
  }
}
