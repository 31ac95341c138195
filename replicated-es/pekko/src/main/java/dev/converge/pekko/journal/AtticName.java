package dev.converge.pekko.journal;

import java.util.OptionalLong;
import java.util.regex.Pattern;

/** How folders and schemas of former incarnations are told from others: by the number alone. */
public final class AtticName {
  /** As many as the largest incarnation has. */
  private static final Pattern DIGITS = Pattern.compile("\\d{1,19}");

  private AtticName() {}

  /** The incarnation that a name, or the end of one, stands for; empty if it is none. */
  public static OptionalLong incarnation(String name) {
    if (!DIGITS.matcher(name).matches()) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(name));
    } catch (NumberFormatException e) {
      return OptionalLong.empty(); // 19 digits can be too many
    }
  }
}
