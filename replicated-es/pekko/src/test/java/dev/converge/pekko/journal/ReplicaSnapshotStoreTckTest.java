package dev.converge.pekko.journal;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.pekko.persistence.japi.snapshot.JavaSnapshotStoreSpec;
import org.junit.runner.RunWith;
import org.scalatestplus.junit.JUnitRunner;

/** Pekko's own test kit for snapshot stores. */
@RunWith(JUnitRunner.class)
public class ReplicaSnapshotStoreTckTest extends JavaSnapshotStoreSpec {
  private static final Path FOLDER = folder();
  private static final JournalDatabase DATABASE = JournalDatabase.open(FOLDER, "tck", () -> 1L);

  public ReplicaSnapshotStoreTckTest() {
    super(settings());
  }

  private static Path folder() {
    try {
      return Files.createTempDirectory("converge-snapshot-tck");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Config settings() {
    return ConfigFactory.parseString(
            "pekko.actor.allow-java-serialization = on\n"
                + "pekko.actor.warn-about-java-serializer-usage = off")
        .withFallback(DATABASE.pluginConfig())
        .withFallback(ConfigFactory.load());
  }

  @Override
  public void beforeAll() {
    JournalBinding.of(system()).bind(DATABASE);
    super.beforeAll();
  }

  @Override
  public void afterAll() {
    super.afterAll();
    DATABASE.close();
    try (var files = Files.list(FOLDER)) {
      files.forEach(file -> file.toFile().delete());
      Files.delete(FOLDER);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
