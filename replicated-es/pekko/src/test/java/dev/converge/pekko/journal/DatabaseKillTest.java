package dev.converge.pekko.journal;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The database keeps what it has committed when the process is killed: real processes, few moments.
 * {@link CrashPointsTest} looks at every moment.
 */
class DatabaseKillTest {
  @TempDir Path folder;

  @Test
  void nothing_committed_is_lost_by_kill_9() throws IOException, InterruptedException {
    int kills = Integer.getInteger("converge.kills", 15);
    long seed = Long.getLong("converge.seed", 1L);
    Random random = new Random(seed);
    long[] stored = new long[KilledWriter.THREADS];
    for (int kill = 0; kill < kills; kill++) {
      Process process = start(seed + 100L * kill);
      int left = 2 + random.nextInt(150);
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          assertThat(line).as("kill %d of seed %d", kill, seed).doesNotStartWith("ERROR");
          String[] words = line.split(" ");
          int writer = Integer.parseInt(words[1]);
          long sequence = Long.parseLong(words[2]);
          if (words[0].equals("FOUND")) {
            assertThat(sequence)
                .as("rows of writer %d after kill %d of seed %d", writer, kill, seed)
                .isGreaterThanOrEqualTo(stored[writer]);
          } else if (--left == 0) {
            process.toHandle().destroyForcibly(); // unlike the process, it leaves the pipe open
          }
          // What was still in the pipe when the process was killed had been committed too.
          stored[writer] = sequence;
        }
      } finally {
        process.destroyForcibly().waitFor();
      }
    }
  }

  private Process start(long seed) throws IOException {
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            KilledWriter.class.getName(),
            DatabaseAddress.h2(folder.resolve("journal")).url(),
            Long.toString(seed));
    builder.environment().put("CLASSPATH", classPath);
    return builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
  }
}
