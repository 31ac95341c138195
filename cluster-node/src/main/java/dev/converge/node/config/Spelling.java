package dev.converge.node.config;

import java.util.Collection;
import org.jspecify.annotations.Nullable;

/** Finds the known word that a mistyped one was meant to be. */
final class Spelling {
  private Spelling() {}

  /**
   * The word nearest to {@code typed}, or null if none is near: at most a third of its letters may
   * differ (two for short words). O(words · length²).
   */
  static @Nullable String nearest(String typed, Collection<String> words) {
    String best = null;
    int least = Math.max(2, typed.length() / 3) + 1;
    for (String word : words) {
      int distance = distance(typed, word);
      if (distance < least && distance < Math.max(typed.length(), word.length())) {
        best = word;
        least = distance;
      }
    }
    return best;
  }

  /** Levenshtein's distance; upper and lower case and the separators {@code -_.} are alike. */
  static int distance(String left, String right) {
    String a = plain(left);
    String b = plain(right);
    int[] row = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int above = row[j];
        int change = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(change, Math.min(above, row[j - 1]) + 1);
        diagonal = above;
      }
    }
    return row[b.length()];
  }

  private static String plain(String word) {
    return word.toLowerCase(java.util.Locale.ROOT).replaceAll("[-_.]", "");
  }
}
