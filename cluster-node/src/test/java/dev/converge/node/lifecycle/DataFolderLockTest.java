package dev.converge.node.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderLockTest {
  @TempDir Path folder;

  @Test
  void aSecondHolderIsRefusedUntilTheFirstIsDone() throws Exception {
    Path data = folder.resolve("a/b");
    DataFolderLock first = DataFolderLock.acquire(data);

    assertThatThrownBy(() -> DataFolderLock.acquire(data))
        .isInstanceOf(StartupException.class)
        .hasMessage(
            "The data folder %s is in use by process %d. Stop that first, or give another folder.",
            data, ProcessHandle.current().pid());

    first.close();
    first.close();
    DataFolderLock.acquire(data).close();
  }

  @Test
  void aFileInPlaceOfTheFolderIsNamed() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");

    assertThatThrownBy(() -> DataFolderLock.acquire(file))
        .hasMessage("The data folder " + file + " is not a folder.");
    assertThatThrownBy(() -> DataFolderLock.acquire(file.resolve("below")))
        .isInstanceOf(StartupException.class)
        .hasMessageContaining("cannot be created");
  }

  @Test
  void theLockEndsWithItsProcessNotWithItsFile() throws Exception {
    DataFolderLock.acquire(folder).close();
    assertThat(folder.resolve("node.lock")).exists();
    DataFolderLock.acquire(folder).close();
  }
}
