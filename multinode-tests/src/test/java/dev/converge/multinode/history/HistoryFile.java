package dev.converge.multinode.history;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.converge.multinode.history.Operation.Action;
import dev.converge.multinode.history.Operation.Level;
import dev.converge.multinode.history.Operation.Outcome;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** A history in a file, one JSON document a line: operations, and faults. Thread-safe. */
public final class HistoryFile implements AutoCloseable {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final BufferedWriter writer;

  private HistoryFile(BufferedWriter writer) {
    this.writer = writer;
  }

  /** All that is in a file, by the time of its beginning. */
  public record Content(List<Operation> operations, List<Fault> faults) {}

  /** Makes the file anew. */
  public static HistoryFile create(Path file) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      return new HistoryFile(Files.newBufferedWriter(file, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Appends. */
  public void add(Operation operation) {
    ObjectNode line = MAPPER.createObjectNode();
    line.put("session", operation.session()).put("node", operation.node());
    line.put("action", word(operation.action())).put("key", operation.key());
    line.put("value", operation.value()).put("level", word(operation.level()));
    line.put("from", operation.from()).put("to", operation.to());
    line.put("outcome", word(operation.outcome()));
    operation.seen().forEach(line.putArray("seen")::add);
    append(line);
  }

  /** Appends. */
  public void add(Fault fault) {
    append(
        MAPPER
            .createObjectNode()
            .put("fault", fault.kind())
            .put("target", fault.target())
            .put("from", fault.from())
            .put("to", fault.to()));
  }

  private static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private synchronized void append(ObjectNode line) {
    try {
      writer.write(line.toString());
      writer.newLine();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public synchronized void close() {
    try {
      writer.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads a file. */
  public static Content read(Path file) {
    List<Operation> operations = new ArrayList<>();
    List<Fault> faults = new ArrayList<>();
    try {
      for (String text : Files.readAllLines(file, StandardCharsets.UTF_8)) {
        JsonNode line = MAPPER.readTree(text);
        if (line.has("fault")) {
          faults.add(
              new Fault(
                  line.path("fault").asText(),
                  line.path("target").asText(),
                  line.path("from").asLong(),
                  line.path("to").asLong()));
        } else {
          operations.add(operation(line));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    operations.sort(Comparator.comparing(Operation::from));
    return new Content(operations, faults);
  }

  private static Operation operation(JsonNode line) {
    List<String> seen = new ArrayList<>();
    line.path("seen").forEach(element -> seen.add(element.asText()));
    return new Operation(
        line.path("session").asInt(),
        line.path("node").asText(),
        Action.valueOf(word(line, "action")),
        line.path("key").asText(),
        line.path("value").asText(),
        Level.valueOf(word(line, "level")),
        line.path("from").asLong(),
        line.path("to").asLong(),
        Outcome.valueOf(word(line, "outcome")),
        seen);
  }

  private static String word(JsonNode line, String field) {
    return line.path(field).asText().toUpperCase(Locale.ROOT);
  }
}
