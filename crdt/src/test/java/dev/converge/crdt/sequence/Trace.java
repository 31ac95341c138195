package dev.converge.crdt.sequence;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * A recorded editing session of real people (see NOTICE): transactions of patches, each with a
 * position, a count to delete and a text to insert. Concurrent ones say what they had seen.
 */
public final class Trace {
  /** The sequential traces. */
  public static final List<String> SEQUENTIAL =
      List.of("automerge-paper", "rustcode", "sveltecomponent", "friendsforever_flat");

  /** The concurrent traces. */
  public static final List<String> CONCURRENT = List.of("friendsforever", "clownschool");

  /** Deletes {@code delete} code points from {@code at} on, and inserts {@code insert} there. */
  public record Patch(int at, int delete, String insert) {}

  /** Some patches by one agent, who had seen the transactions {@code parents} and their pasts. */
  public record Transaction(int agent, List<Integer> parents, List<Patch> patches) {}

  private final String json;
  private int at;

  private String startContent = "";
  private String endContent = "";
  private int agents = 1;
  private final List<Transaction> transactions = new ArrayList<>();

  private Trace(String json) {
    this.json = json;
  }

  /** Reads the trace with this name. */
  public static Trace read(String name) {
    String file = "traces/" + name + ".json.gz";
    try (InputStream in = Trace.class.getResourceAsStream(file)) {
      if (in == null) {
        throw new IllegalArgumentException("no trace " + file);
      }
      try (GZIPInputStream unzipped = new GZIPInputStream(in)) {
        Trace trace = new Trace(new String(unzipped.readAllBytes(), StandardCharsets.UTF_8));
        trace.parse();
        return trace;
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What stood there before. */
  public String startContent() {
    return startContent;
  }

  /** What stood there in the end. */
  public String endContent() {
    return endContent;
  }

  /** How many writers. */
  public int agents() {
    return agents;
  }

  /** In an order that extends causality. */
  public List<Transaction> transactions() {
    return transactions;
  }

  // A parser of just this JSON: no library is at hand here.

  private void parse() {
    object(
        key -> {
          switch (key) {
            case "startContent" -> startContent = string();
            case "endContent" -> endContent = string();
            case "numAgents" -> agents = number();
            case "txns" -> array(this::transaction);
            default -> skip();
          }
        });
  }

  private void transaction() {
    int[] agent = new int[1];
    List<Integer> parents = new ArrayList<>(1);
    List<Patch> patches = new ArrayList<>(1);
    object(
        key -> {
          switch (key) {
            case "agent" -> agent[0] = number();
            case "parents" -> array(() -> parents.add(number()));
            case "patches" -> array(() -> patches.add(patch()));
            default -> skip();
          }
        });
    transactions.add(new Transaction(agent[0], parents, patches));
  }

  private Patch patch() {
    expect('[');
    int position = number();
    expect(',');
    int delete = number();
    expect(',');
    String insert = string();
    expect(']');
    return new Patch(position, delete, insert);
  }

  private interface Member {
    void read(String key);
  }

  private void object(Member member) {
    expect('{');
    while (peek() != '}') {
      String key = string();
      expect(':');
      member.read(key);
      if (peek() == ',') {
        at++;
      }
    }
    at++;
  }

  private void array(Runnable element) {
    expect('[');
    while (peek() != ']') {
      element.run();
      if (peek() == ',') {
        at++;
      }
    }
    at++;
  }

  private void skip() {
    char c = peek();
    if (c == '"') {
      string();
    } else if (c == '[') {
      array(this::skip);
    } else {
      number();
    }
  }

  private char peek() {
    while (Character.isWhitespace(json.charAt(at))) {
      at++;
    }
    return json.charAt(at);
  }

  private void expect(char c) {
    if (peek() != c) {
      throw new IllegalStateException("no " + c + " at " + at);
    }
    at++;
  }

  private int number() {
    peek();
    int start = at;
    while (json.charAt(at) == '-' || Character.isDigit(json.charAt(at))) {
      at++;
    }
    return Integer.parseInt(json.substring(start, at));
  }

  private String string() {
    expect('"');
    StringBuilder text = new StringBuilder();
    while (json.charAt(at) != '"') {
      char c = json.charAt(at++);
      if (c != '\\') {
        text.append(c);
        continue;
      }
      char escaped = json.charAt(at++);
      switch (escaped) {
        case 'n' -> text.append('\n');
        case 't' -> text.append('\t');
        case 'r' -> text.append('\r');
        case 'b' -> text.append('\b');
        case 'f' -> text.append('\f');
        case 'u' -> {
          text.append((char) Integer.parseInt(json.substring(at, at + 4), 16));
          at += 4;
        }
        default -> text.append(escaped);
      }
    }
    at++;
    return text.toString();
  }
}
