package dev.converge.engine.support;

import dev.converge.crdt.clock.Dot;
import dev.converge.engine.conflict.Resolvers;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.testkit.Author;
import dev.converge.engine.testkit.RandomHistories;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Random histories of notes: few keys, so that they collide, and decisions on conflicts. */
public final class RandomHistory {
  private static final String[] KEYS = {"a", "b", "c"};

  private RandomHistory() {}

  /** {@code size} events in the order of writing, which extends causality. */
  public static List<ReplicatedEvent<Note>> of(Random random, int size) {
    List<Dot> written = new ArrayList<>();
    return RandomHistories.of(
        Models.append(Resolvers.none()), (author, r) -> note(author, r, written), random, size);
  }

  private static Note note(Author<?> author, Random random, List<Dot> written) {
    Set<String> keys = new HashSet<>();
    for (int k = random.nextInt(3); k > 0; k--) {
      keys.add(KEYS[random.nextInt(KEYS.length)]);
    }
    List<Dot> held = written.stream().filter(author.context()::contains).toList();
    written.add(author.dot());
    if (random.nextInt(7) > 0 || held.isEmpty()) {
      return new Note(keys, author.dot().toString());
    }
    // A person's decision about something seen, and perhaps about something not seen.
    List<Dot> sides = new ArrayList<>();
    for (int i = random.nextInt(8); i > 0; i--) {
      sides.add(held.get(random.nextInt(held.size())));
    }
    List<Dot> known = random.nextInt(6) == 0 ? written : held;
    return Note.decision(keys, known.get(random.nextInt(known.size())), sides);
  }
}
