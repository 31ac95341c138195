package dev.converge.engine.simulation;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.engine.membership.EpochChange;
import dev.converge.engine.membership.ReplicaSet;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One machine: a clock, a disk, and a process that comes and goes. */
final class Node {
  private final int index;
  private final World world;
  private final ReplicaSet first;
  private long skew;
  private Disk disk;
  private Journal journal;
  private @Nullable Shell shell;
  private boolean gone;
  private boolean everStarted;

  Node(int index, World world, ReplicaSet first, boolean configured) {
    this.index = index;
    this.world = world;
    this.first = first;
    this.skew = world.random().nextLong(200) - 100;
    this.disk = new Disk(ReplicaId.of(name(index)), first, configured);
    this.journal = new Journal(world, disk);
  }

  static String name(int index) {
    return "r" + (index + 1);
  }

  String name() {
    return name(index);
  }

  int index() {
    return index;
  }

  /** Whether it is more than a machine that may join some day. */
  boolean isInUse() {
    return everStarted;
  }

  /** Milliseconds, as its clock says. */
  long wallClock() {
    return Math.max(1, 1000 + world.now() + skew);
  }

  void setClock(long ahead) {
    skew = ahead;
  }

  /** A process begins. Does nothing if one runs, or the machine is gone. */
  void start() {
    if (shell == null && !gone) {
      everStarted = true;
      world.trace().add(world.now(), "starts", index, disk.ownLsn());
      Shell fresh = new Shell(this, world, disk, journal);
      shell = fresh;
      fresh.start();
      world.invariants().started(this, fresh);
    }
  }

  /** The process ends, at any point. */
  void crash(boolean storesOne) {
    if (shell != null) {
      world.trace().add(world.now(), "crashes", index);
      shell.end();
      shell = null;
      journal.crash(storesOne);
    }
  }

  /** The process ends because it must, and another begins at once. */
  void restart() {
    crash(false);
    start();
  }

  /** All that was stored here is lost; a process begins with a new incarnation. */
  void loseDisk() {
    crash(false);
    world.trace().add(world.now(), "loses its disk", index);
    world.books().diskLost(disk);
    if (world.mutation() == Mutation.DOT_REUSED) {
      Disk empty = new Disk(disk.id, first, true);
      empty.membership = disk.membership;
      setDisk(empty);
    } else {
      setDisk(new Disk(nextIncarnation(), first, false));
    }
  }

  /** The machine burns down. */
  void destroy() {
    crash(false);
    world.trace().add(world.now(), "is gone", index);
    world.books().diskLost(disk);
    gone = true;
  }

  /**
   * This incarnation is over, and another begins with what nobody else has of its log.
   *
   * @param after the cut-off
   */
  void comeBack(long after) {
    List<Row> attic = new ArrayList<>(disk.attic);
    List<Row> former = new ArrayList<>(disk.former);
    former.addAll(disk.base());
    List<EpochChange> changes =
        disk.isMember ? disk.membership.changes() : List.copyOf(disk.formerChanges);
    List<Row> log = disk.log(disk.id);
    for (Row row : log.subList((int) Math.min(after, log.size()), log.size())) {
      if (row.event() != null) {
        attic.add(row);
      }
    }
    crash(false);
    ReplicaId old = disk.id;
    setDisk(new Disk(nextIncarnation(), first, false));
    disk.former.addAll(former);
    disk.formerChanges.addAll(changes);
    if (world.mutation() != Mutation.NO_CARRY_OVER) {
      disk.attic.addAll(attic);
    }
    world.books().cameBack(old, disk.id);
    world.trace().add(world.now(), "comes back", index, after, attic.size());
    start();
  }

  private ReplicaId nextIncarnation() {
    return new ReplicaId(name(), disk.id.incarnation() + 1);
  }

  private void setDisk(Disk next) {
    disk = next;
    journal = new Journal(world, next);
  }

  boolean isGone() {
    return gone;
  }

  /** The process; null while none runs. */
  @Nullable Shell shell() {
    return shell;
  }

  Disk disk() {
    return disk;
  }

  Journal journal() {
    return journal;
  }

  @Override
  public String toString() {
    return disk.id.toString();
  }
}
