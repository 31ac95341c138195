package dev.converge.engine.simulation;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.membership.CarryOver;
import dev.converge.engine.support.Note;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Brings back, one after the other, what the former incarnation had acknowledged alone. */
final class CarryBack {
  private final Shell shell;
  private final World world;
  private final Disk disk;
  private final List<CarryOver> plans = new ArrayList<>();
  private int next;

  CarryBack(Shell shell, World world, Disk disk) {
    this.shell = shell;
    this.world = world;
    this.disk = disk;
  }

  void start() {
    if (!disk.attic.isEmpty()) {
      // After a crash half way this starts again: what is back already is found by its name.
      shell.entities().all().forEach(entity -> plans.add(new CarryOver(entity.vector())));
      shell.later(1, this::carryNext);
    }
  }

  private void carryNext() {
    if (next == disk.attic.size()) {
      disk.attic.clear();
      return;
    }
    Row row = disk.attic.get(next++);
    ReplicatedEvent<Note> old = row.event();
    if (old == null) {
      throw new AssertionError("only events are carried back, not " + row);
    }
    CarryOver plan = plans.get(row.entity());
    OriginId name = CarryOver.originOf(old);
    Optional<Dot> held = shell.entity(row.entity()).find(name);
    if (held.isPresent()) {
      plan.cameBack(old, held.get());
      shell.later(1, this::carryNext);
      return;
    }
    CausalContext context = plan.contextOf(old);
    shell.write(
        row.entity(),
        old.payload(),
        name,
        context,
        now -> {
          world.count(Coverage.CARRIED_OVER);
          plan.cameBack(old, now.dot());
          shell.later(1, this::carryNext);
        });
  }
}
