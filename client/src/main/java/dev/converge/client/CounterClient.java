package dev.converge.client;

import java.math.BigInteger;
import java.util.concurrent.CompletionStage;

/** One counter. Thread-safe. */
public final class CounterClient {
  private final EntityClient entities;
  private final String id;

  CounterClient(EntityClient entities, String id) {
    this.entities = entities;
    this.id = id;
  }

  private static BigInteger value(Entity entity) {
    return entity.state().path("value").bigIntegerValue();
  }

  /** The value, with all that this session has seen. */
  public CompletionStage<BigInteger> get() {
    return entities.get(id).thenApply(CounterClient::value);
  }

  /**
   * Adds.
   *
   * @param by negative to lower it; not 0
   * @return the value after it
   */
  public CompletionStage<BigInteger> add(BigInteger by) {
    Command command = Command.of(by.signum() < 0 ? "decrement" : "increment").with("by", by.abs());
    return entities.run(id, command).thenApply(CounterClient::value);
  }

  /** Adds {@code by}, which is above 0. */
  public CompletionStage<BigInteger> increment(long by) {
    return add(BigInteger.valueOf(by));
  }

  /** Takes {@code by} away, which is above 0. */
  public CompletionStage<BigInteger> decrement(long by) {
    return add(BigInteger.valueOf(by).negate());
  }
}
