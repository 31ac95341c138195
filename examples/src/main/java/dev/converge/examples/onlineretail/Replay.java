package dev.converge.examples.onlineretail;

import dev.converge.examples.Await;
import dev.converge.examples.onlineretail.ReplayPlan.Write;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;

/** One replay: write all, wait for convergence, compare all, report. Used once. */
final class Replay {
  /** Whose arrival everywhere is timed: the carts written last. */
  private static final int LAST = 100;

  private static final int SHOWN = 10;
  private static final int READS_AT_A_TIME = 32;

  private final Shop shop;
  private final ReplayPlan plan;
  private final List<Basket> baskets;
  private final int concurrency;
  private final int timeoutSeconds;
  private final PrintWriter out;
  private final boolean terminal;

  Replay(
      Shop shop,
      ReplayPlan plan,
      List<Basket> baskets,
      int concurrency,
      int timeoutSeconds,
      PrintWriter out,
      boolean terminal) {
    this.shop = shop;
    this.plan = plan;
    this.baskets = List.copyOf(baskets);
    this.concurrency = concurrency;
    this.timeoutSeconds = timeoutSeconds;
    this.out = out;
    this.terminal = terminal;
  }

  /** Whether all nodes hold what they must. */
  boolean run() throws InterruptedException {
    List<List<Write>> writes = baskets.stream().map(plan::writes).toList();
    long commands =
        writes.stream().flatMap(List::stream).mapToLong(write -> write.adds().size()).sum();
    long split = writes.stream().filter(w -> w.size() > 1).count();
    say(
        "%,d baskets, %,d of them at two nodes at once: %,d commands through %d nodes."
            .formatted(baskets.size(), split, commands, shop.nodes()));

    long start = System.nanoTime();
    ProgressBar progress = new ProgressBar(out, terminal, "writing", commands);
    Bounded.forEach(writes, concurrency, cart -> write(cart, progress));
    long written = System.nanoTime();

    List<Basket> last = baskets.subList(Math.max(0, baskets.size() - LAST), baskets.size());
    Await.until(Duration.ofSeconds(timeoutSeconds), () -> differing(last, () -> {}), List::isEmpty);
    long converged = System.nanoTime();

    ProgressBar checking =
        new ProgressBar(out, terminal, "checking", (long) baskets.size() * shop.nodes());
    List<Basket> late = differing(baskets, checking::step);
    if (!late.isEmpty()) {
      List<Basket> again = late;
      late =
          Await.until(
              Duration.ofSeconds(timeoutSeconds), () -> differing(again, () -> {}), List::isEmpty);
      converged = System.nanoTime();
    }
    return report(late, commands, written - start, converged - written);
  }

  private CompletableFuture<?> write(List<Write> cart, ProgressBar progress) {
    return CompletableFuture.allOf(
        cart.stream()
            .map(write -> shop.write(write, progress::step))
            .toArray(CompletableFuture<?>[]::new));
  }

  private boolean report(List<Basket> late, long commands, long writing, long converging)
      throws InterruptedException {
    List<Difference> differences = differences(late, () -> {});
    differences.stream().limit(SHOWN).forEach(difference -> say("  %s".formatted(difference)));
    if (differences.size() > SHOWN) {
      say("  and %,d more".formatted(differences.size() - SHOWN));
    }
    double seconds = writing / 1e9;
    say("%,d differences".formatted(differences.size()));
    say(
        "throughput: %,.0f commands/s (%,d in %.1f s)"
            .formatted(commands / seconds, commands, seconds));
    if (differences.isEmpty()) {
      say("convergence: %.2f s after the last write".formatted(converging / 1e9));
    } else {
      say("convergence: none within %d s after the last write".formatted(timeoutSeconds));
    }
    return differences.isEmpty();
  }

  private List<Basket> differing(List<Basket> some, Runnable step) {
    ConcurrentLinkedQueue<Basket> differing = new ConcurrentLinkedQueue<>();
    try {
      compare(
          some,
          step,
          (basket, differences) -> {
            if (!differences.isEmpty()) {
              differing.add(basket);
            }
          });
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CompletionException(e);
    }
    return differing.stream().distinct().toList();
  }

  private List<Difference> differences(List<Basket> some, Runnable step)
      throws InterruptedException {
    ConcurrentLinkedQueue<Difference> all = new ConcurrentLinkedQueue<>();
    compare(some, step, (basket, differences) -> all.addAll(differences));
    return List.copyOf(all);
  }

  private interface Found {
    void at(Basket basket, List<Difference> differences);
  }

  private void compare(List<Basket> some, Runnable step, Found found) throws InterruptedException {
    record Look(Basket basket, int node) {}
    List<Look> looks = new ArrayList<>();
    for (Basket basket : some) {
      for (int node = 0; node < shop.nodes(); node++) {
        looks.add(new Look(basket, node));
      }
    }
    Bounded.forEach(
        looks,
        READS_AT_A_TIME,
        look ->
            shop.differences(
                    look.node(), plan.cart(look.basket()), ReplayPlan.expected(look.basket()))
                .thenAccept(differences -> found.at(look.basket(), differences))
                .thenRun(step));
  }

  private void say(String line) {
    out.println(line);
    out.flush();
  }
}
