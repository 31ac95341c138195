package dev.converge.node.metrics;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads Prometheus' text format, version 0.0.4, and complains about what a scraper or a convention
 * would.
 */
public final class PrometheusText {
  private static final Pattern SAMPLE =
      Pattern.compile(
          "([a-zA-Z_:][a-zA-Z0-9_:]*)(\\{[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\]|\\\\.)*\""
              + "(?:,[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\\]|\\\\.)*\")*,?\\})? "
              + "(NaN|[+-]?Inf|-?[0-9.]+(?:[eE][+-]?[0-9]+)?)");

  private final Map<String, String> types = new LinkedHashMap<>();
  private final Map<String, Double> samples = new LinkedHashMap<>();
  private final List<String> complaints = new ArrayList<>();

  private PrometheusText(String text) {
    String help = "";
    String family = "";
    for (String line : text.lines().toList()) {
      String[] words = line.split(" ", 4);
      if (line.startsWith("# HELP ")) {
        help = words[2];
        require(words.length == 4 && words[3].length() > 5, "no help: " + line);
      } else if (line.startsWith("# TYPE ")) {
        family = words[2];
        require(help.equals(family), "no help before " + line);
        require(types.put(family, words[3]) == null, "twice: " + line);
        require(words[3].equals("counter") == family.endsWith("_total"), "name: " + line);
      } else {
        sample(line, family);
      }
    }
    require(text.endsWith("\n"), "no end of the last line");
    histograms();
  }

  /** Reads a text. */
  public static PrometheusText of(String text) {
    return new PrometheusText(text);
  }

  private void sample(String line, String family) {
    Matcher matcher = SAMPLE.matcher(line);
    if (!matcher.matches()) {
      complaints.add("no sample: " + line);
      return;
    }
    String name = matcher.group(1);
    String type = types.getOrDefault(family, "");
    boolean ofFamily =
        name.equals(family)
            || (type.matches("histogram|summary")
                && name.replaceAll("_(bucket|sum|count)$", "").equals(family));
    require(ofFamily, "outside of its family " + family + ": " + line);
    String labels = matcher.group(2) == null ? "" : matcher.group(2);
    String number = matcher.group(3).replace("Inf", "Infinity");
    require(
        samples.put(name + labels, Double.parseDouble(number)) == null, "twice: " + name + labels);
  }

  private void histograms() {
    Map<String, Double> last = new LinkedHashMap<>();
    samples.forEach(
        (series, value) -> {
          if (series.contains("_bucket{")) {
            String rest = series.replaceAll(",?le=\"[^\"]*\"", "").replace("_bucket{", "_count{");
            Double before = last.put(rest, value);
            require(before == null || before <= value, "buckets do not grow: " + series);
          }
        });
    last.forEach(
        (series, value) ->
            require(value.equals(samples.get(series)), "its buckets end with " + value + series));
  }

  private void require(boolean is, String complaint) {
    if (!is) {
      complaints.add(complaint);
    }
  }

  /** What is wrong with it. */
  public List<String> complaints() {
    return complaints;
  }

  /** Values by name with labels, as they stand there. */
  public Map<String, Double> samples() {
    return samples;
  }

  /** Types by family. */
  public Map<String, String> types() {
    return types;
  }
}
