package dev.converge.node.cli;

import com.fasterxml.jackson.databind.node.TextNode;
import dev.converge.node.entity.DocumentEvent;
import dev.converge.pekko.migration.MigrationAdapter;
import dev.converge.pekko.migration.OldEvent;
import dev.converge.pekko.migration.OldPayload;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;

/** An adapter as a user would write it: plain text becomes a field of a document. */
public final class OldNotes implements MigrationAdapter<DocumentEvent> {
  @Override
  public String type() {
    return "note";
  }

  @Override
  public Optional<DocumentEvent> event(OldEvent old) {
    String text = new String(((OldPayload) old.event()).bytes(), StandardCharsets.UTF_8);
    return text.isEmpty()
        ? Optional.empty()
        : Optional.of(
            new DocumentEvent.Patched(
                Map.of("line" + old.sequence(), TextNode.valueOf(text)), old.sequence() == 1));
  }
}
