package dev.converge.multinode;

import dev.converge.multinode.wire.ChildSettings;
import dev.converge.multinode.wire.FromChild;
import dev.converge.multinode.wire.Lines;
import dev.converge.multinode.wire.ToChild;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The children that run, and what is asked of them. Thread-safe. */
final class Crew {
  private static final int TAIL = 60;
  private static final Duration DUMP_LIMIT = Duration.ofSeconds(1);

  /** Many JVMs at once on a busy machine; whether a start hangs is hard to tell. */
  static final Duration START_LIMIT = Duration.ofMinutes(2);

  private final OutputLog log;
  private final Duration limit;
  private final List<String> flags;
  private final SharedClasses classes;
  private final Map<String, Child> children = new ConcurrentHashMap<>();
  private final Set<String> paused = ConcurrentHashMap.newKeySet();
  private final AtomicLong ids = new AtomicLong();
  private final Map<Long, Run> runs = new ConcurrentHashMap<>();

  /** Completes exceptionally when a child has ended by itself. */
  private final CompletableFuture<Void> failed = new CompletableFuture<>();

  private static final class Run {
    private final Set<String> crew;
    private int barriers;

    private Run(Collection<String> crew) {
      this.crew = Set.copyOf(crew);
    }

    /** Whether this is the first one of the crew to come to this barrier. */
    synchronized boolean isFirst(int ordinal) {
      boolean first = ordinal > barriers;
      barriers = Math.max(barriers, ordinal);
      return first;
    }
  }

  Crew(OutputLog log, Duration limit, List<String> flags, SharedClasses classes) {
    this.log = log;
    this.limit = limit;
    this.flags = flags;
    this.classes = classes;
  }

  /** Starts a child that is not there; does not wait for it. */
  void launch(ChildSettings settings) {
    children.put(
        settings.name(),
        Child.start(settings, flags, classes, log, this::atBarrier, this::endedByItself));
  }

  void awaitStarted(String name) {
    await(Map.of(name, child(name).started()), "has not started", START_LIMIT);
  }

  private void endedByItself(Child child, int exitCode) {
    failed.completeExceptionally(
        new NodeFailure(
            child.name() + " ended by itself with exit code " + exitCode + tail(child.name()),
            null));
  }

  boolean isAlive(String name) {
    Child child = children.get(name);
    return child != null && child.isAlive();
  }

  boolean takesTasks(String name) {
    return isAlive(name) && !paused.contains(name);
  }

  void pause(String name) {
    child(name).signal("-STOP");
    paused.add(name);
  }

  /** Returns whether it was paused. */
  boolean resume(String name) {
    boolean was = paused.remove(name);
    if (was && isAlive(name)) {
      child(name).signal("-CONT");
    }
    return was;
  }

  /**
   * A child that runs.
   *
   * @throws IllegalStateException if it does not
   */
  Child child(String name) {
    Child child = children.get(name);
    if (child == null || !child.isAlive()) {
      requireHealthy();
      throw new IllegalStateException(name + " does not run; start it first");
    }
    return child;
  }

  void kill(String name) {
    Child child = children.get(name);
    paused.remove(name);
    if (child != null) {
      child.kill();
    }
  }

  void terminate(String name) {
    Child child = children.get(name);
    if (child != null) {
      child.terminate();
    }
  }

  /**
   * Fails if a child has ended by itself.
   *
   * @throws NodeFailure then
   */
  void requireHealthy() {
    if (failed.isCompletedExceptionally()) {
      await(Map.of(), "", limit);
    }
  }

  boolean isHealthy() {
    return !failed.isCompletedExceptionally();
  }

  /** Runs a task at one. */
  Object run(String name, NodeCall<?> task) {
    return Objects.requireNonNull(run(List.of(name), task).get(name));
  }

  /** Runs a task at these, at the same time, and waits for all. */
  Map<String, Object> run(Collection<String> names, NodeCall<?> task) {
    return run(names, task, limit);
  }

  private Map<String, Object> run(Collection<String> names, NodeCall<?> task, Duration limit) {
    byte[] bytes = bytes(task);
    Run run = new Run(names);
    List<Long> own = new ArrayList<>();
    Map<String, CompletableFuture<?>> answers = new LinkedHashMap<>();
    Map<String, Object> results = new ConcurrentHashMap<>();
    List<Child> crew = names.stream().map(this::child).toList();
    for (Child child : crew) {
      long id = ids.incrementAndGet();
      own.add(id);
      runs.put(id, run);
      answers.put(
          child.name(),
          child.call(id, bytes).thenAccept(answer -> results.put(child.name(), result(answer))));
    }
    try {
      await(answers, "has not come back from a task", limit);
    } finally {
      own.forEach(runs::remove);
    }
    return results;
  }

  private static byte[] bytes(NodeCall<?> task) {
    try {
      return Lines.bytes(task);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "A task for a node is copied to its JVM, so it can use only variables that are"
              + " serializable, and neither fields nor methods of the test object; this one "
              + e.getMessage(),
          e);
    }
  }

  private static Object result(FromChild.Answer answer) {
    byte[] result = answer.result();
    if (result == null) {
      throw new Thrown(String.valueOf(answer.failure()), Child.thrown(answer));
    }
    return Lines.object(result);
  }

  private static final class Thrown extends RuntimeException {
    private static final long serialVersionUID = 1;

    Thrown(String message, @Nullable Throwable cause) {
      super(message, cause);
    }
  }

  /** Whoever has nothing to do goes to the barrier, too. */
  private void atBarrier(FromChild.AtBarrier told) {
    Run run = runs.get(told.id());
    if (run != null && run.isFirst(told.ordinal())) {
      Predicate<Child> idle = child -> !run.crew.contains(child.name()) && child.isAlive();
      children.values().stream()
          .filter(idle)
          .forEach(child -> child.tell(new ToChild.Enter(told.name())));
    }
  }

  /** Waits for all; the first failure, and the end of any child, is enough. */
  private void await(
      Map<String, ? extends CompletableFuture<?>> answers, String late, Duration limit) {
    CompletableFuture<Void> first = new CompletableFuture<>();
    answers.forEach(
        (name, answer) ->
            answer.whenComplete(
                (done, error) -> {
                  if (error != null) {
                    first.completeExceptionally(failure(name, error));
                  }
                }));
    CompletableFuture<?>[] all = answers.values().toArray(CompletableFuture[]::new);
    CompletableFuture.allOf(all)
        .whenComplete(
            (done, error) -> {
              if (error == null) {
                first.complete(null);
              }
            });
    try {
      // SUBTLE: in this order; a child that has ended says more than an answer that will not come.
      if (failed.isCompletedExceptionally()) {
        failed.get();
      }
      CompletableFuture.anyOf(failed, first).get(limit.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("Interrupted while nodes were at work", e);
    } catch (TimeoutException e) {
      throw hanging(answers, late, limit);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof NodeFailure failure
          ? new NodeFailure(String.valueOf(failure.getMessage()), failure.getCause())
          : new NodeFailure(String.valueOf(e.getCause()), e.getCause());
    }
  }

  private NodeFailure failure(String name, Throwable error) {
    Throwable cause =
        error instanceof java.util.concurrent.CompletionException ? error.getCause() : error;
    if (cause instanceof Thrown thrown) {
      return new NodeFailure(name + ": " + thrown.getMessage() + tail(name), thrown.getCause());
    }
    return new NodeFailure(
        name + ": " + (cause == null ? error : cause).getMessage() + tail(name), cause);
  }

  private NodeFailure hanging(
      Map<String, ? extends CompletableFuture<?>> answers, String late, Duration limit) {
    List<String> names =
        answers.entrySet().stream()
            .filter(e -> !e.getValue().isDone())
            .map(Map.Entry::getKey)
            .toList();
    StringBuilder message = new StringBuilder();
    for (String name : names) {
      Child child = children.get(name);
      if (child != null && child.isAlive()) {
        child.tell(new ToChild.Dump());
      }
    }
    Waiting.pause(DUMP_LIMIT);
    for (String name : names) {
      message.append(name).append(' ').append(late).append(" within ");
      message.append(limit.toSeconds()).append(" s").append(tail(name)).append('\n');
    }
    failed.completeExceptionally(new NodeFailure(message.toString(), null));
    return new NodeFailure(message.toString(), null);
  }

  private String tail(String name) {
    return "\n--- the last lines of "
        + name
        + ", more in "
        + log.present()
        + "\n"
        + String.join("\n", log.tail(name, TAIL));
  }

  /** If an archive of classes is wanted, the first of these that can leaves one behind. */
  private void archiveClasses() {
    Optional<NodeTask> archiving = classes.archiving();
    Optional<Child> one =
        children.values().stream()
            .filter(child -> !child.name().equals(Layout.CONDUCTOR) && takesTasks(child.name()))
            .findFirst();
    if (archiving.isPresent() && one.isPresent() && isHealthy()) {
      try {
        NodeTask task = archiving.get();
        run(
            List.of(one.get().name()),
            node -> {
              task.run(node);
              return true;
            },
            START_LIMIT);
      } catch (NodeFailure | IllegalStateException e) {
        log.line(one.get().name(), "There will be no archive of classes: " + e.getMessage());
      }
    }
  }

  /** Kills all; fails if one does not die. */
  void close() {
    archiveClasses();
    NodeFailure first = null;
    for (Child child : children.values()) {
      try {
        child.kill();
      } catch (NodeFailure e) {
        first = first == null ? e : first;
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
