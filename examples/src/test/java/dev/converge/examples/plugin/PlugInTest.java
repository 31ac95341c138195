package dev.converge.examples.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.examples.Await;
import dev.converge.examples.NodeClient;
import dev.converge.examples.NodeException;
import dev.converge.examples.NodesInJvm;
import dev.converge.examples.Run;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar of {@code examples/plugin} in two whole nodes in this JVM. */
class PlugInTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  @TempDir private Path folder;

  @Test
  void twoNodesServeThePlugInAndAgreeAboutASeatThatBothSold() {
    Run run = Run.of(new PlugIn());

    assertThat(run.lines())
        .containsSubsequence(
            "1. node-1: ada books A1. 200: it is ada's.",
            "   node-2: bob wants A1, too. 422: seat A1 is taken.",
            "   node-2: bob books B7. 200: it is bob's.",
            "   node-1: ada books B7, applied")
        .anyMatch(line -> line.startsWith("   node-2: bob books B7, discarded: "));
    assertThat(run.exit()).isZero();
  }

  @Test
  void brokenJarsDoNotKeepANodeFromServingEverythingElse() throws Exception {
    Path plugins = Files.createDirectories(folder.resolve("plugins"));
    PluginJar.build(plugins.resolve("seats.jar"), folder.resolve("build"));
    byte[] whole = Files.readAllBytes(plugins.resolve("seats.jar"));
    Files.write(plugins.resolve("cut-off.jar"), Arrays.copyOf(whole, whole.length / 2));

    try (NodesInJvm nodes = NodesInJvm.start(1, List.of(), plugins)) {
      NodeClient node = nodes.clients().get(0);
      JsonNode hall =
          node.post("/v1/entities/hall/h", Map.of("command", "book", "seat", "A1", "person", "ada"))
              .join();
      assertThat(hall.at("/state/seats/A1").asText()).isEqualTo("ada");
      assertThat(node.get("/health/live").join().path("status").asText()).isEqualTo("live");
    }
    Files.write(plugins.resolve("seats.jar"), new byte[] {1, 2, 3});
    try (NodesInJvm nodes = NodesInJvm.start(1, List.of(), plugins)) {
      NodeClient node = nodes.clients().get(0);
      assertThatThrownBy(() -> node.get("/v1/entities/hall/h").join())
          .cause()
          .isInstanceOfSatisfying(NodeException.class, no -> assertThat(no.status()).isEqualTo(404))
          .hasMessageContaining("no entity type 'hall'; this node has [cart, counter]");
      node.post("/v1/entities/counter/c", Map.of("command", "increment")).join();
      assertThat(
              Await.until(
                  LIMIT,
                  () -> node.get("/v1/entities/counter/c").join().at("/state/value").asInt(),
                  value -> value == 1))
          .isEqualTo(1);
    }
  }

  /** The project stands alone, so this module's build does not run its tests by itself. */
  @Test
  void theTestsOfTheProjectToBeCopiedPass() throws Exception {
    Path project = Path.of(System.getProperty("basedir", "examples"), "plugin", "src");
    List<String> command = new ArrayList<>(List.of("-proc:none", "-d", folder.toString()));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    try (Stream<Path> files = Files.walk(project)) {
      files.map(Path::toString).filter(name -> name.endsWith(".java")).forEach(command::add);
    }
    int result =
        Objects.requireNonNull(ToolProvider.getSystemJavaCompiler())
            .run(null, null, null, command.toArray(new String[0]));
    assertThat(result).isZero();

    List<String> run = new ArrayList<>();
    URL[] classes = {folder.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(classes, getClass().getClassLoader())) {
      Constructor<?> test = loader.loadClass("seats.HallTest").getDeclaredConstructor();
      test.setAccessible(true);
      for (Method method : test.getDeclaringClass().getDeclaredMethods()) {
        if (method.isAnnotationPresent(Test.class)) {
          method.setAccessible(true);
          method.invoke(test.newInstance());
          run.add(method.getName());
        }
      }
    }
    assertThat(run).contains("aHallComesToTheSameAtAllNodes");
  }
}
