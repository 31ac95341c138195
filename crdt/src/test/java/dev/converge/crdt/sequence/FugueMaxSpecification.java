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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * FugueMax as the paper has it, written to be read and not to be fast: a tree of single elements,
 * walked whole for each operation.
 */
final class FugueMaxSpecification {
  private FugueMaxSpecification() {}

  /** An element of the tree; the root has no id. Its right origin is null for the end. */
  private static final class Item {
    final @Nullable Dot id;
    final String letter;
    final @Nullable Item rightOrigin;
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
  private static final class Tree {
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
        rightOrigin.left.add(item);
        rightOrigin.left.sort(byId);
      } else {
        List<Item> order = all();
        leftOrigin.right.add(item);
        // FugueMax: in reverse order of their right origins, then by id.
        leftOrigin.right.sort(
            Comparator.<Item>comparingInt(
                    i -> i.rightOrigin == null ? order.size() : order.indexOf(i.rightOrigin))
                .reversed()
                .thenComparing(byId));
      }
    }

    private static boolean isRightDescendant(Item item, Item of) {
      List<Item> below = new ArrayList<>();
      of.right.forEach(child -> child.walk(below));
      return below.contains(item);
    }
  }

  /** What a text or list should show. */
  static String shows(View<Edit> view, boolean deletesAndInserts) {
    Map<Integer, Effect> effects = new TreeMap<>();
    List<Event<Edit>> events = new ArrayList<>(view.events());
    events.sort(Comparator.comparingInt(Event::id));
    for (Event<Edit> event : events) {
      Tree past = new Tree();
      view.seenBy(event).events().stream()
          .sorted(Comparator.comparingInt(Event::id))
          .forEach(e -> past.apply(Objects.requireNonNull(effects.get(e.id()))));
      effects.put(event.id(), effect(past, event, deletesAndInserts));
    }
    Tree tree = new Tree();
    effects.values().forEach(tree::apply);
    return tree.visible().stream().map(item -> item.letter).collect(Collectors.joining());
  }

  private static Effect effect(Tree past, Event<Edit> event, boolean deletesAndInserts) {
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
