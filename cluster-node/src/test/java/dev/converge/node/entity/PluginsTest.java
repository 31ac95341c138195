package dev.converge.node.entity;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.node.config.NodeConfig.DocumentTypeConfig;
import dev.converge.node.config.NodeConfig.OnCreateCreate;
import dev.converge.node.config.NodeConfig.OnDeleteUpdate;
import dev.converge.node.config.NodeConfig.Resolver;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginsTest {
  private static final String SOURCE =
      """
      package seats;

      import com.fasterxml.jackson.annotation.JsonProperty;
      import com.fasterxml.jackson.databind.JsonNode;
      import dev.converge.engine.fold.EventContext;
      import dev.converge.node.entity.HostedType;
      import dev.converge.node.json.Fields;
      import dev.converge.node.json.Json;
      import dev.converge.pekko.Effect;
      import dev.converge.pekko.EntityType;
      import dev.converge.pekko.ReplicatedEntity;

      public final class Seats implements HostedType<Seats.Taken, Seats.Taken, Integer> {
        public record Taken(@JsonProperty("count") int count) {}

        public static final class Room extends ReplicatedEntity<Taken, Taken, Integer> {
          @Override public Integer emptyState() { return 0; }
          @Override public Effect<Taken> onCommand(Integer state, Taken command) {
            return Effect.persist(command);
          }
          @Override public Integer onEvent(Integer state, Taken event, EventContext context) {
            return state + event.count();
          }
        }

        private static final EntityType<Taken, Taken, Integer> TYPE =
            EntityType.of("seats", Taken.class, id -> new Room());

        @Override public EntityType<Taken, Taken, Integer> type() { return TYPE; }
        @Override public Taken command(String name, Fields fields) {
          return new Taken(fields.integer("count").intValueExact());
        }
        @Override public JsonNode state(Integer state) { return Json.object().put("taken", state); }
        @Override public JsonNode event(Taken event) { return Json.tree(event); }
      }
      """;

  @TempDir Path folder;

  /** As a user builds it: compiled against what the node has, and packed. */
  private void jar(String service) throws IOException {
    Path source = Files.writeString(folder.resolve("Seats.java"), SOURCE);
    Path classes = Files.createDirectories(folder.resolve("classes"));
    int result =
        Objects.requireNonNull(ToolProvider.getSystemJavaCompiler())
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                classes.toString(),
                source.toString());
    assertThat(result).isZero();
    Path plugins = Files.createDirectories(folder.resolve("plugins"));
    try (JarOutputStream jar =
        new JarOutputStream(Files.newOutputStream(plugins.resolve("seats.jar")))) {
      for (String name : List.of("Seats", "Seats$Taken", "Seats$Room")) {
        jar.putNextEntry(new JarEntry("seats/" + name + ".class"));
        jar.write(Files.readAllBytes(classes.resolve("seats/" + name + ".class")));
      }
      jar.putNextEntry(new JarEntry("META-INF/services/" + HostedType.class.getName()));
      jar.write(service.getBytes(StandardCharsets.UTF_8));
    }
  }

  private List<String> types() {
    return ReadyMadeTypes.with(Map.of(), Plugins.in(folder.resolve("plugins"))).stream()
        .map(hosted -> hosted.type().name())
        .toList();
  }

  @Test
  void aJarInTheFolderBringsItsTypes() throws IOException {
    assertThat(types()).as("without a folder").containsExactly("counter", "cart");
    jar("seats.Seats");
    assertThat(types()).containsExactly("counter", "cart", "seats");
  }

  private List<String> problems() {
    List<String> problems = new ArrayList<>();
    List<HostedType<?, ?, ?>> types =
        ReadyMadeTypes.with(Map.of(), Plugins.in(folder.resolve("plugins")), problems::add);
    assertThat(types).as("the others are served").hasSizeGreaterThanOrEqualTo(2);
    return problems;
  }

  @Test
  void aTypeThatCannotBeLoadedIsNamedAndLeftOut() throws IOException {
    jar("seats.Tables\nseats.Seats\n");
    assertThat(problems()).singleElement().asString().contains("seats.Tables not found");
    assertThat(types()).as("one behind it").containsExactly("counter", "cart", "seats");
  }

  @Test
  void aClassThatIsNoEntityTypeOrFailsIsNamedAndLeftOut() throws IOException {
    jar("seats.Seats$Room\nseats.Seats$Taken\n");
    assertThat(problems()).hasSize(2).allMatch(problem -> problem.contains("seats.Seats$"));
    assertThat(types()).containsExactly("counter", "cart");
  }

  @Test
  void aTypeWithANameThatIsTakenIsNamedAndLeftOut() throws IOException {
    jar("seats.Seats");
    assertThat(
            ReadyMadeTypes.with(
                Map.of(
                    "seats",
                    new DocumentTypeConfig(
                        Resolver.MANUAL, OnDeleteUpdate.DELETE_WINS, OnCreateCreate.MERGE)),
                Plugins.in(folder.resolve("plugins")),
                problem -> assertThat(problem).contains("two entity types by the name 'seats'")))
        .extracting(type -> type.getClass().getSimpleName())
        .containsExactly("CounterType", "CartType", "DocumentType");
  }

  @Test
  void aFileThatIsNoJarIsLeftOut() throws IOException {
    jar("seats.Seats");
    Files.writeString(folder.resolve("plugins/broken.jar"), "this was cut off");
    assertThat(types()).containsExactly("counter", "cart", "seats");
  }
}
