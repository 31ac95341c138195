package dev.converge.node.http;

import dev.converge.engine.membership.ReplicaSet;
import dev.converge.pekko.membership.Replicas;
import dev.converge.pekko.membership.ReplicasStatus;
import java.time.Duration;
import java.util.Collection;
import java.util.concurrent.CompletionStage;

/** What the routes need of a node's part in the set of replicas: in a node, {@link Replicas}. */
interface ReplicaHost {
  CompletionStage<ReplicasStatus> status();

  /** See {@link Replicas#retire}. */
  CompletionStage<ReplicaSet> retire(Collection<String> replicas, boolean force, Duration limit);

  /** See {@link Replicas#restored}. */
  CompletionStage<Void> restored();

  /** See {@link Replicas#introduce}. */
  void introduce(String name, String address);

  static ReplicaHost of(Replicas replicas) {
    return new ReplicaHost() {
      @Override
      public CompletionStage<ReplicasStatus> status() {
        return replicas.status();
      }

      @Override
      public CompletionStage<ReplicaSet> retire(
          Collection<String> names, boolean force, Duration limit) {
        return replicas.retire(names, force, limit);
      }

      @Override
      public CompletionStage<Void> restored() {
        return replicas.restored();
      }

      @Override
      public void introduce(String name, String address) {
        replicas.introduce(name, address);
      }
    };
  }
}
