package dev.converge.pekko.snapshot;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.converge.crdt.clock.CausalContext;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.clock.VersionVector;
import dev.converge.pekko.wire.WireException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The small parts of a checkpoint, as arrays: a replica is two elements, its name and its
 * incarnation; a dot is three. What is read is checked: anything unexpected is a {@link
 * WireException}.
 */
final class Parts {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private Parts() {}

  static ArrayNode array() {
    return NODES.arrayNode();
  }

  static <T> ArrayNode list(Collection<T> things, Function<T, JsonNode> form) {
    ArrayNode list = array();
    things.forEach(thing -> list.add(form.apply(thing)));
    return list;
  }

  static <T> List<T> list(JsonNode parent, int at, Function<JsonNode, T> read) {
    JsonNode list = part(parent, at);
    if (!list.isArray()) {
      throw wrong("a list", list);
    }
    List<T> things = new ArrayList<>(list.size());
    list.forEach(one -> things.add(read.apply(one)));
    return things;
  }

  static ArrayNode of(VersionVector vector) {
    ArrayNode entries = array();
    vector.forEach(
        (replica, number) -> entries.add(replica.name()).add(replica.incarnation()).add(number));
    return entries;
  }

  static VersionVector vector(JsonNode parent, int at) {
    JsonNode list = part(parent, at);
    Map<ReplicaId, Long> entries = new TreeMap<>();
    for (int i = 0; i < list.size(); i += 3) {
      if (entries.put(replica(list, i), number(list, i + 2)) != null) {
        throw new WireException("a vector names a replica twice", null);
      }
    }
    return VersionVector.of(entries);
  }

  static JsonNode of(@Nullable Dot dot) {
    return dot == null
        ? NODES.nullNode()
        : array().add(dot.replica().name()).add(dot.replica().incarnation()).add(dot.sequence());
  }

  static Dot dot(JsonNode node) {
    return new Dot(replica(node, 0), number(node, 2));
  }

  static @Nullable Dot dotOrNull(JsonNode node) {
    return node.isNull() ? null : dot(node);
  }

  static ArrayNode of(CausalContext context) {
    return array().add(of(context.vector())).add(list(context.cloud(), Parts::of));
  }

  static CausalContext context(JsonNode node) {
    return CausalContext.of(vector(node, 0), list(node, 1, Parts::dot));
  }

  static HybridTimestamp time(JsonNode parent, int at) {
    return HybridTimestamp.ofPacked(number(parent, at));
  }

  static ReplicaId replica(JsonNode parent, int at) {
    return new ReplicaId(text(parent, at), number(parent, at + 1));
  }

  static long number(JsonNode parent, int at) {
    JsonNode node = part(parent, at);
    if (!node.canConvertToLong() || !node.isIntegralNumber()) {
      throw wrong("a number", node);
    }
    return node.longValue();
  }

  static int integer(JsonNode parent, int at) {
    return Math.toIntExact(number(parent, at));
  }

  static String text(JsonNode parent, int at) {
    JsonNode node = part(parent, at);
    if (!node.isTextual()) {
      throw wrong("a text", node);
    }
    return node.textValue();
  }

  static @Nullable String textOrNull(JsonNode parent, int at) {
    return part(parent, at).isNull() ? null : text(parent, at);
  }

  static boolean flag(JsonNode parent, int at) {
    return part(parent, at).booleanValue();
  }

  static byte[] bytes(JsonNode parent, int at) {
    JsonNode node = part(parent, at);
    try {
      byte[] bytes = node.isBinary() ? node.binaryValue() : null;
      if (bytes == null) {
        throw wrong("bytes", node);
      }
      return bytes;
    } catch (IOException e) {
      throw new WireException("not bytes: " + e.getMessage(), e);
    }
  }

  static JsonNode part(JsonNode parent, int at) {
    JsonNode node = parent.get(at);
    if (node == null) {
      throw new WireException("a part is missing: " + at + " of " + parent.getNodeType(), null);
    }
    return node;
  }

  private static WireException wrong(String wanted, JsonNode found) {
    return new WireException("expected " + wanted + ", found " + found.getNodeType(), null);
  }
}
