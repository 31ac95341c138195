package dev.converge.examples.onlineretail;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * One invoice.
 *
 * @param line the line of the file it stands on, from 1; it serves as its number
 * @param codes the stock codes on it, in order; a code that stands there twice was bought twice
 */
public record Basket(int line, List<String> codes) {
  /** How many baskets the data holds. */
  public static final int ALL = 25_900;

  /** Copies the list. */
  public Basket {
    codes = List.copyOf(codes);
  }

  /** The first {@code count} baskets of the data. */
  public static List<Basket> read(int count) {
    List<Basket> baskets = new ArrayList<>();
    try (InputStream file = Basket.class.getResourceAsStream("baskets.csv.gz")) {
      if (file == null) {
        throw new IllegalStateException("baskets.csv.gz is missing beside this class");
      }
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(new GZIPInputStream(file), StandardCharsets.UTF_8));
      for (String line = lines.readLine();
          line != null && baskets.size() < count;
          line = lines.readLine()) {
        baskets.add(parse(baskets.size() + 1, line));
      }
      return baskets;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Basket parse(int number, String line) {
    List<String> codes = new ArrayList<>();
    for (String code : line.split(",")) {
      if (!code.isBlank()) {
        codes.add(code.strip());
      }
    }
    return new Basket(number, codes);
  }
}
