package dev.converge.benchmarks;

import dev.converge.engine.fold.EventContext;
import dev.converge.pekko.Effect;
import dev.converge.pekko.EntityType;
import dev.converge.pekko.EventCodec;
import dev.converge.pekko.ReplicatedEntity;
import dev.converge.pekko.wire.WireException;
import java.nio.ByteBuffer;
import org.apache.pekko.serialization.SerializerWithStringManifest;

/**
 * The entity that is measured: it takes numbers, and its state is how many, and the last. A handler
 * that does not commute, with next to nothing to do; an event is 100 bytes on both sides.
 */
final class Ticks {
  private static final int BYTES = 100;

  private Ticks() {}

  /** An event, and the command that leads to it. */
  record Tick(long number) {}

  /** A state. */
  record Count(long events, long last) {
    static final Count NONE = new Count(0, -1);

    Count with(Tick tick) {
      return new Count(events + 1, tick.number());
    }
  }

  private static byte[] encode(Tick tick) {
    return ByteBuffer.allocate(BYTES).putLong(tick.number()).array();
  }

  private static Tick decode(byte[] bytes) {
    return new Tick(ByteBuffer.wrap(bytes).getLong());
  }

  /** Ours, as one replica hosts it. */
  static EntityType<Tick, Tick, Count> type(Arrivals arrivals, int replica) {
    return new EntityType<>("tick", new Codec(), id -> new Ours(arrivals, replica));
  }

  private static final class Ours extends ReplicatedEntity<Tick, Tick, Count> {
    private final Arrivals arrivals;
    private final int replica;

    Ours(Arrivals arrivals, int replica) {
      this.arrivals = arrivals;
      this.replica = replica;
    }

    @Override
    public Count emptyState() {
      return Count.NONE;
    }

    @Override
    public Effect<Tick> onCommand(Count state, Tick command) {
      return Effect.persist(command);
    }

    @Override
    public Count onEvent(Count state, Tick event, EventContext context) {
      arrivals.at(replica, event.number());
      return state.with(event);
    }
  }

  private static final class Codec implements EventCodec<Tick> {
    @Override
    public byte[] encode(Tick event) {
      return Ticks.encode(event);
    }

    @Override
    public Tick decode(byte[] bytes) {
      if (bytes.length != BYTES) {
        throw new WireException("not a tick", null);
      }
      return Ticks.decode(bytes);
    }
  }

  /** For Pekko's side. */
  public static final class Serializer extends SerializerWithStringManifest {
    @Override
    public int identifier() {
      return 77_001;
    }

    @Override
    public String manifest(Object o) {
      return "t";
    }

    @Override
    public byte[] toBinary(Object o) {
      return encode((Tick) o);
    }

    @Override
    public Object fromBinary(byte[] bytes, String manifest) {
      return decode(bytes);
    }
  }
}
