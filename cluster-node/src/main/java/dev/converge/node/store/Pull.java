package dev.converge.node.store;

import dev.converge.node.store.StoreMessage.Place;
import dev.converge.node.store.StoreMessage.Wanted;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.pekko.util.ByteString;
import org.jspecify.annotations.Nullable;

/**
 * One turn of bringing some buckets up to what a peer has: ask for pages, then for the dots that
 * are missing, until none is. What has been joined stays joined, however it ends. Not thread-safe.
 */
final class Pull {
  /** It is given up if nothing comes for so long. */
  static final long PATIENCE_MILLIS = 3_000;

  /** A message asks for so many dots at most. */
  private static final long MAX_DOTS = 50_000;

  final long number;
  final @Nullable Quorum reading;
  private final LocalStore store;
  private long lastMillis;
  private boolean isProgress;

  /** Where to read on, for a read of a bucket that takes several pages. */
  private @Nullable Place next;

  /** Pages of which something is missing here. */
  private final Map<Integer, Page> open = new LinkedHashMap<>();

  /**
   * A turn that begins.
   *
   * @param reading the read that waits for it; null if none does
   */
  Pull(long number, @Nullable Quorum reading, LocalStore store, long nowMillis) {
    this.number = number;
    this.reading = reading;
    this.store = store;
    this.lastMillis = nowMillis;
  }

  /** Takes what the peer has of a bucket; where to ask on if there is more. */
  @Nullable Place page(Page page, long nowMillis) {
    lastMillis = nowMillis;
    open.put(page.bucket(), page);
    finishIfComplete(page);
    next = page.end() == null ? null : new Place(page.bucket(), page.end());
    return next;
  }

  /** The place to read on from, once all up to there is here; null if there is none. */
  @Nullable Place takeNext() {
    Place place = open.isEmpty() ? next : null;
    next = place == null ? next : null;
    return place;
  }

  /** Joins a delta that was asked for. */
  void given(int bucket, ByteString delta, long nowMillis) {
    lastMillis = nowMillis;
    Page page = open.get(bucket);
    if (page != null) {
      isProgress = true;
      store.repair(BucketCodec.decode(delta.toArrayUnsafe()), page);
      finishIfComplete(page);
    }
  }

  private void finishIfComplete(Page page) {
    if (missing(page).isEmpty()) {
      store.finish(page);
      open.remove(page.bucket());
    }
  }

  private DotRuns missing(Page page) {
    return page.missing(Buckets.context(store.bucket(page.bucket()).state()));
  }

  /** What to ask for next; nothing if all is here, or if the last question brought nothing. */
  List<Wanted> wanted(boolean isFirst) {
    List<Wanted> wanted = new ArrayList<>();
    if (!isFirst && !isProgress) {
      return wanted;
    }
    isProgress = false;
    long left = MAX_DOTS;
    for (Iterator<Page> pages = List.copyOf(open.values()).iterator();
        pages.hasNext() && left > 0; ) {
      Page page = pages.next();
      DotRuns missing = missing(page).first(left);
      if (missing.isEmpty()) {
        finishIfComplete(page);
      } else {
        wanted.add(new Wanted(page.bucket(), missing));
        left -= missing.size();
      }
    }
    return wanted;
  }

  /** Whether all that was asked for is here. */
  boolean isComplete() {
    return open.isEmpty() && next == null;
  }

  boolean isLost(long nowMillis) {
    return nowMillis - lastMillis > PATIENCE_MILLIS;
  }
}
