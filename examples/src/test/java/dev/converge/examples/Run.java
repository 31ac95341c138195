package dev.converge.examples;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import picocli.CommandLine;

/**
 * What came of running an example.
 *
 * @param exit its exit code
 * @param lines what it printed
 */
public record Run(int exit, List<String> lines) {
  /** Runs it as the command line does. */
  public static Run of(Object example, String... options) {
    StringWriter out = new StringWriter();
    CommandLine line = new CommandLine(example);
    line.setOut(new PrintWriter(out, true));
    line.setErr(new PrintWriter(out, true));
    int exit = line.execute(options);
    return new Run(exit, out.toString().lines().toList());
  }
}
