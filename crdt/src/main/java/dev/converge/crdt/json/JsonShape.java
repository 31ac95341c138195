package dev.converge.crdt.json;

import dev.converge.crdt.Timestamped;
import dev.converge.crdt.causal.DotFun;
import dev.converge.crdt.causal.DotMap;
import dev.converge.crdt.causal.DotSet;
import dev.converge.crdt.causal.DotStore;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How a store is read: it is one field, {@code dots}, {@code writes} or {@code entries}, of the
 * object that it stands in.
 */
abstract class JsonShape {
  static final String DOTS_FIELD = "dots";
  static final String WRITES_FIELD = "writes";
  static final String ENTRIES_FIELD = "entries";

  static final JsonShape DOTS = new Dots();

  /** Whatever the field says. */
  static final JsonShape ANY = new Anything();

  /** Whether the field {@code name} is the store. */
  abstract boolean isField(String name);

  /** The store at the current token, the value of the field {@code name}. */
  abstract DotStore read(JsonInput in, String name) throws IOException;

  static JsonShape writes(JsonValue value, boolean timed) {
    return new Writes(value, timed ? Timing.ALWAYS : Timing.NEVER);
  }

  static JsonShape entries(JsonValue key, JsonShape nested) {
    return new Entries(key, nested);
  }

  private static final class Dots extends JsonShape {
    @Override
    boolean isField(String name) {
      return name.equals(DOTS_FIELD);
    }

    @Override
    DotStore read(JsonInput in, String name) throws IOException {
      in.startArray();
      Set<Dot> dots = new HashSet<>();
      while (in.element()) {
        in.count();
        Dot dot = in.dot();
        if (!dots.add(dot)) {
          throw in.malformed("dot " + dot + " stands twice");
        }
      }
      return DotSet.of(dots);
    }
  }

  private enum Timing {
    ALWAYS,
    NEVER,
    /** As each write has it. */
    MAYBE
  }

  private static final class Writes extends JsonShape {
    private final JsonValue value;
    private final Timing timing;

    Writes(JsonValue value, Timing timing) {
      this.value = value;
      this.timing = timing;
    }

    @Override
    boolean isField(String name) {
      return name.equals(WRITES_FIELD);
    }

    @Override
    DotStore read(JsonInput in, String name) throws IOException {
      in.startArray();
      Map<Dot, Object> writes = new HashMap<>();
      while (in.element()) {
        in.count();
        readWrite(in, writes);
      }
      return DotFun.of(writes);
    }

    private void readWrite(JsonInput in, Map<Dot, Object> writes) throws IOException {
      in.startObject();
      Dot dot = null;
      HybridTimestamp time = null;
      Object content = null;
      for (String field = in.field(); field != null; field = in.field()) {
        switch (field) {
          case "dot" -> dot = in.dot();
          case "time" -> time = in.time();
          case "value" -> content = value.read(in);
          default -> throw in.malformed("a write has no field " + DotText.shown(field));
        }
      }
      if (dot == null || content == null) {
        throw in.malformed("a write has a dot and a value");
      }
      if (timing == Timing.ALWAYS ? time == null : timing == Timing.NEVER && time != null) {
        throw in.malformed("a write has a time in types where the last one wins, and only there");
      }
      Object write = time == null ? content : new Timestamped<>(time, content);
      if (writes.put(dot, write) != null) {
        throw in.malformed("dot " + dot + " stands twice");
      }
    }
  }

  private static final class Entries extends JsonShape {
    private final JsonValue key;
    private final JsonShape nested;

    Entries(JsonValue key, JsonShape nested) {
      this.key = key;
      this.nested = nested;
    }

    @Override
    boolean isField(String name) {
      return name.equals(ENTRIES_FIELD);
    }

    @Override
    DotStore read(JsonInput in, String name) throws IOException {
      in.startArray();
      in.enter();
      Map<Object, DotStore> stores = new LinkedHashMap<>();
      while (in.element()) {
        in.count();
        readEntry(in, stores);
      }
      in.leave();
      try {
        return DotMap.of(stores);
      } catch (IllegalArgumentException e) {
        throw in.malformed("a dot stands under two keys");
      }
    }

    private void readEntry(JsonInput in, Map<Object, DotStore> stores) throws IOException {
      in.startObject();
      Object itsKey = null;
      @Nullable DotStore store = null;
      for (String field = in.field(); field != null; field = in.field()) {
        if (field.equals("key")) {
          itsKey = key.read(in);
        } else if (nested.isField(field) && store == null) {
          store = nested.read(in, field);
        } else {
          throw in.malformed("an entry has no field " + DotText.shown(field) + " here");
        }
      }
      if (itsKey == null || store == null || store.isEmpty()) {
        throw in.malformed("an entry has a key, and something alive under it");
      }
      if (stores.put(itsKey, store) != null) {
        throw in.malformed("a key stands twice in one map");
      }
    }
  }

  private static final class Anything extends JsonShape {
    private final JsonShape writes = new Writes(JsonValue.ANY, Timing.MAYBE);
    private final JsonShape entries = new Entries(JsonValue.ANY, this);

    @Override
    boolean isField(String name) {
      return name.equals(DOTS_FIELD) || name.equals(WRITES_FIELD) || name.equals(ENTRIES_FIELD);
    }

    @Override
    DotStore read(JsonInput in, String name) throws IOException {
      return switch (name) {
        case DOTS_FIELD -> DOTS.read(in, name);
        case WRITES_FIELD -> writes.read(in, name);
        default -> entries.read(in, name);
      };
    }
  }
}
