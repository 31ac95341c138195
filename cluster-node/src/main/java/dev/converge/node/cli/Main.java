package dev.converge.node.cli;

import dev.converge.node.RestartingNode;
import dev.converge.node.config.InvalidConfigException;
import dev.converge.node.lifecycle.NodeRunner;
import dev.converge.node.lifecycle.StartupException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** The entry point of {@code ./converge}. */
public final class Main {
  /** What starts the node of {@code converge node}. */
  private static final NodeRunner NODE = RestartingNode::start;

  private Main() {}

  /** Runs one command and ends the JVM with its exit code. */
  public static void main(String[] args) {
    System.exit(run(Main.class, NODE, args));
  }

  /**
   * Runs one command and answers its exit code.
   *
   * @param mainClass the class whose main method calls this: what {@code local} starts its nodes by
   * @param node what starts a node
   */
  public static int run(Class<?> mainClass, NodeRunner node, String... args) {
    return commandLine(mainClass, node).execute(args);
  }

  static CommandLine commandLine(Class<?> mainClass, NodeRunner node) {
    CommandLine line = new CommandLine(new Root());
    line.addSubcommand(new LocalCommand(mainClass));
    line.addSubcommand(new NodeCommand(node));
    line.addSubcommand(ExampleCommand.withExamples());
    line.addSubcommand(new StatusCommand());
    line.addSubcommand(new RetireCommand());
    line.addSubcommand(new RestoreCommand());
    line.addSubcommand(new RepairCommand());
    line.addSubcommand(new EraseCommand());
    line.addSubcommand(new ReplayCommand());
    line.addSubcommand(new MigrateCommand());
    line.addSubcommand(new CommandLine.HelpCommand());
    showVersionEverywhere(line);
    line.setExecutionExceptionHandler(Main::explain);
    line.setParameterExceptionHandler(Main::refuse);
    line.setCaseInsensitiveEnumValuesAllowed(true);
    return line;
  }

  private static void showVersionEverywhere(CommandLine line) {
    line.getCommandSpec().versionProvider(new Version());
    line.getSubcommands().values().forEach(Main::showVersionEverywhere);
  }

  /**
   * A reason known to be the user's to act on is one line; anything else is a bug, with its trace.
   */
  private static int explain(
      Exception e, CommandLine line, CommandLine.@org.jspecify.annotations.Nullable ParseResult r)
      throws Exception {
    if (e instanceof StartupException
        || e instanceof InvalidConfigException
        || e instanceof CommandFailedException) {
      line.getErr().println(e.getMessage());
      line.getErr().flush();
      return CommandLine.ExitCode.SOFTWARE;
    }
    throw e;
  }

  /** One line for the wrong option and one for where to look, not the whole usage. */
  private static int refuse(ParameterException e, String[] args) {
    CommandLine line = e.getCommandLine();
    line.getErr().println(e.getMessage());
    CommandLine.UnmatchedArgumentException.printSuggestions(e, line.getErr());
    line.getErr().println("See: " + line.getCommandSpec().qualifiedName() + " --help");
    line.getErr().flush();
    return CommandLine.ExitCode.USAGE;
  }

  @Command(
      name = "converge",
      description = "Active-active replicated state: every node accepts writes for the same data.",
      mixinStandardHelpOptions = true,
      synopsisSubcommandLabel = "COMMAND")
  private static final class Root implements Runnable {
    @CommandLine.Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public void run() {
      throw new ParameterException(spec.commandLine(), "A command is missing, such as local.");
    }
  }
}
