package dev.converge.engine.conflict;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What somebody meant to do to a list whose entries have ids. Immutable if the entries are.
 *
 * @param <T> the type of entries
 */
public sealed interface ListEdit<T> {
  /** The entry's id. */
  String id();

  /**
   * Puts an entry in, or, where one with its id is there already, in that one's place.
   *
   * @param id the entry's id
   * @param value the entry
   * @param after the id of the entry that it comes after; null: it comes first. If there is no such
   *     entry any more, it comes last
   * @param <T> the type of entries
   */
  record Put<T>(String id, T value, @Nullable String after) implements ListEdit<T> {}

  /**
   * Takes an entry out.
   *
   * @param id the entry's id; one that is not there is no error
   * @param <T> the type of entries
   */
  record Remove<T>(String id) implements ListEdit<T> {}

  /**
   * What turned one list into another: new and changed entries are put, missing ones removed. A
   * change of the order alone is no edit. Costs O(n).
   *
   * @param id the id of an entry, unique in each list
   * @throws IllegalArgumentException if two entries of one list have one id
   */
  static <T> List<ListEdit<T>> between(
      List<T> before, List<T> after, Function<? super T, String> id) {
    Map<String, T> old = byId(before, id);
    Set<String> kept = new HashSet<>(byId(after, id).keySet());
    List<ListEdit<T>> edits = new ArrayList<>();
    for (T entry : before) {
      if (!kept.contains(id.apply(entry))) {
        edits.add(new Remove<>(id.apply(entry)));
      }
    }
    String previous = null;
    for (T entry : after) {
      String name = id.apply(entry);
      if (!entry.equals(old.get(name))) {
        edits.add(new Put<>(name, entry, previous));
      }
      previous = name;
    }
    return edits;
  }

  private static <T> Map<String, T> byId(List<T> list, Function<? super T, String> id) {
    Map<String, T> entries = new HashMap<>();
    for (T entry : list) {
      if (entries.put(id.apply(entry), entry) != null) {
        throw new IllegalArgumentException(
            "two entries of a list have the id '" + id.apply(entry) + "': " + list);
      }
    }
    return entries;
  }

  /**
   * The list after these edits, one after the other; the list given is not changed. Costs O(n ·
   * edits).
   *
   * @param id the id of an entry
   */
  static <T> List<T> apply(
      List<T> list, List<? extends ListEdit<T>> edits, Function<? super T, String> id) {
    List<T> result = new ArrayList<>(list);
    for (ListEdit<T> edit : edits) {
      int at = indexOf(result, edit.id(), id);
      if (edit instanceof Remove<T>) {
        if (at >= 0) {
          result.remove(at);
        }
      } else if (edit instanceof Put<T> put) {
        if (at >= 0) {
          result.set(at, put.value());
        } else {
          int anchor = put.after() == null ? -1 : indexOf(result, put.after(), id);
          boolean lost = put.after() != null && anchor < 0;
          result.add(lost ? result.size() : anchor + 1, put.value());
        }
      }
    }
    return result;
  }

  private static <T> int indexOf(List<T> list, String wanted, Function<? super T, String> id) {
    for (int i = 0; i < list.size(); i++) {
      if (id.apply(list.get(i)).equals(wanted)) {
        return i;
      }
    }
    return -1;
  }
}
