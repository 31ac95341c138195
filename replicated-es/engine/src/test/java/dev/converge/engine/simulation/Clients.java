package dev.converge.engine.simulation;

import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.conflict.Escalation;
import dev.converge.engine.event.OriginId;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.replica.EntityReplica;
import dev.converge.engine.support.Note;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Clients: they write, read somewhere and write elsewhere by what they read then, send a request
 * again when no answer comes, and decide what was escalated to them.
 */
final class Clients {
  private static final String[] KEYS = {"title", "body", "seat"};
  private static final int MOST_TRIES = 4;

  private record Request(
      int entity, Note note, @Nullable OriginId origin, @Nullable VersionVector seen, long salt) {}

  private final World world;
  private final List<VersionVector> seen = new ArrayList<>();
  private int requests;
  private int open;

  Clients(World world) {
    this.world = world;
    for (int i = 0; i < world.settings().entities(); i++) {
      seen.add(VersionVector.empty());
    }
  }

  /** A client comes with a command. */
  void command(SplittableRandom random) {
    int entity = random.nextInt(seen.size());
    Note note = Note.on(KEYS[random.nextInt(KEYS.length)], "v" + ++requests);
    OriginId origin = random.nextInt(2) == 0 ? new OriginId("request-" + requests) : null;
    Shell shell = anyShell(random);
    VersionVector old = random.nextInt(3) == 0 ? seen.get(entity) : null;
    if (shell != null && random.nextInt(3) == 0) {
      seen.set(entity, shell.entity(entity).vector());
    }
    Request request = new Request(entity, note, origin, old, random.nextLong());
    submit(request, random, 1);
  }

  /** A person decides a conflict, as one replica shows it. */
  void decide(SplittableRandom random) {
    Shell shell = anyShell(random);
    if (shell == null || !shell.acceptsWrites()) {
      return;
    }
    int entity = random.nextInt(seen.size());
    List<Escalation> open = shell.entity(entity).openConflicts();
    if (open.isEmpty()) {
      return;
    }
    Escalation conflict = open.get(random.nextInt(open.size()));
    List<Dot> sides = new ArrayList<>(conflict.open());
    if (sides.size() > 1 && random.nextInt(3) == 0) {
      sides.remove(random.nextInt(sides.size()));
    }
    world.count(Coverage.DECISIONS_BY_PEOPLE);
    Note note = Note.decision(Set.of(KEYS[random.nextInt(KEYS.length)]), conflict.id(), sides);
    shell.write(entity, note, null, null, event -> acknowledge(entity, event));
  }

  private @Nullable Shell anyShell(SplittableRandom random) {
    return world.nodes().get(random.nextInt(world.nodes().size())).shell();
  }

  private void submit(Request request, SplittableRandom random, int tries) {
    Shell shell = anyShell(random);
    boolean[] answered = {false};
    if (shell != null && shell.acceptsWrites()) {
      answered[0] = submit(request, shell, random, answered);
    }
    boolean replyIsLost = random.nextInt(4) == 0;
    if (request.origin() != null && tries < MOST_TRIES) {
      open++;
      world.later(
          5 + random.nextInt(60),
          () -> {
            open--;
            if (!answered[0] || replyIsLost) {
              submit(request, random, tries + 1);
            }
          });
    }
  }

  private boolean submit(
      Request request, Shell shell, SplittableRandom random, boolean[] answered) {
    EntityReplica<List<String>, Note> replica = shell.entity(request.entity());
    OriginId origin = request.origin();
    Optional<Dot> known = origin == null ? Optional.empty() : replica.find(origin);
    if (known.isPresent()) {
      world.count(Coverage.DUPLICATE_REQUESTS);
      world.books().acknowledged(request.entity(), known.get());
      return true;
    }
    CausalContext context =
        request.seen() == null ? null : staleContext(request.seen(), replica, random);
    ReplicatedEvent<Note> event =
        shell.write(
            request.entity(),
            request.note(),
            origin,
            context,
            written -> {
              answered[0] = true;
              acknowledge(request.entity(), written);
            });
    world.trace().add(world.now(), "writes", shell.node().index(), event.dot().sequence());
    return false;
  }

  /** What was read elsewhere, as far as it is here, and some of what is here, with holes. */
  private CausalContext staleContext(
      VersionVector read, EntityReplica<List<String>, Note> replica, SplittableRandom random) {
    VersionVector held = replica.vector();
    CausalContext context = CausalContext.of(read.meet(held));
    world.count(Coverage.STALE_CONTEXTS);
    for (Map.Entry<ReplicaId, Long> entry : held.entries().entrySet()) {
      long first = context.vector().get(entry.getKey()) + 1;
      if (first < entry.getValue() && random.nextInt(3) == 0) {
        context = context.with(new Dot(entry.getKey(), first + random.nextInt(2)));
      }
    }
    if (!context.cloud().isEmpty()) {
      world.count(Coverage.CONTEXTS_WITH_HOLES);
    }
    return context;
  }

  private void acknowledge(int entity, ReplicatedEvent<Note> event) {
    world.count(Coverage.ACKNOWLEDGED);
    world.books().acknowledged(entity, event);
  }

  /** Whether nobody waits for an answer. */
  boolean isIdle() {
    return open == 0;
  }
}
