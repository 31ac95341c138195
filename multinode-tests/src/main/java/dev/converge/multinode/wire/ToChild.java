package dev.converge.multinode.wire;

import java.io.Serializable;

/** What a child is told. */
public sealed interface ToChild extends Serializable {
  /**
   * Run something and answer with {@link FromChild.Answer}.
   *
   * @param id of the answer
   * @param task a serialised call; in bytes, so that a class that is missing spoils no more than it
   */
  @SuppressWarnings("ArrayRecordComponent") // Nobody compares calls.
  record Call(long id, byte[] task) implements ToChild {}

  /** Enter a barrier, since this child has nothing to do that could hold it up. */
  record Enter(String barrier) implements ToChild {}

  /** The wall clock is to be off by so much. */
  record ClockOffset(long millis) implements ToChild {}

  /** Print what all threads are doing. */
  record Dump() implements ToChild {}
}
