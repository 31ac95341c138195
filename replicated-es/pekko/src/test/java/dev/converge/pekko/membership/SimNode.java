package dev.converge.pekko.membership;

import dev.converge.crdt.clock.ReplicaId;
import dev.converge.pekko.wire.LogRow;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** One machine: a clock, databases, and a process that comes and goes. */
final class SimNode {
  private final SimWorld world;
  private final String name;
  private final Set<String> configured;
  private final long skew;
  private final List<SimDisk> attics = new ArrayList<>();
  private SimDisk disk;
  private long incarnation;
  private int boot;
  private @Nullable SimProcess process;
  private boolean gone;
  private boolean unsure;

  SimNode(SimWorld world, String name, Set<String> configured) {
    this.world = world;
    this.name = name;
    this.configured = configured;
    this.skew = world.random().nextInt(80);
    this.incarnation = 100L + world.random().nextInt(100);
    this.disk = new SimDisk(new ReplicaId(name, incarnation));
  }

  String name() {
    return name;
  }

  Set<String> configured() {
    return configured;
  }

  long wallMillis() {
    return 1_000 + skew + world.now() / SimWorld.MS;
  }

  SimDisk disk() {
    return disk;
  }

  List<SimDisk> attics() {
    return attics;
  }

  @Nullable SimProcess process() {
    return process;
  }

  boolean isGone() {
    return gone;
  }

  void start() {
    if (process == null && !gone) {
      world.say(disk.id + " starts");
      SimProcess fresh = new SimProcess(world, this, disk, attics);
      process = fresh;
      fresh.start();
    }
  }

  void crash() {
    SimProcess running = process;
    if (running != null) {
      world.say(disk.id + " ends");
      running.end();
      process = null;
    }
  }

  /** The whole machine ends, and is started anew some time. */
  void losePower() {
    crash();
    boot++;
    unsure = true;
    List<LogRow> missing = disk.losePower(world.random());
    world.say(disk.id + " loses power, and with it " + missing.size() + " rows");
    world.books().lostPower(disk, missing);
  }

  /** Whether it has not accepted writes since it lost power. */
  boolean isUnsure() {
    SimProcess running = process;
    unsure &= running == null || running.replicas().refusesWrites() != null;
    return unsure;
  }

  String bootId() {
    return "boot " + boot;
  }

  private SimDisk fresh() {
    incarnation += 1 + world.random().nextInt(5);
    return new SimDisk(new ReplicaId(name, incarnation));
  }

  void loseDisk() {
    crash();
    world.say(disk.id + " loses its disk");
    world.books().lost(disk);
    attics.forEach(world.books()::lost);
    attics.clear();
    disk = fresh();
  }

  void destroy() {
    crash();
    world.say(disk.id + " is gone for good");
    world.books().lost(disk);
    attics.forEach(world.books()::lost);
    attics.clear();
    gone = true;
  }

  void comeBack() {
    crash();
    world.books().cameBack();
    attics.add(disk);
    disk = fresh();
    world.say(attics.get(attics.size() - 1) + " comes back as " + disk.id);
    world.later(1, this::start);
  }

  void atticDone(ReplicaId former) {
    attics.removeIf(attic -> attic.id.equals(former));
  }

  @Override
  public String toString() {
    return name;
  }
}
