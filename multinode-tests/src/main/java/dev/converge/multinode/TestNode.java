package dev.converge.multinode;

import java.util.Optional;
import org.apache.pekko.actor.ActorSystem;

/**
 * What runs in a node's JVM. {@link PekkoNode}, an actor system, is enough for tests of actors;
 * implement this to test a whole program. Needs a constructor without parameters.
 */
public interface TestNode {
  /**
   * Starts it.
   *
   * @param context all but {@link NodeContext#system} and {@link NodeContext#barrier} can be used
   *     already
   */
  void start(NodeContext context) throws Exception;

  /**
   * An actor system with remoting over Artery TCP, {@code test-mode = on}, and the settings of
   * {@link NodeContext#pekkoConfig}: the conductor cuts its links. Empty if there is none, or not
   * one for the whole life of the node: then {@link #cut} cuts, and barriers go through another
   * system.
   */
  Optional<ActorSystem> system();

  /**
   * Whether {@link #system} is always empty. Then the other system is made while this one starts,
   * on another core.
   */
  default boolean isWithoutSystem() {
    return false;
  }

  /**
   * Cuts or heals a link at this end, both ways, for nodes without {@link #system}.
   *
   * @param peer the node at the other end
   * @param cut whether nothing passes from now on, or everything
   */
  default void cut(String peer, boolean cut) throws Exception {
    throw new UnsupportedOperationException(
        getClass().getName()
            + " has neither a system whose links the conductor can cut, nor cut()");
  }

  /** Stops it in good order. Not called when the JVM is killed. */
  void stop() throws Exception;
}
