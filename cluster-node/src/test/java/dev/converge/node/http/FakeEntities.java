package dev.converge.node.http;

import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.fold.Folded;
import dev.converge.engine.fold.HistoryPage;
import dev.converge.pekko.Choice;
import dev.converge.pekko.EntityAnswer;
import dev.converge.pekko.EntityErasedException;
import dev.converge.pekko.EntityKey;
import dev.converge.pekko.EntityRef;
import dev.converge.pekko.EntityType;
import dev.converge.pekko.Erasure;
import dev.converge.pekko.OpenConflict;
import dev.converge.pekko.ReadLevel;
import dev.converge.pekko.RepairReport;
import dev.converge.pekko.ReplicaNames;
import dev.converge.pekko.RunOptions;
import dev.converge.pekko.SessionToken;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import org.jspecify.annotations.Nullable;

/** Entities that write down what they are asked, and answer what a test has laid down. */
final class FakeEntities implements EntityHost {
  static final ReplicaId R1 = new ReplicaId("node-1", 5);
  static final ReplicaId R2 = new ReplicaId("node-2", 5);
  static final ReplicaId R2_AGAIN = new ReplicaId("node-2", 9);
  static final SessionToken TOKEN = SessionToken.of(VersionVector.empty().with(R1, 3));

  static final Erasure ERASURE =
      new Erasure(Dot.of(R2, 4), new HybridTimestamp(1_500, 2), "asked for");

  /** What was asked, in words, in order. */
  final List<String> asked = new ArrayList<>();

  private @Nullable RunOptions lastOptions;
  @Nullable Duration lastLimit;
  Object state = new Object();
  boolean isFinal;
  long parked;
  @Nullable Throwable failure;
  HistoryPage<?> history = new HistoryPage<>(List.of(), 0, 0);
  List<OpenConflict<?>> conflicts = List.of();
  List<EntityKey> conflicted = List.of();
  RepairReport repair = new RepairReport("counter", "c", 4, List.of(), List.of());
  final SubmissionPublisher<EntityAnswer<?>> changes = new SubmissionPublisher<>();

  @Override
  public ReplicaNames names() {
    return new ReplicaNames(List.of(R1, R2, R2_AGAIN));
  }

  @Override
  public List<String> ids(EntityType<?, ?, ?> type, String prefix, String after, int limit) {
    asked.add("ids " + type.name() + " " + prefix + " " + after + " " + limit);
    return List.of("a", "b");
  }

  @Override
  public List<EntityKey> conflicted() {
    return conflicted;
  }

  @Override
  public CompletionStage<RepairReport> repair(EntityType<?, ?, ?> type, String id) {
    return answer("repair " + type.name() + " " + id, repair);
  }

  @Override
  public CompletionStage<Erasure> erase(
      EntityType<?, ?, ?> type, String id, String reason, RunOptions options) {
    lastOptions = options;
    return answer("erase " + type.name() + " " + id, ERASURE);
  }

  @Override
  public boolean isErased(EntityType<?, ?, ?> type, String id) {
    return failure instanceof EntityErasedException;
  }

  private <T> CompletionStage<T> answer(String what, T value) {
    asked.add(what);
    return failure == null
        ? CompletableFuture.completedFuture(value)
        : CompletableFuture.failedFuture(failure);
  }

  /** The options of the last command or decision. */
  RunOptions lastOptions() {
    return Objects.requireNonNull(lastOptions, "nothing was run");
  }

  // A test lays down what fits the type that it asks for.
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T> T fitting(Object value) {
    return (T) value;
  }

  <S> EntityAnswer<S> entity(String id) {
    return new EntityAnswer<>(
        id,
        FakeEntities.<S>fitting(state),
        VersionVector.empty().with(R1, 2).with(R2_AGAIN, 1),
        isFinal,
        TOKEN,
        List.of(),
        parked);
  }

  @Override
  public <C, E, S> EntityRef<C, E, S> get(EntityType<C, E, S> type, String id) {
    return new Ref<>(type.name() + "/" + id, id);
  }

  private final class Ref<C, E, S> implements EntityRef<C, E, S> {
    private final String name;
    private final String id;

    Ref(String name, String id) {
      this.name = name;
      this.id = id;
    }

    @Override
    public String id() {
      return id;
    }

    @Override
    public CompletionStage<EntityAnswer<S>> run(C command, RunOptions options) {
      lastOptions = options;
      return answer("run " + name + " " + command, entity(id));
    }

    @Override
    public CompletionStage<EntityAnswer<S>> get(ReadLevel level, @Nullable Duration limit) {
      lastLimit = limit;
      return answer("get " + name + " " + level, entity(id));
    }

    @Override
    public CompletionStage<HistoryPage<E>> history(int from, int limit) {
      return answer(
          "history " + name + " " + from + " " + limit,
          FakeEntities.<HistoryPage<E>>fitting(history));
    }

    @Override
    public CompletionStage<Optional<Folded<E>>> awaitFinal(Dot event, Duration limit) {
      return CompletableFuture.failedFuture(new UnsupportedOperationException());
    }

    @Override
    public CompletionStage<EntityAnswer<S>> awaitFinal(VersionVector version, Duration limit) {
      return CompletableFuture.failedFuture(new UnsupportedOperationException());
    }

    @Override
    public Flow.Publisher<EntityAnswer<S>> changes() {
      return fitting(changes);
    }

    @Override
    public CompletionStage<List<OpenConflict<E>>> conflicts() {
      return answer(
          "conflicts " + name,
          FakeEntities.<List<OpenConflict<E>>>fitting(
              conflicts.stream().filter(conflict -> conflict.id().equals(id)).toList()));
    }

    @Override
    public CompletionStage<EntityAnswer<S>> decide(
        Dot conflict, Choice<C> choice, RunOptions options) {
      lastOptions = options;
      return answer("decide " + name + " " + conflict + " " + choice, entity(id));
    }
  }
}
