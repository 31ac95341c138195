package dev.converge.node.cluster;

import java.util.concurrent.CompletionStage;
import org.apache.pekko.actor.ActorSystem;

/**
 * Told about the life of the cluster system by {@link ClusterRuntime}. At any time there is at most
 * one system; the calls come as {@code systemStarted(a), systemStopping(a), systemStarted(b), ...},
 * never two at once, on threads of the runtime.
 */
public interface ClusterListener {
  /**
   * A cluster system runs, and has not begun to join anybody: put back here what the system before
   * it handed over. Should return soon; the node joins only afterwards.
   *
   * @param system the new system
   */
  void systemStarted(ActorSystem system);

  /**
   * The system is about to end, for a merge or because the node stops. Take what must not be lost
   * out of it and stop using it. Called once per system, on a thread that may not be blocked.
   *
   * @param system the system
   * @return completes when the system may end; it ends in any case after {@link
   *     ClusterRuntime#HAND_OVER_LIMIT}
   */
  CompletionStage<Void> systemStopping(ActorSystem system);

  /**
   * Members, their status or their reachability have changed. Must not block.
   *
   * @param view what the node sees now
   */
  default void viewChanged(ClusterView view) {}
}
