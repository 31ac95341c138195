package dev.converge.node.store;

import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who wants to know of changes. A change only marks the key; the value is read when its listener's
 * turn comes, so a slow listener sees fewer changes and always the last one, and what waits for it
 * is bounded by the number of keys. Thread-safe.
 */
final class Subscriptions {
  private static final Logger LOG = LoggerFactory.getLogger(Subscriptions.class);

  private final Executor executor;
  private final Map<String, Set<Subscriber>> byKey = new ConcurrentHashMap<>();
  private final Map<Subscriber, String> byPrefix = new ConcurrentHashMap<>();

  Subscriptions(Executor executor) {
    this.executor = executor;
  }

  /** Subscribes to one key and tells what it holds now. */
  DistributedData.Subscription toKey(
      String key,
      Function<String, Optional<Entry>> read,
      Consumer<DistributedData.Change> listener) {
    Subscriber subscriber = new Subscriber(read, listener);
    byKey.computeIfAbsent(key, k -> ConcurrentHashMap.newKeySet()).add(subscriber);
    subscriber.mark(key);
    return () -> {
      subscriber.closed = true;
      byKey.computeIfPresent(
          key,
          (k, present) -> {
            present.remove(subscriber);
            return present.isEmpty() ? null : present;
          });
    };
  }

  /** Subscribes to all keys with a prefix, and tells what {@code present} ones hold now. */
  DistributedData.Subscription toPrefix(
      String prefix,
      Function<String, Optional<Entry>> read,
      Iterable<Entry> present,
      Consumer<DistributedData.Change> listener) {
    Subscriber subscriber = new Subscriber(read, listener);
    byPrefix.put(subscriber, prefix);
    present.forEach(entry -> subscriber.mark(entry.key()));
    return () -> {
      subscriber.closed = true;
      byPrefix.remove(subscriber);
    };
  }

  /** {@code key} has changed. */
  void changed(String key) {
    if (byKey.isEmpty() && byPrefix.isEmpty()) {
      return;
    }
    byKey.getOrDefault(key, Set.of()).forEach(subscriber -> subscriber.mark(key));
    byPrefix.forEach(
        (subscriber, prefix) -> {
          if (key.startsWith(prefix)) {
            subscriber.mark(key);
          }
        });
  }

  private final class Subscriber implements Runnable {
    private final Function<String, Optional<Entry>> read;
    private final Consumer<DistributedData.Change> listener;

    /** Keys to tell of. Guarded by this. */
    private Set<String> marked = new LinkedHashSet<>();

    /** Whether a run is under way or to come. Guarded by this. */
    private boolean scheduled;

    private volatile boolean closed;

    Subscriber(Function<String, Optional<Entry>> read, Consumer<DistributedData.Change> listener) {
      this.read = read;
      this.listener = listener;
    }

    void mark(String key) {
      synchronized (this) {
        marked.add(key);
        if (scheduled) {
          return;
        }
        scheduled = true;
      }
      executor.execute(this);
    }

    @Override
    public void run() {
      while (true) {
        Set<String> keys;
        synchronized (this) {
          keys = marked;
          marked = new LinkedHashSet<>();
          if (keys.isEmpty() || closed) {
            scheduled = false;
            return;
          }
        }
        keys.forEach(this::tell);
      }
    }

    private void tell(String key) {
      if (!closed) {
        try {
          listener.accept(new DistributedData.Change(key, read.apply(key)));
        } catch (RuntimeException e) {
          LOG.error("A listener to changes of '{}' failed.", key, e);
        }
      }
    }
  }
}
