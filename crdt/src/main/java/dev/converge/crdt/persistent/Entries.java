package dev.converge.crdt.persistent;

import java.util.List;

/** Entries that are to become a tree, by their places. */
interface Entries {
  int count();

  Object key(int i);

  Object value(int i);

  /** The keys of one list with the values of another. */
  static Entries ofLists(List<?> keys, List<?> values) {
    return new OfLists(keys, values);
  }

  /** See {@link #ofLists}. */
  record OfLists(List<?> keys, List<?> values) implements Entries {
    @Override
    public int count() {
      return keys.size();
    }

    @Override
    public Object key(int i) {
      return keys.get(i);
    }

    @Override
    public Object value(int i) {
      return values.get(i);
    }
  }
}
