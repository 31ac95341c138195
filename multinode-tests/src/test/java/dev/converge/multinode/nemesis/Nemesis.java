package dev.converge.multinode.nemesis;

import dev.converge.multinode.MultiNode;
import dev.converge.multinode.history.Fault;
import dev.converge.multinode.suite.Databases;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Does what goes wrong: faults from a seed, one or two at a time, each over after some seconds. */
final class Nemesis {
  private static final int KINDS = 9;
  private static final long MILLIS_BEFORE = 500;
  private static final long MILLIS_MORE = 1_000;
  private static final long MILLIS_LONG = 2_500;

  private final MultiNode group;
  private final @Nullable Databases databases;
  private final Recorder recorder;
  private final Random random;
  private final List<String> nodes;
  private final List<Integer> deck = new ArrayList<>();

  private record Planned(String kind, String target, String node, Runnable begin, Runnable end) {}

  /**
   * @param databases without them there is no outage of one
   */
  Nemesis(MultiNode group, @Nullable Databases databases, Recorder recorder, long seed) {
    this.group = group;
    this.databases = databases;
    this.recorder = recorder;
    this.random = new Random(seed);
    this.nodes = group.names();
  }

  /** Goes on until some time is over. */
  void run(Duration time) {
    long end = System.nanoTime() + time.toNanos();
    while (System.nanoTime() < end) {
      pause(MILLIS_BEFORE + random.nextInt((int) MILLIS_MORE));
      List<Planned> planned = new ArrayList<>(List.of(plan()));
      if (random.nextInt(3) == 0) {
        Planned second = plan();
        if (!second.node().equals(planned.get(0).node())) {
          planned.add(second);
        }
      }
      long from = recorder.now();
      planned.forEach(fault -> fault.begin().run());
      pause(MILLIS_MORE + random.nextInt((int) MILLIS_LONG));
      planned.forEach(fault -> fault.end().run());
      planned.forEach(
          fault -> recorder.add(new Fault(fault.kind(), fault.target(), from, recorder.now())));
    }
  }

  private static void pause(long millis) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    for (long left = 1; left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  /**
   * Each kind once, in random order, then each once more: so that also a short run has them all.
   */
  private int nextKind() {
    if (deck.isEmpty()) {
      for (int kind = 0; kind < (databases == null ? KINDS - 1 : KINDS); kind++) {
        deck.add(kind);
      }
      Collections.shuffle(deck, random);
    }
    return deck.remove(deck.size() - 1);
  }

  private Planned plan() {
    int index = random.nextInt(nodes.size());
    String node = nodes.get(index);
    String peer = nodes.get((index + 1 + random.nextInt(nodes.size() - 1)) % nodes.size());
    List<String> others = nodes.stream().filter(other -> !other.equals(node)).toList();
    Duration offset = Duration.ofSeconds(random.nextInt(1_200) - 600);
    return switch (nextKind()) {
      case 0 ->
          planned(
              "cut",
              node + " " + peer,
              node,
              () -> group.cut(node, peer),
              () -> group.heal(node, peer));
      case 1 ->
          planned(
              "isolation",
              node,
              node,
              () -> group.cut(List.of(node), others),
              () -> others.forEach(other -> group.heal(node, other)));
      case 2 ->
          planned(
              "cut one way",
              node + " to " + peer,
              node,
              () -> group.cutOneWay(node, peer),
              () -> group.heal(node, peer));
      case 3 ->
          planned(
              "slow link",
              node + " to " + peer,
              node,
              () -> group.slow(node, peer, Duration.ofMillis(300)),
              () -> group.slow(node, peer, Duration.ZERO));
      case 4 -> planned("kill", node, node, () -> group.kill(node), () -> group.start(node));
      case 5 -> planned("pause", node, node, () -> group.pause(node), () -> group.resume(node));
      case 6 ->
          planned(
              "clock offset",
              node,
              node,
              () -> group.setClock(node, offset),
              () -> group.setClock(node, Duration.ZERO));
      case 7 ->
          planned("restart", node, node, () -> group.terminate(node), () -> group.start(node));
      default -> {
        Databases present = Objects.requireNonNull(databases);
        yield planned(
            "database outage", node, node, () -> present.stop(node), () -> present.start(node));
      }
    };
  }

  private static Planned planned(
      String kind, String target, String node, Runnable begin, Runnable end) {
    return new Planned(kind, target, node, begin, end);
  }
}
