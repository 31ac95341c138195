package dev.converge.node.history;

import com.fasterxml.jackson.databind.JsonNode;
import dev.converge.node.json.BadInputException;
import dev.converge.node.json.Json;
import dev.converge.pekko.wire.EventRecord;
import dev.converge.pekko.wire.EventRecordCodec;
import dev.converge.pekko.wire.WireException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The form of an exported history: a JSON document a line. The first names the entity; then one for
 * each event, in causal order, with its bytes in base64, and what people look for beside them; the
 * last says how many events there are, so that a file that was cut is known by its end.
 *
 * @param type the entity's type
 * @param id the entity's id
 * @param events in causal order
 */
public record HistoryFile(String type, String id, List<EventRecord> events) {
  private static final String FORMAT = "converge-history";
  private static final int VERSION = 1;

  /** Copies the list. */
  public HistoryFile {
    events = List.copyOf(events);
  }

  /** The first line, with its end. */
  public static byte[] firstLine(String type, String id) {
    return line(
        Json.object()
            .put("format", FORMAT)
            .put("version", VERSION)
            .put("type", type)
            .put("id", id));
  }

  /**
   * The line of an event, with its end.
   *
   * @param encoded as {@link EventRecordCodec} wrote it
   * @throws WireException if it did not
   */
  public static byte[] eventLine(byte[] encoded) {
    EventRecord event = EventRecordCodec.decode(encoded);
    return line(
        Json.object()
            .put("dot", event.dot().toString())
            .put("time", event.time().toString())
            .put("event", Base64.getEncoder().encodeToString(encoded)));
  }

  /** The last line, with its end. */
  public static byte[] lastLine(long events) {
    return line(Json.object().put("events", events));
  }

  private static byte[] line(JsonNode node) {
    byte[] json = Json.write(node);
    byte[] line = java.util.Arrays.copyOf(json, json.length + 1);
    line[json.length] = '\n';
    return line;
  }

  /**
   * Reads a whole file.
   *
   * @throws BadInputException if it is none, was cut, or is damaged; the message says which line
   */
  public static HistoryFile read(BufferedReader in) throws IOException {
    Reading reading = new Reading(in);
    JsonNode first = reading.next();
    if (first == null
        || !FORMAT.equals(first.path("format").textValue())
        || !first.path("type").isTextual()
        || !first.path("id").isTextual()) {
      throw new BadInputException(
          "this is no exported history: GET /v1/entities/{type}/{id}/export makes one");
    }
    if (first.path("version").asInt() != VERSION) {
      throw new BadInputException(
          "the file is of version " + first.path("version") + ", this program reads " + VERSION);
    }
    List<EventRecord> events = new ArrayList<>();
    for (JsonNode line = reading.next(); line != null; line = reading.next()) {
      if (line.has("events")) {
        if (line.get("events").asLong() != events.size()) {
          throw new BadInputException(
              "the file lacks events: it has " + events.size() + " of " + line.get("events"));
        }
        return new HistoryFile(first.get("type").textValue(), first.get("id").textValue(), events);
      }
      events.add(reading.event(line));
    }
    throw new BadInputException(
        "the file was cut after " + events.size() + " events; export it again");
  }

  private static final class Reading {
    private final BufferedReader in;
    private long number;

    Reading(BufferedReader in) {
      this.in = in;
    }

    @Nullable JsonNode next() throws IOException {
      String line = in.readLine();
      number++;
      if (line == null) {
        return null;
      }
      try {
        return Json.read(line.getBytes(StandardCharsets.UTF_8));
      } catch (BadInputException e) {
        throw new BadInputException("line " + number + " is " + e.getMessage());
      }
    }

    EventRecord event(JsonNode line) {
      try {
        return EventRecordCodec.decode(Base64.getDecoder().decode(line.path("event").asText()));
      } catch (WireException | IllegalArgumentException e) {
        throw new BadInputException("line " + number + " is damaged: " + e.getMessage());
      }
    }
  }
}
