package dev.converge.node.entity;

import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import dev.converge.crdt.clock.Dot;
import dev.converge.node.json.Json;
import dev.converge.pekko.StateCodec;
import dev.converge.pekko.wire.WireException;
import java.io.IOException;
import java.util.Collection;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * States of the ready-made types as JSON, in form 1: sorted, so that equal states give equal bytes;
 * anything unexpected is an error. The version of the form stands beside the bytes, in the
 * checkpoint. A subclass says what a state looks like.
 *
 * @param <S> the states
 */
abstract class JsonStates<S> implements StateCodec<S> {
  /** Without the limits of what clients may send: what was taken in once must be readable. */
  private static final ObjectMapper MAPPER =
      JsonMapper.builder(
              new JsonFactoryBuilder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(2_000)
                          .maxNumberLength(1_000_000)
                          .maxStringLength(Integer.MAX_VALUE)
                          .build())
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.USE_BIG_INTEGER_FOR_INTS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final String type;

  /** For the type of this name. */
  JsonStates(String type) {
    this.type = type;
  }

  abstract JsonNode form(S state);

  /**
   * What {@link #form} gave.
   *
   * @throws IllegalArgumentException if it is anything else
   */
  abstract S state(JsonNode form);

  @Override
  public final byte[] encode(S state) {
    return Json.write(form(state));
  }

  @Override
  public final S decode(byte[] bytes) {
    try {
      JsonNode form = MAPPER.readTree(bytes);
      S state = state(form);
      // Also finds fields that nobody asked for.
      if (!form(state).equals(form)) {
        throw new IllegalArgumentException("it would not be written like that");
      }
      return state;
    } catch (IOException | IllegalArgumentException e) {
      throw new WireException("not a state of type '" + type + "': " + e.getMessage(), e);
    }
  }

  @Override
  public final S decode(byte[] bytes, int version) {
    if (version != version()) {
      throw new WireException(
          "a state of type '"
              + type
              + "' in form "
              + version
              + "; this node reads form "
              + version()
              + (version > version() ? ": a newer node wrote it, upgrade this one" : ""),
          null);
    }
    return decode(bytes);
  }

  /** The part of that name; a missing one is an error. */
  static JsonNode part(JsonNode node, String name) {
    JsonNode part = node.get(name);
    if (part == null) {
      throw new IllegalArgumentException("'" + name + "' is missing");
    }
    return part;
  }

  /** The text that a node is. */
  static String text(JsonNode node) {
    if (!node.isTextual()) {
      throw new IllegalArgumentException("a string is expected, not " + node.getNodeType());
    }
    return node.textValue();
  }

  static ArrayNode dots(Collection<Dot> dots) {
    ArrayNode names = Json.array();
    dots.stream().sorted().forEach(dot -> names.add(dot.toString()));
    return names;
  }

  static SortedSet<Dot> dots(JsonNode names) {
    SortedSet<Dot> dots = new TreeSet<>();
    names.forEach(name -> dots.add(Dot.parse(text(name))));
    return Collections.unmodifiableSortedSet(dots);
  }
}
