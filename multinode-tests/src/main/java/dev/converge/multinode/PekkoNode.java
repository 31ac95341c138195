package dev.converge.multinode;

import com.typesafe.config.ConfigFactory;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.pekko.actor.ActorSystem;
import org.jspecify.annotations.Nullable;

/** A node that is an actor system in cluster mode, which has joined nobody yet. */
public final class PekkoNode implements TestNode {
  /** The name of every actor system. */
  public static final String SYSTEM = "multinode";

  private @Nullable ActorSystem system;

  /** Made by the harness. */
  public PekkoNode() {}

  @Override
  public void start(NodeContext context) {
    system =
        ActorSystem.create(
            SYSTEM,
            ConfigFactory.parseString(context.pekkoConfig()).withFallback(ConfigFactory.load()));
  }

  @Override
  public Optional<ActorSystem> system() {
    return Optional.ofNullable(system);
  }

  @Override
  public void stop() throws Exception {
    if (system != null) {
      system.terminate();
      system.getWhenTerminated().toCompletableFuture().get(20, TimeUnit.SECONDS);
    }
  }
}
