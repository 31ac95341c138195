package dev.converge.pekko.journal;

import static dev.converge.pekko.journal.Samples.SELF;
import static dev.converge.pekko.journal.Samples.await;
import static dev.converge.pekko.journal.Samples.lsns;
import static dev.converge.pekko.journal.Samples.own;
import static dev.converge.pekko.journal.Samples.submit;
import static dev.converge.pekko.journal.Samples.time;
import static dev.converge.pekko.journal.Samples.write;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that is stopped, also in the middle of a transaction, while another one takes over its
 * database, and goes on: {@code -Dconverge.pause=60s} for a minute, else short. How often: {@code
 * -Dconverge.pauses}.
 */
class FencingTest {
  private static final Duration PAUSE =
      Duration.parse("PT" + System.getProperty("converge.pause", "1s"));
  private static final int PAUSES = Integer.getInteger("converge.pauses", 3);

  @TempDir Path folder;

  @Test
  void a_paused_writer_that_goes_on_is_refused_and_stores_nothing() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/bin/kill")), "processes are paused by /bin/kill");
    Random random = new Random(Long.getLong("converge.seed", 1L));
    for (int i = 0; i < PAUSES; i++) {
      pauseOnce(random);
    }
  }

  private void pauseOnce(Random random) throws Exception {
    TestDatabase place = TestDatabase.create(TestDatabase.Kind.POSTGRESQL, folder);
    // As long as others wait, the database must have ended what the paused one holds.
    DatabaseAddress impatient = place.address().withPatience(Duration.ofSeconds(1));
    Process writer = start(impatient);
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(writer.getInputStream(), StandardCharsets.UTF_8))) {
      for (int stored = 20 + random.nextInt(50); stored > 0; stored--) {
        assertThat(lines.readLine()).startsWith("STORED ");
      }
      LockSupport.parkNanos(random.nextInt(3_000_000)); // somewhere in a transaction
      signal("-STOP", writer);
      long stored;
      try (JournalDatabase successor = place.open()) {
        // Ahead of the paused one's clock, and behind it: it is refused either way.
        long promised = System.currentTimeMillis() + (random.nextBoolean() ? 100_000 : -100_000);
        stored = await(successor.promise(time(promised))).lsn();
        assertThat(lsns(successor, SELF)).hasSize((int) stored);
        LockSupport.parkNanos(PAUSE.toNanos());
        signal("-CONT", writer);
        String line = lines.readLine();
        while (line != null && !line.startsWith("REFUSED")) {
          if (line.startsWith("STORED")) { // it was, before the pause
            assertThat(Long.parseLong(line.split(" ")[1])).isLessThanOrEqualTo(stored);
          }
          line = lines.readLine();
        }
        assertThat(line).contains("another process has opened this database");
        assertThat(writer.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(lsns(successor, SELF)).hasSize((int) stored);
        await(submit(successor, write("b", own(1, promised + 1_000_000))));
        assertThat(successor.held().get(SELF)).isEqualTo(stored + 1);
      }
    } finally {
      signal("-CONT", writer);
      writer.destroyForcibly().waitFor();
    }
  }

  private static void signal(String signal, Process process) throws Exception {
    new ProcessBuilder("/bin/kill", signal, Long.toString(process.pid())).start().waitFor();
  }

  private static Process start(DatabaseAddress address) throws IOException {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    ProcessBuilder builder =
        new ProcessBuilder(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Dlogback.configurationFile=none.xml",
                PausedWriter.class.getName(),
                address.url(),
                address.user(),
                Long.toString(address.patience().toMillis())));
    builder.environment().put("CLASSPATH", classPath);
    return builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }
}
