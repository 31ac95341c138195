package dev.converge.node.store;

import dev.converge.crdt.ORMap;
import dev.converge.crdt.Variant;
import dev.converge.crdt.causal.CausalCrdt;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.node.json.BadInputException;
import dev.converge.node.json.Fields;
import dev.converge.node.json.Json;
import dev.converge.pekko.NodeClock;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;

/**
 * Three replicas of one bucket that write at random and exchange deltas and states, from a seed.
 */
final class RandomStates {
  private static final List<String> KEYS = List.of("a", "b", "ü€");
  private static final List<String> OPERATIONS =
      List.of(
          "{'type':'gcounter','op':'increment','by':3}",
          "{'type':'gcounter','op':'increment','by':99999999999999999999}",
          "{'type':'pncounter','op':'increment'}",
          "{'type':'pncounter','op':'decrement','by':7}",
          "{'type':'gset','op':'add','element':'x'}",
          "{'type':'gset','op':'add','element':1.50}",
          "{'type':'orset','op':'add','element':'y'}",
          "{'type':'orset','op':'add','element':-2e30}",
          "{'type':'orset','op':'remove','element':'y'}",
          "{'type':'lwwregister','op':'set','value':{'k':[1,null]}}",
          "{'type':'lwwregister','op':'set','value':'text'}",
          "{'type':'mvregister','op':'set','value':[1,'ü']}",
          "{'type':'mvregister','op':'set','value':null}",
          "{'type':'ewflag','op':'enable'}",
          "{'type':'ewflag','op':'disable'}",
          "{'type':'dwflag','op':'enable'}",
          "{'type':'dwflag','op':'disable'}",
          "{'type':'rwset','op':'add','element':'x'}",
          "{'type':'rwset','op':'remove','element':'x'}",
          "{'type':'lwwset','op':'add','element':7}",
          "{'type':'lwwset','op':'remove','element':7}",
          "{'type':'lwwmap','op':'put','field':'f','value':{'z':0}}",
          "{'type':'lwwmap','op':'remove','field':'f'}",
          "{'type':'ormap','op':'update','field':'f','update':{'type':'orset','op':'add','element':1}}",
          "{'type':'ormap','op':'update','field':'g','update':"
              + "{'type':'ormap','op':'update','field':'f','update':{'type':'ewflag','op':'enable'}}}",
          "{'type':'ormap','op':'remove','field':'f'}",
          "{'type':'ormap','op':'update','field':'q','update':"
              + "{'type':'boundedcounter','op':'increment'}}",
          "{'type':'boundedcounter','op':'increment','by':5}",
          "{'type':'boundedcounter','op':'decrement','by':2}",
          "{'type':'boundedcounter','op':'transfer','to':'n3','by':1}",
          "{'type':'rga','op':'insert','index':0,'value':{'k':1}}",
          "{'type':'rga','op':'insert','index':1,'value':null}",
          "{'type':'rga','op':'delete','index':0}",
          "{'type':'text','op':'insert','index':0,'text':'aé€'}",
          "{'type':'text','op':'insert','index':2,'text':'\uD83D\uDE00'}",
          "{'type':'text','op':'delete','index':1,'count':2}");

  final Random random;
  final List<LocalBucket> replicas =
      List.of(
          new LocalBucket(StoreLimits.DEFAULT, false),
          new LocalBucket(StoreLimits.DEFAULT, false),
          new LocalBucket(StoreLimits.DEFAULT, false));
  private final List<Writer> writers;
  private long time;

  RandomStates(long seed) {
    random = new Random(seed);
    NodeClock clock = new NodeClock(() -> time++ / 3);
    writers =
        List.of(
            new Writer(ReplicaId.of("n1"), clock),
            new Writer(new ReplicaId("n2", 7), clock),
            new Writer(new ReplicaId("n2", 8), clock));
  }

  /** One write, removal or exchange. */
  void step() {
    int i = random.nextInt(3);
    LocalBucket replica = replicas.get(i);
    String key = KEYS.get(random.nextInt(KEYS.size()));
    switch (random.nextInt(8)) {
      case 0 -> replica.remove(key, writers.get(i), false);
      case 1, 2 -> exchange(replica, replicas.get(random.nextInt(3)));
      default -> {
        LocalBucket.Step step = write(replica, key, writers.get(i));
        if (random.nextBoolean()) {
          replicas.get(random.nextInt(3)).join(overTheWire(step.delta()));
        }
      }
    }
  }

  private LocalBucket.Step write(LocalBucket replica, String key, Writer writer) {
    String json = OPERATIONS.get(random.nextInt(OPERATIONS.size())).replace('\'', '"');
    Fields fields = Fields.of("the test", Json.read(json.getBytes(StandardCharsets.UTF_8)));
    StoreType<?> type = StoreType.named(fields.text("type"));
    try {
      return write(replica, key, type, fields, writer);
    } catch (KeyTypeMismatchException e) {
      return replica.remove(key, writer, false);
    } catch (NoRightsException | BadInputException e) {
      return LocalBucket.Step.none(Buckets.EMPTY, replica.state());
    }
  }

  private static <V extends CausalCrdt<V>> LocalBucket.Step write(
      LocalBucket replica, String key, StoreType<V> type, Fields fields, Writer writer) {
    return replica.update(
        Key.of(key, type), type.operation(fields.text("op"), fields), writer, false);
  }

  private static void exchange(LocalBucket a, LocalBucket b) {
    a.join(overTheWire(b.state()));
  }

  static ORMap<String, Variant> overTheWire(ORMap<String, Variant> state) {
    return BucketCodec.decode(BucketCodec.encode(state));
  }

  /** Everybody hears from everybody. */
  void settle() {
    for (LocalBucket a : replicas) {
      for (LocalBucket b : replicas) {
        exchange(a, b);
      }
    }
    for (LocalBucket a : replicas) {
      for (LocalBucket b : replicas) {
        exchange(a, b);
      }
    }
  }
}
