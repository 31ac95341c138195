package dev.converge.multinode.child;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import dev.converge.multinode.NodeCall;
import dev.converge.multinode.TestNode;
import dev.converge.multinode.wire.ChildSettings;
import dev.converge.multinode.wire.FromChild;
import dev.converge.multinode.wire.Lines;
import dev.converge.multinode.wire.ToChild;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.pekko.actor.ActorSystem;
import org.apache.pekko.remote.testconductor.RoleName;
import org.apache.pekko.remote.testconductor.TestConductor;
import org.apache.pekko.remote.testconductor.TestConductorExt;
import scala.jdk.javaapi.FutureConverters;

/** What runs in a child, connected to the test conductor. Thread-safe. */
final class ChildNode {
  private static final int CONNECT_SECONDS = 60;

  private final ChildContext context;
  private final Consumer<FromChild> toParent;

  private ChildNode(ChildContext context, Consumer<FromChild> toParent) {
    this.context = context;
    this.toParent = toParent;
  }

  /**
   * Starts the node, or the conductor, and waits until it is connected.
   *
   * @throws Exception if it cannot
   */
  static ChildNode start(ChildSettings settings, Consumer<FromChild> toParent) throws Exception {
    ChildContext context = new ChildContext(settings);
    if (settings.conductor()) {
      ActorSystem system = link(settings);
      context.started(system, new Object());
      connect(settings, system);
    } else {
      Files.createDirectories(Path.of(settings.dataFolder()));
      TestNode node =
          Class.forName(settings.nodeClass())
              .asSubclass(TestNode.class)
              .getDeclaredConstructor()
              .newInstance();
      Optional<FutureTask<ActorSystem>> meanwhile =
          node.isWithoutSystem()
              ? Optional.of(new FutureTask<>(() -> connect(settings, link(settings))))
              : Optional.empty();
      meanwhile.ifPresent(link -> new Thread(link, "link to the conductor").start());
      node.start(context);
      if (meanwhile.isPresent()) {
        context.started(meanwhile.get().get(), node);
      } else {
        ActorSystem system = node.system().orElseGet(() -> link(settings));
        context.started(system, node);
        connect(settings, system);
      }
    }
    return new ChildNode(context, toParent);
  }

  private static ActorSystem connect(ChildSettings settings, ActorSystem system) throws Exception {
    TestConductorExt conductor = TestConductor.get(system);
    RoleName role = RoleName.apply(settings.name());
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getLoopbackAddress(), settings.conductorPort());
    var connected =
        settings.conductor()
            // One participant is enough to begin with: nodes come and go.
            ? FutureConverters.asJava(conductor.startController(1, role, address))
            : FutureConverters.asJava(conductor.startClient(role, address));
    connected.toCompletableFuture().get(CONNECT_SECONDS, TimeUnit.SECONDS);
    return system;
  }

  /** An actor system for nothing but the connection to the conductor. */
  private static ActorSystem link(ChildSettings settings) {
    ClassLoader loader = ChildNode.class.getClassLoader();
    Config config =
        ConfigFactory.parseResources(loader, "multinode-link.conf")
            .withFallback(ConfigFactory.defaultReferenceUnresolved(loader))
            .resolve();
    return ActorSystem.create("multinode-link-of-" + settings.name(), config, loader);
  }

  byte[] call(ToChild.Call call) throws Exception {
    NodeCall<?> task = (NodeCall<?>) Lines.object(call.task());
    Object result =
        task.call(
            context.during(
                (ordinal, name) ->
                    toParent.accept(new FromChild.AtBarrier(call.id(), ordinal, name))));
    if (result == null) {
      throw new NullPointerException(
          "A call at a node gave null; what goes to the test must be something");
    }
    return Lines.bytes(result);
  }

  void setClock(long offsetMillis) {
    context.setClock(offsetMillis);
  }

  void enterIdle(String barrier) {
    try {
      context.enter(barrier);
    } catch (RuntimeException e) {
      // Those who wait at it learn of it too, and it is theirs to fail.
      System.err.println("barrier " + barrier + ": " + e);
    }
  }
}
