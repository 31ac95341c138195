package dev.converge.pekko.replay;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.engine.event.ContentHash;
import dev.converge.engine.event.OriginId;
import dev.converge.pekko.wire.EventRecord;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Histories as JSON lines, UTF-8. The first line is the header, the last one says how many events
 * there are, so that a file that was cut short is seen:
 *
 * <pre>{@code
 * {"format":"converge-history","version":1,"type":"cart","id":"17"}
 * {"origin":"node-1#1001","lsn":4,"dot":"node-1#1001:2","time":"1760000000000.0","context":{"vector":{"node-2#7":3},"cloud":[]},"schema":1,"request":"r-9","hash":"9f…","payload":"base64"}
 * {"events":1}
 * }</pre>
 *
 * <p>{@code time} is milliseconds and the counter of the hybrid clock; {@code request} is left out
 * where there is none. Everything in a row but its place in the log is under its hash. Unknown
 * properties are passed over.
 */
public final class HistoryFile {
  private static final String FORMAT = "converge-history";
  private static final int VERSION = 1;
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private HistoryFile() {}

  /**
   * Writes a history row by row, so that it need not fit in memory. Does not close {@code out}.
   *
   * @throws IOException by {@code out}
   */
  public static void write(String type, String id, Iterator<HistoryRow> rows, Writer out)
      throws IOException {
    ObjectNode header = JSON.createObjectNode();
    header.put("format", FORMAT).put("version", VERSION).put("type", type).put("id", id);
    line(out, header);
    long events = 0;
    while (rows.hasNext()) {
      line(out, row(rows.next()));
      events++;
    }
    line(out, JSON.createObjectNode().put("events", events));
    out.flush();
  }

  private static void line(Writer out, JsonNode node) throws IOException {
    out.write(JSON.writeValueAsString(node));
    out.write('\n');
  }

  private static ObjectNode row(HistoryRow row) {
    EventRecord event = row.event();
    ObjectNode node = JSON.createObjectNode();
    node.put("origin", row.origin().toString()).put("lsn", row.lsn());
    node.put("dot", event.dot().toString());
    node.put("time", event.time().millis() + "." + event.time().counter());
    ObjectNode context = node.putObject("context");
    ObjectNode vector = context.putObject("vector");
    event.context().vector().forEach((replica, seen) -> vector.put(replica.toString(), seen));
    ArrayNode cloud = context.putArray("cloud");
    event.context().cloud().forEach(dot -> cloud.add(dot.toString()));
    node.put("schema", event.schemaVersion());
    if (event.originId() != null) {
      node.put("request", event.originId());
    }
    node.put("hash", ContentHash.ofBytes(event.hash()).hex());
    return node.put("payload", event.payload());
  }

  /**
   * Reads a history.
   *
   * @throws HistoryException if it is none, is of a newer version, was cut short, or has an event
   *     that does not match its hash
   * @throws IOException by {@code in}
   */
  public static History read(BufferedReader in) throws IOException {
    JsonNode header = parse(in.readLine(), 1);
    if (!FORMAT.equals(header.path("format").asText())) {
      throw new HistoryException("line 1: not an exported history", null);
    }
    if (header.path("version").asInt() != VERSION) {
      throw new HistoryException(
          "line 1: a history of version "
              + header.path("version")
              + "; this program reads version "
              + VERSION,
          null);
    }
    List<HistoryRow> rows = new ArrayList<>();
    for (int number = 2; ; number++) {
      JsonNode node = parse(in.readLine(), number);
      if (node.has("events")) {
        if (node.path("events").asLong(-1) != rows.size() || in.readLine() != null) {
          throw new HistoryException(
              "line "
                  + number
                  + ": the end says "
                  + node
                  + ", there are "
                  + rows.size()
                  + " events",
              null);
        }
        return new History(text(header, "type", 1), text(header, "id", 1), rows);
      }
      rows.add(row(node, number));
    }
  }

  private static JsonNode parse(@Nullable String line, int number) {
    if (line == null) {
      throw new HistoryException("line " + number + " is missing: the file was cut short", null);
    }
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException e) {
      throw new HistoryException("line " + number + " is no JSON: " + e.getOriginalMessage(), e);
    }
  }

  private static HistoryRow row(JsonNode node, int number) {
    Dot dot = value(node, "dot", number, Dot::parse);
    HybridTimestamp time = value(node, "time", number, HistoryFile::time);
    CausalContext context = context(node.path("context"), number);
    int schema = node.path("schema").asInt();
    String request = node.has("request") ? text(node, "request", number) : null;
    byte[] payload;
    try {
      payload = node.path("payload").binaryValue();
    } catch (IOException e) {
      throw new HistoryException("line " + number + ": the payload is not base64", e);
    }
    ContentHash hash = value(node, "hash", number, ContentHash::parse);
    OriginId origin =
        request == null ? null : value(node, "request", number, value -> new OriginId(value));
    if (payload == null
        || !hash.equals(ContentHash.of(dot, time, context, schema, origin, payload))) {
      throw new HistoryException(
          "line " + number + ": event " + dot + " does not match its hash; the row is damaged",
          null);
    }
    return new HistoryRow(
        value(node, "origin", number, ReplicaId::parse),
        node.path("lsn").asLong(),
        new EventRecord(dot, time, context, schema, request, hash.bytes(), payload));
  }

  private static HybridTimestamp time(String text) {
    int point = text.indexOf('.');
    return new HybridTimestamp(
        Long.parseLong(text.substring(0, point)), Integer.parseInt(text.substring(point + 1)));
  }

  private static CausalContext context(JsonNode node, int number) {
    Map<ReplicaId, Long> vector = new TreeMap<>();
    List<Dot> cloud = new ArrayList<>();
    try {
      node.path("vector")
          .properties()
          .forEach(entry -> vector.put(ReplicaId.parse(entry.getKey()), entry.getValue().asLong()));
      node.path("cloud").forEach(dot -> cloud.add(Dot.parse(dot.asText())));
      return CausalContext.of(VersionVector.of(vector), cloud);
    } catch (IllegalArgumentException e) {
      throw new HistoryException("line " + number + ": context: " + e.getMessage(), e);
    }
  }

  private static String text(JsonNode node, String name, int number) {
    if (!node.path(name).isTextual()) {
      throw new HistoryException("line " + number + ": no text '" + name + "'", null);
    }
    return node.path(name).asText();
  }

  private static <T> T value(JsonNode node, String name, int number, Function<String, T> parse) {
    try {
      return parse.apply(text(node, name, number));
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      throw new HistoryException("line " + number + ": " + name + ": " + e.getMessage(), e);
    }
  }
}
