package dev.converge.node.store;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * At which nodes a client has read or written which keys: so a node knows from whom it has to get
 * what it may lack, before it answers the same client (the session guarantees of Terry et al.,
 * 1994). A node that has got it stands in the place of those.
 *
 * <p>Kept by bucket, and for at most {@value #MAX_BUCKETS} of these; of the others together, where
 * any of them was touched. As text it is opaque, some bytes a bucket. Immutable.
 */
public final class StoreSession {
  /** Nothing seen. */
  public static final StoreSession EMPTY =
      new StoreSession(Collections.emptyNavigableMap(), Collections.emptyNavigableSet());

  /** What each text begins with. */
  public static final String MARK = "s.";

  static final int MAX_BUCKETS = 64;
  private static final int MAX_NODES = 100;
  private static final int FORM = 1;

  private final Map<Integer, NavigableSet<String>> buckets;
  private final NavigableSet<String> elsewhere;

  private StoreSession(Map<Integer, NavigableSet<String>> buckets, NavigableSet<String> elsewhere) {
    this.buckets = buckets;
    this.elsewhere = elsewhere;
  }

  /** Of a client that has read or written a key at a node. */
  static StoreSession of(String key, String node) {
    TreeMap<Integer, NavigableSet<String>> one = new TreeMap<>();
    one.put(Buckets.of(key), new TreeSet<>(Set.of(node)));
    return new StoreSession(one, Collections.emptyNavigableSet());
  }

  /** Whether nothing was seen. */
  public boolean isEmpty() {
    return buckets.isEmpty() && elsewhere.isEmpty();
  }

  /** Where something of the key may be that the client has seen. */
  Set<String> nodesOf(String key) {
    return Collections.unmodifiableSet(of(Buckets.of(key)));
  }

  private NavigableSet<String> of(int bucket) {
    NavigableSet<String> nodes = buckets.get(bucket);
    return nodes == null ? elsewhere : nodes;
  }

  /** All that either has seen. */
  public StoreSession merge(StoreSession other) {
    TreeMap<Integer, NavigableSet<String>> all = new TreeMap<>();
    for (Map<Integer, NavigableSet<String>> each : List.of(buckets, other.buckets)) {
      each.keySet().forEach(b -> all.computeIfAbsent(b, c -> union(of(c), other.of(c))));
    }
    return bounded(all, union(elsewhere, other.elsewhere));
  }

  /** The same with a node that has what all others had of these buckets. */
  public StoreSession replacedBy(StoreSession there) {
    TreeMap<Integer, NavigableSet<String>> all = new TreeMap<>(buckets);
    all.putAll(there.buckets);
    return bounded(all, elsewhere);
  }

  private static StoreSession bounded(
      TreeMap<Integer, NavigableSet<String>> all, NavigableSet<String> elsewhere) {
    NavigableSet<String> rest = elsewhere;
    while (all.size() > MAX_BUCKETS) {
      Map.Entry<Integer, NavigableSet<String>> first = all.pollFirstEntry();
      if (first != null) {
        rest = union(rest, first.getValue());
      }
    }
    return new StoreSession(all, rest);
  }

  private static NavigableSet<String> union(NavigableSet<String> a, NavigableSet<String> b) {
    NavigableSet<String> all = new TreeSet<>(a);
    all.addAll(b);
    return all;
  }

  /** The text, for {@link #parse}; of ASCII letters, digits and {@code . - _}. */
  public String text() {
    NavigableSet<String> names = new TreeSet<>(elsewhere);
    buckets.values().forEach(names::addAll);
    List<String> table = new ArrayList<>(names);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.writeByte(FORM);
      out.writeByte(table.size());
      for (String name : table) {
        out.writeUTF(name);
      }
      write(out, elsewhere, table);
      for (Map.Entry<Integer, NavigableSet<String>> one : buckets.entrySet()) {
        out.writeShort(one.getKey());
        write(out, one.getValue(), table);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return MARK + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes.toByteArray());
  }

  private static void write(DataOutputStream out, NavigableSet<String> nodes, List<String> table)
      throws IOException {
    out.writeByte(nodes.size());
    for (String node : nodes) {
      out.writeByte(Collections.binarySearch(table, node));
    }
  }

  /**
   * Reads what {@link #text} gave.
   *
   * @throws IllegalArgumentException if it is anything else
   */
  public static StoreSession parse(String text) {
    if (!text.startsWith(MARK)) {
      throw bad(null);
    }
    byte[] bytes;
    try {
      bytes = Base64.getUrlDecoder().decode(text.substring(MARK.length()));
    } catch (IllegalArgumentException e) {
      throw bad(e);
    }
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
      if (in.readUnsignedByte() != FORM) {
        throw bad(null);
      }
      int count = in.readUnsignedByte();
      String[] table = new String[Math.min(count, MAX_NODES)];
      for (int i = 0; i < table.length; i++) {
        table[i] = in.readUTF();
      }
      NavigableSet<String> elsewhere = nodes(in, table);
      TreeMap<Integer, NavigableSet<String>> buckets = new TreeMap<>();
      while (in.available() > 0 && buckets.size() <= MAX_BUCKETS) {
        int bucket = in.readUnsignedShort();
        if (bucket >= Buckets.COUNT) {
          throw bad(null);
        }
        buckets.put(bucket, nodes(in, table));
      }
      StoreSession session = new StoreSession(buckets, elsewhere);
      if (!session.text().equals(text)) {
        throw bad(null);
      }
      return session;
    } catch (IOException e) {
      throw bad(e);
    }
  }

  private static NavigableSet<String> nodes(DataInputStream in, String[] table) throws IOException {
    NavigableSet<String> nodes = new TreeSet<>();
    for (int left = in.readUnsignedByte(); left > 0; left--) {
      int at = in.readUnsignedByte();
      if (at >= table.length) {
        throw bad(null);
      }
      nodes.add(table[at]);
    }
    return nodes;
  }

  private static IllegalArgumentException bad(@Nullable Exception cause) {
    return new IllegalArgumentException(
        "not a session token of the store; give back what an answer carried", cause);
  }

  @Override
  public boolean equals(@Nullable Object o) {
    return o instanceof StoreSession other
        && buckets.equals(other.buckets)
        && elsewhere.equals(other.elsewhere);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(new Object[] {buckets, elsewhere});
  }

  /** For logs: by bucket, where. */
  @Override
  public String toString() {
    return "StoreSession" + buckets + elsewhere;
  }
}
