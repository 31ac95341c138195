package dev.converge.engine.support;

import dev.converge.crdt.clock.Dot;
import dev.converge.engine.conflict.Resolution;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A payload for tests.
 *
 * @param keys what it touches
 * @param text what it says
 */
public record Note(Set<String> keys, String text) {
  private static final String DECISION = "decides ";

  /** A note that touches one thing. */
  public static Note on(String key, String text) {
    return new Note(Set.of(key), text);
  }

  /** A person's decision on a conflict, which touches what it decides about. */
  public static Note decision(Set<String> keys, Dot conflict, List<Dot> sides) {
    StringBuilder text = new StringBuilder(DECISION + conflict);
    sides.forEach(side -> text.append(' ').append(side));
    return new Note(keys, text.toString());
  }

  /** What it says, if it is a decision. */
  public Optional<Resolution> resolution() {
    if (!text.startsWith(DECISION)) {
      return Optional.empty();
    }
    List<Dot> dots =
        Arrays.stream(text.substring(DECISION.length()).split(" ")).map(Dot::parse).toList();
    return Optional.of(Resolution.of(dots.get(0), dots));
  }

  /** None, one or two of "odd" and "third", by the last digit of the text. */
  public Set<String> kinds() {
    int digit = text.isEmpty() ? 0 : text.charAt(text.length() - 1) - '0';
    Set<String> kinds = new HashSet<>();
    if (digit % 2 == 1) {
      kinds.add("odd");
    }
    if (digit % 3 == 0) {
      kinds.add("third");
    }
    return kinds;
  }

  /** As it would be stored. */
  public byte[] bytes() {
    return (String.join(",", keys.stream().sorted().toList()) + "=" + text)
        .getBytes(StandardCharsets.UTF_8);
  }
}
