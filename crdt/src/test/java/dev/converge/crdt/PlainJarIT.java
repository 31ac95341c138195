package dev.converge.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The jar alone is all that a plain Java program needs: it is compiled and run with nothing else on
 * the class path, or on the module path.
 */
class PlainJarIT {
  private static final String PROGRAM =
      """
      package app;

      import dev.converge.crdt.ORMap;
      import dev.converge.crdt.ORSet;
      import dev.converge.crdt.binary.CausalCodec;
      import dev.converge.crdt.binary.Codecs;
      import dev.converge.crdt.clock.ReplicaId;

      public final class Main {
        public static void main(String[] args) {
          ReplicaId phone = ReplicaId.of("phone");
          ORMap<String, ORSet<String>> carts = ORMap.empty(ORSet.type());
          carts = carts.merge(carts.update("cart-17", cart -> cart.add(phone, "milk")));
          CausalCodec<ORMap<String, ORSet<String>>> codec =
              Codecs.orMap(Codecs.string(), Codecs.orSet(Codecs.string()));
          byte[] bytes = codec.encode(carts);
          System.out.println(codec.decode(bytes).equals(carts) + " " + carts);
          System.out.println("module " + ORMap.class.getModule().getName());
        }
      }
      """;

  private static final String MODULE = "module app { requires dev.converge.crdt; }";

  @TempDir Path folder;

  private static String jar() {
    String jar = System.getProperty("converge.jar");
    assertThat(jar).as("run by Maven, which says where the jar is").isNotNull();
    assertThat(Path.of(jar)).exists();
    return jar;
  }

  private Path source(String name, String text) throws IOException {
    return Files.writeString(folder.resolve(name), text);
  }

  private String run(String tool, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", tool).toString());
    command.addAll(List.of(arguments));
    Path output = Files.createTempFile(folder, tool, ".txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).as("%s ends", command).isTrue();
    } finally {
      process.destroyForcibly();
    }
    String text = Files.readString(output);
    assertThat(process.exitValue()).as("%s says %s", command, text).isZero();
    return text;
  }

  private String classes() {
    try {
      return Files.createDirectories(folder.resolve("classes")).toString();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aProgramRunsWithTheJarAloneOnItsClassPath() throws Exception {
    Path main = source("Main.java", PROGRAM);
    run("javac", "-cp", jar(), "-d", classes(), main.toString());
    String classPath = jar() + System.getProperty("path.separator") + classes();
    assertThat(run("java", "-cp", classPath, "app.Main"))
        .isEqualToNormalizingNewlines("true {cart-17=[milk]}\nmodule null\n");
  }

  @Test
  void aModuleRunsWithTheJarAloneOnItsModulePath() throws Exception {
    Path main = source("Main.java", PROGRAM);
    Path module = source("module-info.java", MODULE);
    run("javac", "-p", jar(), "-d", classes(), module.toString(), main.toString());
    String modulePath = jar() + System.getProperty("path.separator") + classes();
    assertThat(run("java", "-p", modulePath, "-m", "app/app.Main"))
        .isEqualToNormalizingNewlines("true {cart-17=[milk]}\nmodule dev.converge.crdt\n");
  }
}
