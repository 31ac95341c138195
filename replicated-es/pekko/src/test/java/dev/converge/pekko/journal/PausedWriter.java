package dev.converge.pekko.journal;

import java.time.Duration;
import java.util.concurrent.CompletionException;

/**
 * Writes own events, one after the other, and says what became of them, until it is refused. The
 * main class of {@link FencingTest}.
 */
final class PausedWriter {
  private PausedWriter() {}

  /** Takes the database's URL, its user, and the patience in milliseconds. */
  public static void main(String[] args) {
    DatabaseAddress address =
        new DatabaseAddress(
            Dialect.POSTGRESQL, args[0], args[1], "", Duration.ofMillis(Long.parseLong(args[2])));
    try (JournalDatabase database =
        JournalDatabase.open(address, "the test's database", "node-1", () -> 1L)) {
      boolean refused = false;
      for (long sequence = 1; !refused; sequence++) {
        try {
          Samples.await(
              Samples.submit(
                  database, Samples.write("a", Samples.own(sequence, System.currentTimeMillis()))));
          say("STORED " + sequence);
        } catch (CompletionException e) {
          refused = e.getCause() instanceof FencedException;
          say((refused ? "REFUSED " : "FAILED ") + e.getMessage());
        }
      }
    }
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
