package dev.converge.engine.sync;

import dev.converge.crdt.clock.Dot;
import dev.converge.engine.causal.CausalBuffer;
import dev.converge.engine.causal.Offered;
import dev.converge.engine.event.ReplicatedEvent;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The receiving side of replication: sorts what comes into what to store now, what must wait, what
 * is known, and what is wrong. Idempotent: a batch that comes twice changes nothing the second
 * time. Single-threaded.
 *
 * @param <E> the type of payloads
 */
public final class BatchApplier<E> {
  private final CausalBuffer<E> buffer;
  private final SyncLimits<E> limits;

  /**
   * An applier in front of a buffer.
   *
   * @param limits larger batches are refused
   */
  public BatchApplier(CausalBuffer<E> buffer, SyncLimits<E> limits) {
    this.buffer = buffer;
    this.limits = limits;
  }

  /** Takes in a batch. Costs O(batch · (replicas + cloud)), and the same for events released. */
  public AdmitResult<E> admit(List<ReplicatedEvent<E>> batch) {
    List<ReplicatedEvent<E>> toPersist = new ArrayList<>();
    Set<Dot> waiting = new LinkedHashSet<>();
    List<Dot> duplicates = new ArrayList<>();
    List<Refusal<E>> refused = faultsOfWhole(batch);
    if (!refused.isEmpty()) {
      return new AdmitResult<>(List.of(), List.of(), List.of(), refused, null);
    }
    for (ReplicatedEvent<E> event : batch) {
      Offered<E> offered = buffer.offer(event);
      if (offered instanceof Offered.Delivered<E> delivered) {
        toPersist.addAll(delivered.events());
        delivered.impossible().forEach(one -> refused.add(malformed(one)));
      } else if (offered instanceof Offered.Waiting<E>) {
        waiting.add(event.dot());
      } else if (offered instanceof Offered.Duplicate<E>) {
        duplicates.add(event.dot());
      } else if (offered instanceof Offered.Contradiction<E> two) {
        refused.add(contradiction(two));
      } else if (offered instanceof Offered.Impossible<E> one) {
        refused.add(malformed(one));
      } else if (offered instanceof Offered.Full<E> full) {
        String detail = "waits for " + full.missing() + ", and the causal buffer is full";
        refused.add(new Refusal<>(event, Refusal.Reason.GAP, detail, null));
      }
    }
    // What came early and was released by a later event of the same batch no longer waits.
    toPersist.forEach(event -> waiting.remove(event.dot()));
    return new AdmitResult<>(toPersist, List.copyOf(waiting), duplicates, refused, null);
  }

  /** What is wrong with a batch as a whole: it is refused, whatever its events are. */
  public List<Refusal<E>> faultsOfWhole(List<ReplicatedEvent<E>> batch) {
    List<Refusal<E>> refused = new ArrayList<>();
    long bytes = batch.stream().mapToLong(event -> limits.size().applyAsLong(event)).sum();
    if (batch.size() > limits.maxEvents() || (batch.size() > 1 && bytes > limits.maxBytes())) {
      String detail =
          "a batch of "
              + batch.size()
              + " events, "
              + bytes
              + " bytes; at most "
              + limits.maxEvents()
              + " and "
              + limits.maxBytes();
      batch.forEach(
          event -> refused.add(new Refusal<>(event, Refusal.Reason.OVER_LIMITS, detail, null)));
      return refused;
    }
    for (int i = 1; i < batch.size(); i++) {
      if (ReplicatedEvent.TOTAL_ORDER.compare(batch.get(i - 1), batch.get(i)) >= 0) {
        String detail =
            batch.get(i).dot()
                + " comes after "
                + batch.get(i - 1).dot()
                + " in the batch, not in the total order";
        batch.forEach(
            event -> refused.add(new Refusal<>(event, Refusal.Reason.UNSORTED, detail, null)));
        return refused;
      }
    }
    return refused;
  }

  private static <E> Refusal<E> malformed(Offered.Impossible<E> one) {
    String detail =
        one.event().dot()
            + " at "
            + one.event().time()
            + " is not later than "
            + one.cause().dot()
            + " at "
            + one.cause().time()
            + ", which it follows";
    return new Refusal<>(one.event(), Refusal.Reason.MALFORMED, detail, one.cause());
  }

  private static <E> Refusal<E> contradiction(Offered.Contradiction<E> two) {
    String detail =
        two.offered().dot()
            + " was held with content "
            + two.held().hash()
            + " and came with "
            + two.offered().hash();
    return new Refusal<>(two.offered(), Refusal.Reason.CONTRADICTION, detail, two.held());
  }
}
