package dev.converge.pekko;

import java.util.concurrent.CompletionStage;

/**
 * Acts when an event has become final, with its outcome: sends the mail, books the payment. Given
 * to a type by {@link EntityType#withFinalHook}.
 *
 * <p>Called at the replica that wrote the event, once for each of its own events, also for those
 * that were discarded; of one entity in the order of the log, one at a time. After a crash, or when
 * a call failed, it is called again: type, id and {@linkplain FinalEvent#dot dot} are the key by
 * which to act once. When a replica is retired, the smallest member (by replica id) takes over what
 * that one may not have acted on, which includes events that it did act on.
 *
 * <p>Must be thread-safe and must not block.
 *
 * @param <E> events
 */
@FunctionalInterface
public interface FinalHook<E> {
  /**
   * Acts on {@code event}.
   *
   * @return completed when that is done for good; if it fails, the hook is called again later
   */
  CompletionStage<?> onFinal(FinalEvent<E> event);
}
