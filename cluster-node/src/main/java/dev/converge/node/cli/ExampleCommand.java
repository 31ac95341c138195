package dev.converge.node.cli;

import java.io.PrintWriter;
import java.util.Comparator;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Lists the examples, each a command of its own below this one. */
@Command(
    name = "example",
    description = "Run an example; without a name, list them.",
    mixinStandardHelpOptions = true,
    synopsisSubcommandLabel = "NAME")
final class ExampleCommand implements Callable<Integer> {
  @Spec private CommandSpec spec = CommandSpec.create();

  @Parameters(index = "0", arity = "0..1", hidden = true, paramLabel = "NAME")
  private @Nullable String unknown;

  /** With the examples on the class path. */
  static CommandLine withExamples() {
    CommandLine line = new CommandLine(new ExampleCommand());
    StreamSupport.stream(ServiceLoader.load(ExampleMain.class).spliterator(), false)
        .map(CommandLine::new)
        .sorted(Comparator.comparing(CommandLine::getCommandName))
        .forEach(example -> line.addSubcommand(example.getCommandName(), example));
    return line;
  }

  @Override
  public Integer call() {
    List<CommandLine> examples = List.copyOf(spec.subcommands().values());
    if (unknown != null) {
      String known = String.join(", ", spec.subcommands().keySet());
      throw new ParameterException(
          spec.commandLine(), "There is no example " + unknown + "; known: " + known);
    }
    PrintWriter out = spec.commandLine().getOut();
    if (examples.isEmpty()) {
      out.println("There are no examples on the class path.");
    }
    for (CommandLine example : examples) {
      String summary = String.join(" ", example.getCommandSpec().usageMessage().description());
      out.printf("  %-22s %s%n", example.getCommandName(), summary);
    }
    out.flush();
    return 0;
  }
}
