package dev.converge.engine.walk;

import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.engine.frontier.FinalFrontier;
import dev.converge.engine.membership.MemberFrontiers;
import dev.converge.engine.membership.ReplicaSet;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * The real frontiers of a node as a value: a list of calls, from which they are made. What {@link
 * Fault#FINAL_WITHOUT_MAJORITY} leaves out, a second frontier leaves out too.
 */
final class Frontiers {
  /** One call, on both. */
  record Call(Consumer<MemberFrontiers> real, Consumer<FinalFrontier> careless) {}

  private final ReplicaId self;
  private final ReplicaSet first;
  private final boolean isCareless;
  private final List<Call> calls;
  private final MemberFrontiers real;
  private final FinalFrontier careless = new FinalFrontier();

  private Frontiers(ReplicaId self, ReplicaSet first, boolean isCareless, List<Call> calls) {
    this.self = self;
    this.first = first;
    this.isCareless = isCareless;
    this.calls = calls;
    this.real = new MemberFrontiers(self, first);
    first.members().forEach(member -> careless.join(member, HybridTimestamp.ZERO));
    for (Call call : calls) {
      call.real.accept(real);
      if (isCareless) {
        call.careless.accept(careless);
      }
    }
  }

  static Frontiers of(ReplicaId self, ReplicaSet first, Fault fault) {
    return new Frontiers(self, first, fault == Fault.FINAL_WITHOUT_MAJORITY, List.of());
  }

  Frontiers with(Consumer<MemberFrontiers> call) {
    return with(call, careless -> {});
  }

  Frontiers with(Consumer<MemberFrontiers> call, Consumer<FinalFrontier> other) {
    List<Call> more = new ArrayList<>(calls);
    more.add(new Call(call, other));
    return new Frontiers(self, first, isCareless, more);
  }

  MemberFrontiers get() {
    return real;
  }

  HybridTimestamp finalTime() {
    return isCareless ? careless.time() : real.finalTime();
  }

  @Override
  public String toString() {
    return real + (isCareless ? ", careless " + careless.time() : "");
  }
}
