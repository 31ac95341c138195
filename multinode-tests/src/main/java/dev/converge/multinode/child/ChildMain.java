package dev.converge.multinode.child;

import dev.converge.multinode.wire.ChildSettings;
import dev.converge.multinode.wire.FromChild;
import dev.converge.multinode.wire.Lines;
import dev.converge.multinode.wire.ToChild;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The main class of every child. Its argument, the node's name, is for those who look at {@code
 * ps}.
 */
public final class ChildMain {
  private static final int FAILED_TO_START = 70;

  private final PrintStream toParent;
  private final CompletableFuture<ChildNode> node = new CompletableFuture<>();
  private final ExecutorService tasks =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "multinode task");
            thread.setDaemon(true);
            return thread;
          });

  private ChildMain(PrintStream toParent) {
    this.toParent = toParent;
  }

  /**
   * Runs until the end of its input.
   *
   * @param args the name
   */
  public static void main(String[] args) throws IOException {
    PrintStream toParent =
        new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.US_ASCII);
    // Standard output is the parent's line from here on; what is printed goes to the log.
    System.setOut(System.err);
    InputStream input = System.in;
    System.setIn(InputStream.nullInputStream());
    new ChildMain(toParent).run(input);
  }

  private void run(InputStream input) {
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(input, StandardCharsets.US_ASCII))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Object message = Lines.read(line).orElse("nothing");
        if (message instanceof ChildSettings settings) {
          tasks.execute(() -> start(settings));
        } else if (message instanceof ToChild told) {
          handle(told);
        }
      }
    } catch (IOException | RuntimeException e) {
      // The parent is gone, or talks nonsense: there is nothing left to do for it.
    }
    Runtime.getRuntime().halt(0);
  }

  private void start(ChildSettings settings) {
    try {
      ChildNode started = ChildNode.start(settings, message -> Lines.write(toParent, message));
      node.complete(started);
      Lines.write(toParent, new FromChild.Started());
    } catch (Throwable e) {
      e.printStackTrace();
      System.err.println(settings.name() + " cannot start: " + e);
      Runtime.getRuntime().halt(FAILED_TO_START);
    }
  }

  private void handle(ToChild message) {
    if (message instanceof ToChild.Call call) {
      node.thenAcceptAsync(started -> answer(started, call), tasks);
    } else if (message instanceof ToChild.Enter enter) {
      node.thenAcceptAsync(started -> started.enterIdle(enter.barrier()), tasks);
    } else if (message instanceof ToChild.ClockOffset offset) {
      node.thenAccept(started -> started.setClock(offset.millis()));
    } else if (message instanceof ToChild.Dump) {
      dump();
    }
  }

  private void answer(ChildNode started, ToChild.Call call) {
    FromChild.Answer answer;
    try {
      answer = new FromChild.Answer(call.id(), started.call(call), null, null);
    } catch (Throwable e) {
      answer = failure(call.id(), e);
    }
    Lines.write(toParent, answer);
  }

  private static FromChild.Answer failure(long id, Throwable thrown) {
    thrown.printStackTrace();
    byte[] bytes = null;
    try {
      bytes = Lines.bytes(thrown);
    } catch (IllegalArgumentException e) {
      // Its text must do.
    }
    return new FromChild.Answer(id, null, thrown.toString(), bytes);
  }

  /** The tasks come last: whoever looks at the end of the log sees where they stand. */
  private static void dump() {
    System.err.println("What all threads are doing:");
    List<Map.Entry<Thread, StackTraceElement[]>> threads =
        new ArrayList<>(Thread.getAllStackTraces().entrySet());
    threads.sort(Comparator.comparing(e -> isBusy(e.getValue())));
    for (Map.Entry<Thread, StackTraceElement[]> e : threads) {
      System.err.println("  " + e.getKey().getName() + " " + e.getKey().getState());
      for (StackTraceElement frame : e.getValue()) {
        System.err.println("    at " + frame);
      }
    }
    System.err.flush();
  }

  private static boolean isBusy(StackTraceElement[] stack) {
    return Arrays.stream(stack)
        .anyMatch(frame -> frame.getClassName().equals(ChildNode.class.getName()));
  }
}
