package dev.converge.crdt.sequence;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.sequence.Edits.Edit;
import dev.converge.crdt.testing.Event;
import dev.converge.crdt.testing.View;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * FugueMax as the paper has it, written to be read and not to be fast: a tree of single elements,
 * walked whole for each operation.
 */
final class FugueMaxSpecification implements Function<View<Edit>, String> {
  private final boolean deletesAndInserts;
  private final boolean isMax;

  /**
   * By operation, what it did, if what it had seen did the same as now: it may be worked out once.
   */
  private final IdentityHashMap<Event<Edit>, Known> known = new IdentityHashMap<>();

  /**
   * A specification for one suite.
   *
   * @param deletesAndInserts whether an edit that deletes also inserts
   */
  FugueMaxSpecification(boolean deletesAndInserts) {
    this(deletesAndInserts, true);
  }

  /** With plain Fugue if it is not the max: right children by id alone. */
  FugueMaxSpecification(boolean deletesAndInserts, boolean isMax) {
    this.deletesAndInserts = deletesAndInserts;
    this.isMax = isMax;
  }

  private record Known(List<Effect> past, Effect effect) {
    boolean isOf(List<Effect> other) {
      boolean same = past.size() == other.size();
      for (int i = 0; same && i < past.size(); i++) {
        same = past.get(i) == other.get(i);
      }
      return same;
    }
  }

  /** An element of the tree; the root has no id. Its right origin is null for the end. */
  private static final class Item {
    final @Nullable Dot id;
    final String letter;
    final @Nullable Item rightOrigin;
    @Nullable Item parent;
    final List<Item> left = new ArrayList<>();
    final List<Item> right = new ArrayList<>();

    Item(@Nullable Dot id, String letter, @Nullable Item rightOrigin) {
      this.id = id;
      this.letter = letter;
      this.rightOrigin = rightOrigin;
    }

    void walk(List<Item> into) {
      left.forEach(child -> child.walk(into));
      into.add(this);
      right.forEach(child -> child.walk(into));
    }
  }

  /** What an operation did, by ids: what it put where, and what it deleted. */
  private record Insertion(Dot id, String letter, @Nullable Dot left, @Nullable Dot right) {}

  private record Effect(List<Insertion> insertions, Set<Dot> deletions) {}

  /** The tree of some operations, and the list that its walk is. */
  private final class Tree {
    final Item root = new Item(null, "", null);
    final Map<Dot, Item> items = new HashMap<>();
    final Set<Dot> deleted = new HashSet<>();

    void apply(Effect effect) {
      effect.insertions.forEach(this::insert);
      deleted.addAll(effect.deletions);
    }

    List<Item> all() {
      List<Item> list = new ArrayList<>();
      root.walk(list);
      return list;
    }

    List<Item> visible() {
      return all().stream()
          .filter(item -> item != root && !deleted.contains(Objects.requireNonNull(item.id)))
          .collect(Collectors.toList());
    }

    private Item item(@Nullable Dot id) {
      return id == null ? root : Objects.requireNonNull(items.get(id));
    }

    /** Paper, algorithm 1: right child of the left origin if that has none, else left child. */
    void insert(Insertion insertion) {
      Item leftOrigin = item(insertion.left);
      Item rightOrigin = insertion.right == null ? null : item(insertion.right);
      Item item = new Item(insertion.id, insertion.letter, rightOrigin);
      items.put(insertion.id, item);
      Comparator<Item> byId = Comparator.comparing(i -> Objects.requireNonNull(i.id));
      if (rightOrigin != null && isRightDescendant(rightOrigin, leftOrigin)) {
        item.parent = rightOrigin;
        rightOrigin.left.add(item);
        rightOrigin.left.sort(byId);
      } else {
        item.parent = leftOrigin;
        leftOrigin.right.add(item);
        List<Item> order = isMax && leftOrigin.right.size() > 1 ? all() : List.of();
        // FugueMax: in reverse order of their right origins, then by id.
        leftOrigin.right.sort(
            Comparator.<Item>comparingInt(
                    i -> i.rightOrigin == null ? order.size() : order.indexOf(i.rightOrigin))
                .reversed()
                .thenComparing(byId));
      }
    }

    private static boolean isRightDescendant(Item item, Item of) {
      Item below = item;
      while (below.parent != null && below.parent != of) {
        below = below.parent;
      }
      return below.parent == of && of.right.contains(below);
    }
  }

  /** What a text or list should show. */
  @Override
  public String apply(View<Edit> view) {
    if (known.size() > 10_000) {
      known.clear();
    }
    Map<Integer, Effect> effects = new TreeMap<>();
    List<Event<Edit>> events = new ArrayList<>(view.events());
    events.sort(Comparator.comparingInt(Event::id));
    for (Event<Edit> event : events) {
      List<Effect> past =
          view.seenBy(event).events().stream()
              .map(Event::id)
              .sorted()
              .map(id -> Objects.requireNonNull(effects.get(id)))
              .collect(Collectors.toList());
      Known before = known.get(event);
      if (before == null || !before.isOf(past)) {
        Tree tree = new Tree();
        past.forEach(tree::apply);
        before = new Known(past, effect(tree, event));
        known.put(event, before);
      }
      effects.put(event.id(), before.effect);
    }
    Tree tree = new Tree();
    effects.values().forEach(tree::apply);
    return tree.visible().stream().map(item -> item.letter).collect(Collectors.joining());
  }

  private Effect effect(Tree past, Event<Edit> event) {
    Edit edit = event.operation();
    List<Item> visible = past.visible();
    int from = edit.from(visible.size());
    int count = edit.count(visible.size());
    Set<Dot> deletions =
        visible.subList(from, from + count).stream()
            .map(item -> Objects.requireNonNull(item.id))
            .collect(Collectors.toSet());
    List<Insertion> insertions = new ArrayList<>();
    if (count == 0 || deletesAndInserts) {
      List<Item> all = past.all();
      Dot left = from == 0 ? null : visible.get(from - 1).id;
      int after = all.indexOf(past.item(left)) + 1;
      Dot right = after == all.size() ? null : all.get(after).id;
      ReplicaId replica = event.replica();
      long next =
          1 + past.items.keySet().stream().filter(id -> id.replica().equals(replica)).count();
      for (String letter : Edits.letters(edit.insert())) {
        Dot id = Dot.of(replica, next++);
        insertions.add(new Insertion(id, letter, left, right));
        left = id;
      }
    }
    return new Effect(insertions, deletions);
  }
}
