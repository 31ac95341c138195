package dev.converge.multinode;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.remote.testconductor.RoleName;
import org.apache.pekko.remote.testconductor.TestConductor;
import org.apache.pekko.remote.testconductor.TestConductorExt;
import org.apache.pekko.remote.transport.ThrottlerTransportAdapter;
import scala.jdk.javaapi.FutureConverters;

/**
 * Links that are cut both ways. A cut is made at both ends, so that it holds while one of them is
 * restarted. Not thread-safe.
 */
final class Links {
  private static final int SECONDS = 30;

  private final Crew crew;
  private final Set<Set<String>> cut = new LinkedHashSet<>();

  Links(Crew crew) {
    this.crew = crew;
  }

  void cut(String one, String other) {
    if (cut.add(Set.of(one, other))) {
      at(one, other, true);
      at(other, one, true);
    }
  }

  void heal(String one, String other) {
    if (cut.remove(Set.of(one, other))) {
      at(one, other, false);
      at(other, one, false);
    }
  }

  void healAll() {
    for (Set<String> pair : Set.copyOf(cut)) {
      String[] ends = pair.toArray(String[]::new);
      heal(ends[0], ends[1]);
    }
  }

  /** A node that was away knows nothing of what was cut and healed meanwhile. */
  void cameBack(String name, boolean fresh, Iterable<String> all) {
    for (String peer : all) {
      if (!peer.equals(name)) {
        boolean closed = cut.contains(Set.of(name, peer));
        if (closed || !fresh) {
          at(name, peer, closed);
        }
        if (closed) {
          at(peer, name, true);
        }
      }
    }
  }

  private void at(String name, String peer, boolean closed) {
    if (!crew.takesTasks(name)) {
      return;
    }
    NodeCall<Boolean> there =
        node -> {
          TestNode running = node.node(TestNode.class);
          if (running.system().isEmpty()) {
            running.cut(peer, closed);
            return true;
          }
          return false;
        };
    boolean done = (Boolean) crew.run(name, there);
    if (!done && crew.isAlive(peer)) {
      crew.run(
          Layout.CONDUCTOR,
          node -> {
            byConductor(TestConductor.get(node.system()), name, peer, closed);
            return true;
          });
    }
  }

  /** Runs in the conductor. It knows only nodes that run. */
  @SuppressWarnings(
      "deprecation") // Artery takes the words of the old transport, and has no others.
  private static void byConductor(
      TestConductorExt conductor, String name, String peer, boolean closed) throws Exception {
    RoleName at = RoleName.apply(name);
    RoleName other = RoleName.apply(peer);
    // SUBTLE: with another direction Artery would cut the same, or nothing: its stage for what
    // comes in asks for (local, remote), as the one for what goes out does.
    var both = ThrottlerTransportAdapter.bothDirection();
    var done =
        closed ? conductor.blackhole(at, other, both) : conductor.passThrough(at, other, both);
    FutureConverters.asJava(done).toCompletableFuture().get(SECONDS, TimeUnit.SECONDS);
  }
}
