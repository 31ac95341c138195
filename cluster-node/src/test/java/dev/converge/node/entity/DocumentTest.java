package dev.converge.node.entity;

import static dev.converge.node.config.NodeConfig.OnCreateCreate.FIRST_WINS;
import static dev.converge.node.config.NodeConfig.OnCreateCreate.MERGE;
import static dev.converge.node.config.NodeConfig.OnDeleteUpdate.DELETE_WINS;
import static dev.converge.node.config.NodeConfig.OnDeleteUpdate.UPDATE_WINS;
import static dev.converge.node.config.NodeConfig.Resolver.FIELD_MERGE;
import static dev.converge.node.config.NodeConfig.Resolver.LAST_WRITER_WINS;
import static dev.converge.node.config.NodeConfig.Resolver.MANUAL;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.converge.node.config.NodeConfig.DocumentTypeConfig;
import dev.converge.pekko.EventCodec;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class DocumentTest {
  private static final DocumentTypeConfig NOTE =
      new DocumentTypeConfig(LAST_WRITER_WINS, DELETE_WINS, MERGE);
  private static final DocumentTypeConfig PROFILE =
      new DocumentTypeConfig(FIELD_MERGE, UPDATE_WINS, MERGE);

  private static Rig<Document.Command, DocumentEvent, Document.State> rig(
      String name, DocumentTypeConfig config) {
    return new Rig<>(name, new Document(config), EventCodec.cbor(DocumentEvent.class));
  }

  private static Document.Command patch(String... fieldsAndValues) {
    Map<String, JsonNode> fields = new TreeMap<>();
    for (int i = 0; i < fieldsAndValues.length; i += 2) {
      fields.put(
          fieldsAndValues[i],
          fieldsAndValues[i + 1].equals("null")
              ? NullNode.instance
              : TextNode.valueOf(fieldsAndValues[i + 1]));
    }
    return new Document.Command.Patch(fields);
  }

  private static Document.Command delete() {
    return new Document.Command.Delete();
  }

  /**
   * Two replicas that share {@code title=old, body=text}, then write at 10 and 20 without seeing
   * each other.
   */
  private static Rig<Document.Command, DocumentEvent, Document.State> afterConcurrent(
      DocumentTypeConfig config, Document.Command at10, Document.Command at20) {
    Rig<Document.Command, DocumentEvent, Document.State> a = rig("a", config);
    Rig<Document.Command, DocumentEvent, Document.State> b = rig("b", config);
    a.run(1, patch("title", "old", "body", "text"));
    b.pull(a);
    a.run(10, at10);
    b.run(20, at20);
    Rig.meet(a, b);
    assertThat(a.state()).isEqualTo(b.state());
    assertThat(a.decisions()).isEqualTo(b.decisions());
    return a;
  }

  private static String values(Rig<?, ?, Document.State> rig) {
    return rig.state().status() + " " + rig.state().values();
  }

  @Test
  void last_writer_wins_keeps_the_last_version_as_a_whole() {
    assertThat(values(afterConcurrent(NOTE, patch("body", "lost"), patch("title", "new"))))
        .isEqualTo("LIVE {body=\"text\", title=\"new\"}");
  }

  @Test
  void field_merge_keeps_both_where_fields_differ_and_the_later_where_they_do_not() {
    Rig<Document.Command, DocumentEvent, Document.State> rig =
        afterConcurrent(PROFILE, patch("body", "kept", "title", "lost"), patch("title", "new"));
    assertThat(values(rig)).isEqualTo("LIVE {body=\"kept\", title=\"new\"}");
    assertThat(rig.decisions().get(2)).contains("the later value of 'title' stands over a:2");
  }

  @Test
  void delete_wins_in_either_order() {
    assertThat(values(afterConcurrent(NOTE, delete(), patch("title", "new"))))
        .isEqualTo("DELETED {}");
    assertThat(values(afterConcurrent(NOTE, patch("title", "new"), delete())))
        .isEqualTo("DELETED {}");
  }

  @Test
  void update_wins_in_either_order_and_brings_the_remembered_fields_back() {
    assertThat(values(afterConcurrent(PROFILE, delete(), patch("title", "new"))))
        .isEqualTo("LIVE {body=\"text\", title=\"new\"}");
    assertThat(values(afterConcurrent(PROFILE, patch("title", "new"), delete())))
        .isEqualTo("LIVE {body=\"text\", title=\"new\"}");
  }

  @Test
  void a_document_written_again_after_its_deletion_was_seen_starts_afresh() {
    Rig<Document.Command, DocumentEvent, Document.State> a = rig("a", PROFILE);
    a.run(1, patch("title", "old", "body", "text"));
    a.run(2, delete());
    a.run(3, patch("title", "new"));
    assertThat(values(a)).isEqualTo("LIVE {title=\"new\"}");
  }

  @Test
  void null_in_a_patch_removes_the_field() {
    for (DocumentTypeConfig config : new DocumentTypeConfig[] {NOTE, PROFILE}) {
      Rig<Document.Command, DocumentEvent, Document.State> a = rig("a", config);
      a.run(1, patch("title", "old", "body", "text"));
      a.run(2, patch("title", "null"));
      assertThat(values(a)).isEqualTo("LIVE {body=\"text\"}");
    }
  }

  @Test
  void two_creations_merge_or_the_first_wins_as_configured() {
    for (DocumentTypeConfig config :
        new DocumentTypeConfig[] {
          NOTE, PROFILE, new DocumentTypeConfig(LAST_WRITER_WINS, DELETE_WINS, FIRST_WINS)
        }) {
      Rig<Document.Command, DocumentEvent, Document.State> a = rig("a", config);
      Rig<Document.Command, DocumentEvent, Document.State> b = rig("b", config);
      a.run(1, patch("title", "a"));
      b.run(2, patch("body", "b"));
      Rig.meet(a, b);
      assertThat(a.state()).isEqualTo(b.state());
      assertThat(values(a))
          .isEqualTo(
              config.onCreateCreate() == MERGE
                  ? "LIVE {body=\"b\", title=\"a\"}"
                  : "LIVE {title=\"a\"}");
    }
  }

  @Test
  void manual_holds_the_later_write_until_a_person_decides() {
    Rig<Document.Command, DocumentEvent, Document.State> rig =
        afterConcurrent(
            new DocumentTypeConfig(MANUAL, DELETE_WINS, MERGE),
            patch("title", "first"),
            patch("title", "second"));
    assertThat(values(rig)).isEqualTo("LIVE {body=\"text\", title=\"first\"}");
    assertThat(rig.decisions().get(2)).startsWith("Escalate").contains("a:2");
  }

  @Test
  void random_use_at_two_nodes_always_ends_alike_under_every_policy() {
    long seed = Long.getLong("converge.seed", 5L);
    for (int round = 0; round < 400; round++) {
      Random random = new Random(seed + round);
      DocumentTypeConfig config =
          new DocumentTypeConfig(
              random.nextBoolean() ? LAST_WRITER_WINS : FIELD_MERGE,
              random.nextBoolean() ? DELETE_WINS : UPDATE_WINS,
              random.nextBoolean() ? MERGE : FIRST_WINS);
      Rig<Document.Command, DocumentEvent, Document.State> x = rig("x", config);
      Rig<Document.Command, DocumentEvent, Document.State> y = rig("y", config);
      for (int i = 0; i < 20; i++) {
        Rig<Document.Command, DocumentEvent, Document.State> at = random.nextBoolean() ? x : y;
        String field = "f" + random.nextInt(3);
        switch (random.nextInt(8)) {
          case 0, 1, 2 -> at.run(random.nextInt(50), patch(field, "v" + i));
          case 3 -> at.run(random.nextInt(50), patch(field, "null"));
          case 4 ->
              at.run(
                  random.nextInt(50),
                  new Document.Command.Replace(Map.of(field, TextNode.valueOf("r" + i))));
          case 5 -> at.run(random.nextInt(50), delete());
          default -> at.pull(at == x ? y : x);
        }
      }
      Rig.meet(x, y);
      assertThat(x.state()).as("seed %d %s", seed + round, config).isEqualTo(y.state());
      assertThat(x.decisions()).as("seed %d %s", seed + round, config).isEqualTo(y.decisions());
    }
  }
}
