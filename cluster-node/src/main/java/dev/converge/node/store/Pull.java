package dev.converge.node.store;

import dev.converge.crdt.ORMap;
import dev.converge.crdt.Variant;
import dev.converge.crdt.clock.CausalContext;
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
 * are missing, until none is. A page is joined when it is complete, and stays, however the turn
 * ends. Not thread-safe.
 */
final class Pull {
  /** It is given up if nothing comes for so long. */
  static final long PATIENCE_MILLIS = 3_000;

  /** A message asks for so many dots at most. */
  private static final long MAX_DOTS = 50_000;

  final long number;
  final @Nullable Quorum reading;
  private final LocalStore store;
  private final Writer writer;
  private long lastMillis;
  private boolean isProgress;

  /** Where to read on, for a read of a bucket that takes several pages. */
  private @Nullable Place next;

  /**
   * A page of which something is missing here, and what has come of that. It is joined as a whole:
   * a part of it would be dots without the knowledge of which others they have replaced.
   */
  private static final class Incoming {
    final Page page;
    ORMap<String, Variant> given = Buckets.EMPTY;

    Incoming(Page page) {
      this.page = page;
    }
  }

  private final Map<Integer, Incoming> open = new LinkedHashMap<>();

  /**
   * A turn that begins.
   *
   * @param reading the read that waits for it; null if none does
   */
  Pull(long number, @Nullable Quorum reading, LocalStore store, Writer writer, long nowMillis) {
    this.writer = writer;
    this.number = number;
    this.reading = reading;
    this.store = store;
    this.lastMillis = nowMillis;
  }

  /** Takes what the peer has of a bucket; where to ask on if there is more. */
  @Nullable Place page(Page page, long nowMillis) {
    lastMillis = nowMillis;
    Incoming incoming = new Incoming(page);
    open.put(page.bucket(), incoming);
    finishIfComplete(incoming);
    next = page.end() == null ? null : new Place(page.bucket(), page.end());
    return next;
  }

  /** The place to read on from, once all up to there is here; null if there is none. */
  @Nullable Place takeNext() {
    Place place = open.isEmpty() ? next : null;
    next = place == null ? next : null;
    return place;
  }

  /** Takes a delta that was asked for. */
  void given(int bucket, ByteString delta, long nowMillis) {
    lastMillis = nowMillis;
    Incoming incoming = open.get(bucket);
    if (incoming != null) {
      isProgress = true;
      incoming.given = incoming.given.merge(BucketCodec.decode(delta.toArrayUnsafe()));
      finishIfComplete(incoming);
    }
  }

  private void finishIfComplete(Incoming incoming) {
    if (missing(incoming).isEmpty()) {
      store.finish(incoming.page, incoming.given, writer);
      open.remove(incoming.page.bucket());
    }
  }

  private DotRuns missing(Incoming incoming) {
    CausalContext here = Buckets.context(store.bucket(incoming.page.bucket()).state());
    return incoming.page.missing(here.merge(Buckets.context(incoming.given)));
  }

  /** What to ask for next; nothing if all is here, or if the last question brought nothing. */
  List<Wanted> wanted(boolean isFirst) {
    List<Wanted> wanted = new ArrayList<>();
    if (!isFirst && !isProgress) {
      return wanted;
    }
    isProgress = false;
    long left = MAX_DOTS;
    for (Iterator<Incoming> pages = List.copyOf(open.values()).iterator();
        pages.hasNext() && left > 0; ) {
      Incoming incoming = pages.next();
      DotRuns missing = missing(incoming).first(left);
      if (missing.isEmpty()) {
        finishIfComplete(incoming);
      } else {
        wanted.add(new Wanted(incoming.page.bucket(), missing));
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
