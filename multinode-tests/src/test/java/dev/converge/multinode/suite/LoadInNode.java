package dev.converge.multinode.suite;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.multinode.NodeContext;
import dev.converge.node.entity.CounterType;
import dev.converge.node.json.Fields;
import dev.converge.pekko.EntityAnswer;
import dev.converge.pekko.EntityRef;
import java.io.Serializable;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Commands to a node by its own actors' API, from inside its JVM, at a steady rate, and when every
 * event, own or others', was seen by a subscriber there. Times are {@link System#nanoTime}, which
 * on Linux is the same clock in all processes of a machine.
 */
final class LoadInNode {
  /** What runs in this JVM; started by one task, asked by the next. */
  private static @Nullable LoadInNode present;

  private static final CounterType COUNTER = new CounterType();

  /**
   * What came of it at one node.
   *
   * @param sent by event, when its command was given
   * @param answered by event, when its answer came
   * @param seen by event, when a subscriber had it
   * @param failed how many commands failed
   */
  record Result(
      Map<String, Long> sent, Map<String, Long> answered, Map<String, Long> seen, int failed)
      implements Serializable {}

  private final List<EntityRef<?, ?, BigInteger>> entities = new ArrayList<>();
  private final Map<String, Long> sent = new ConcurrentHashMap<>();
  private final Map<String, Long> answered = new ConcurrentHashMap<>();
  private final Map<String, Long> seen = new ConcurrentHashMap<>();
  private final AtomicInteger failed = new AtomicInteger();
  private final CountDownLatch done;

  private LoadInNode(int commands) {
    this.done = new CountDownLatch(commands);
  }

  /**
   * Begins, in a thread of its own.
   *
   * @param name what the entities' ids begin with
   * @param first of the commands that all nodes give in turn, which is this node's
   * @param rate commands a second of all three nodes together
   */
  static void start(
      NodeContext node, String name, int first, int commands, int rate, int entities) {
    LoadInNode load = new LoadInNode(commands);
    present = load;
    for (int i = 0; i < entities; i++) {
      var ref =
          node.node(ConvergeTestNode.class)
              .running()
              .entities()
              .get(COUNTER.type(), name + "-" + i);
      load.entities.add(ref);
      ref.changes().subscribe(load.new Seen(ref.id()));
    }
    new Thread(() -> load.run(first, commands, rate), "load").start();
  }

  /** What came of it; null if it is not done yet. */
  static @Nullable Result result() throws InterruptedException {
    LoadInNode load = present;
    return load != null && load.done.await(0, TimeUnit.SECONDS)
        ? new Result(
            new HashMap<>(load.sent),
            new HashMap<>(load.answered),
            new HashMap<>(load.seen),
            load.failed.get())
        : null;
  }

  private static String event(String entity, String replica, long sequence) {
    return entity + '/' + replica + '/' + sequence;
  }

  private void run(int first, int commands, int rate) {
    long start = System.nanoTime();
    for (int i = 0; i < commands; i++) {
      int number = first + 3 * i;
      long due = start + number * 1_000_000_000L / rate;
      while (System.nanoTime() < due) {
        LockSupport.parkNanos(due - System.nanoTime());
      }
      send(number % entities.size());
    }
  }

  @SuppressWarnings("unchecked") // all are counters
  private void send(int index) {
    EntityRef<CounterType.Add, ?, BigInteger> entity =
        (EntityRef<CounterType.Add, ?, BigInteger>) entities.get(index);
    long now = System.nanoTime();
    entity
        .run(
            COUNTER.command(
                "increment", Fields.of("the load", JsonNodeFactory.instance.objectNode())))
        .whenComplete((answer, error) -> answered(entity.id(), now, answer));
  }

  private void answered(String entity, long began, @Nullable EntityAnswer<BigInteger> answer) {
    long now = System.nanoTime();
    if (answer == null) {
      failed.incrementAndGet();
    } else {
      for (Dot dot : answer.written()) {
        String event = event(entity, dot.replica().toString(), dot.sequence());
        sent.put(event, began);
        answered.put(event, now);
      }
    }
    done.countDown();
  }

  private final class Seen implements Flow.Subscriber<EntityAnswer<BigInteger>> {
    private final String entity;
    private VersionVector before = VersionVector.empty();

    Seen(String entity) {
      this.entity = entity;
    }

    @Override
    public void onSubscribe(Flow.Subscription subscription) {
      subscription.request(Long.MAX_VALUE);
    }

    @Override
    public void onNext(EntityAnswer<BigInteger> answer) {
      long now = System.nanoTime();
      answer
          .version()
          .forEach(
              (replica, sequence) -> {
                for (long s = before.get(replica) + 1; s <= sequence; s++) {
                  seen.putIfAbsent(event(entity, replica.toString(), s), now);
                }
              });
      before = answer.version();
    }

    @Override
    public void onError(Throwable error) {
      error.printStackTrace();
    }

    @Override
    public void onComplete() {
      // The node stops.
    }
  }
}
