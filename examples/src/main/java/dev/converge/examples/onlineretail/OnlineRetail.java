package dev.converge.examples.onlineretail;

import dev.converge.examples.ClusterOption;
import dev.converge.examples.ExampleCluster;
import dev.converge.node.cli.ExampleMain;
import dev.converge.node.lifecycle.StartupException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.CompletionException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Replays real invoices into carts and checks every cart at every node. */
@Command(
    name = "online-retail",
    description = "Real invoices as carts through all nodes at once; then every node is checked.",
    mixinStandardHelpOptions = true,
    showDefaultValues = true)
public final class OnlineRetail implements ExampleMain {
  @Spec private CommandSpec spec = CommandSpec.create();
  @Mixin private ClusterOption cluster = new ClusterOption();

  @Option(
      names = "--baskets",
      paramLabel = "N",
      description = "How many of the " + Basket.ALL + " baskets.")
  private int baskets = 5_000;

  @Option(
      names = "--concurrency",
      paramLabel = "N",
      description = "How many carts are written at a time, 1 to 1000.")
  private int concurrency = 32;

  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description = "How long to wait for convergence.")
  private int timeout = 60;

  @Override
  public Integer call() throws StartupException, InterruptedException {
    check("--baskets", baskets, Basket.ALL);
    check("--concurrency", concurrency, 1_000);
    check("--timeout", timeout, 3_600);
    PrintWriter out = spec.commandLine().getOut();
    List<Basket> some = Basket.read(baskets);
    try (ExampleCluster open = cluster.open(out)) {
      Shop shop = new Shop(open.nodes());
      ReplayPlan plan = new ReplayPlan(shop.nodes(), firstFreeRun(shop, some));
      if (plan.run() > 1) {
        out.println("The carts of an earlier run are there; this one is run " + plan.run() + ".");
      }
      boolean terminal = CommandLine.Help.Ansi.AUTO.enabled();
      return new Replay(shop, plan, some, concurrency, timeout, out, terminal).run() ? 0 : 1;
    } catch (CompletionException e) {
      throw new StartupException("The replay cannot go on: " + e.getCause(), e);
    }
  }

  /** The first run whose first and last carts are unused. */
  private static int firstFreeRun(Shop shop, List<Basket> baskets) {
    for (int run = 1; ; run++) {
      ReplayPlan plan = new ReplayPlan(shop.nodes(), run);
      if (shop.isUnused(plan.cart(baskets.get(0)))
          && shop.isUnused(plan.cart(baskets.get(baskets.size() - 1)))) {
        return run;
      }
    }
  }

  private void check(String option, int value, int most) {
    if (value < 1 || value > most) {
      throw new ParameterException(
          spec.commandLine(), option + " must be from 1 to " + most + ", not " + value);
    }
  }
}
