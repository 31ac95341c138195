package dev.converge.node.store;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongBinaryOperator;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * When each key that may expire was last seen to change, in milliseconds of a count that goes on
 * while expiry is possible at all. Some 48 bytes a key that a rule fits, beside the key itself;
 * nothing for others. A change costs O(rules), whatever the number of keys; a look for what is idle
 * O(what is). Thread-safe.
 */
final class IdleKeys {
  /** Keys of one rule, the one that changed longest ago first. Guarded by itself. */
  private static final class Keys {
    final StoreExpiry.Rule rule;
    final LinkedHashMap<String, Long> changed = new LinkedHashMap<>();

    /** Changed since they were last taken to be stored. */
    Set<String> fresh = new HashSet<>();

    Keys(StoreExpiry.Rule rule) {
      this.rule = rule;
    }
  }

  private final List<Keys> rules = new ArrayList<>();
  private final boolean isStored;

  /** One object for all changes of a tick. */
  private volatile Long count = 0L;

  /**
   * No key yet.
   *
   * @param isStored whether {@link #takeFresh} will be asked for
   */
  IdleKeys(StoreExpiry expiry, boolean isStored) {
    expiry.rules().forEach(rule -> rules.add(new Keys(rule)));
    this.isStored = isStored;
  }

  boolean isEmpty() {
    return rules.isEmpty();
  }

  long count() {
    return count;
  }

  /** Goes on counting. */
  void countTo(long millis) {
    count = millis;
  }

  private @Nullable Keys of(String key) {
    for (Keys keys : rules) {
      if (key.startsWith(keys.rule.prefix())) {
        return keys;
      }
    }
    return null;
  }

  /**
   * A key has changed.
   *
   * @param known gives the object that stands for a key elsewhere already, so that none is kept
   *     twice
   */
  void changed(String seen, UnaryOperator<String> known) {
    Keys keys = of(seen);
    if (keys != null) {
      String key = known.apply(seen);
      synchronized (keys) {
        keys.changed.remove(key);
        keys.changed.put(key, count);
        if (isStored) {
          keys.fresh.add(key);
        }
      }
    }
  }

  /** A key is not there any more. */
  void gone(String key) {
    Keys keys = of(key);
    if (keys != null) {
      synchronized (keys) {
        keys.changed.remove(key);
        keys.fresh.remove(key);
      }
    }
  }

  /**
   * Keys as they were when they were stored.
   *
   * @param found by key, when it last changed
   */
  void load(Map<String, Long> found) {
    List<Map.Entry<String, Long>> inOrder = new ArrayList<>(found.entrySet());
    inOrder.sort(Comparator.comparingLong(Map.Entry::getValue));
    for (Map.Entry<String, Long> one : inOrder) {
      Keys keys = of(one.getKey());
      if (keys != null) {
        synchronized (keys) {
          keys.changed.put(one.getKey(), one.getValue());
        }
      }
    }
  }

  /** Whether a key did not change for its time and {@code grace} more. */
  boolean isIdle(String key, long grace) {
    Keys keys = of(key);
    if (keys == null) {
      return false;
    }
    synchronized (keys) {
      Long changed = keys.changed.get(key);
      return changed != null && changed + keys.rule.after().toMillis() + grace <= count;
    }
  }

  /** A key that is idle, and for how long it is to be left to others. */
  record Idle(String key, long grace) {}

  /**
   * Keys that did not change for their time, and whose grace is over too.
   *
   * @param grace by the hash of a key and its time, how long it is left to others
   * @param limit at most so many
   */
  List<Idle> idle(GraceOf grace, int limit) {
    List<Idle> idle = new ArrayList<>();
    for (Keys keys : rules) {
      Duration after = keys.rule.after();
      long last = count - after.toMillis();
      synchronized (keys) {
        for (Map.Entry<String, Long> one : keys.changed.entrySet()) {
          if (one.getValue() > last || idle.size() >= limit) {
            break;
          }
          long more = grace.of(one.getKey(), after);
          if (one.getValue() + more <= last) {
            idle.add(new Idle(one.getKey(), more));
          }
        }
      }
    }
    return idle;
  }

  /** How long a node leaves a key to others. */
  interface GraceOf {
    long of(String key, Duration after);
  }

  /** What has changed since the last call. */
  List<String> takeFresh() {
    List<String> taken = new ArrayList<>();
    for (Keys keys : rules) {
      synchronized (keys) {
        taken.addAll(keys.fresh);
        keys.fresh = new HashSet<>();
      }
    }
    return taken;
  }

  /** What was {@link #takeFresh taken} could not be stored. */
  void notStored(Collection<String> taken) {
    for (String key : taken) {
      Keys keys = of(key);
      if (keys != null) {
        synchronized (keys) {
          if (keys.changed.containsKey(key)) {
            keys.fresh.add(key);
          }
        }
      }
    }
  }

  /** The longest time of a rule in milliseconds, or the shortest. */
  long time(LongBinaryOperator which) {
    return rules.stream().mapToLong(keys -> keys.rule.after().toMillis()).reduce(which).orElse(0);
  }

  /** How many keys there are that may expire. */
  int size() {
    int size = 0;
    for (Keys keys : rules) {
      synchronized (keys) {
        size += keys.changed.size();
      }
    }
    return size;
  }
}
