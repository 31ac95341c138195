package dev.converge.crdt.json;

import com.fasterxml.jackson.databind.JavaType;
import dev.converge.crdt.CausalGCounter;
import dev.converge.crdt.CausalGSet;
import dev.converge.crdt.CausalLWWRegister;
import dev.converge.crdt.CausalPNCounter;
import dev.converge.crdt.DisableWinsFlag;
import dev.converge.crdt.EnableWinsFlag;
import dev.converge.crdt.LWWElementSet;
import dev.converge.crdt.LWWMap;
import dev.converge.crdt.MVRegister;
import dev.converge.crdt.ORMap;
import dev.converge.crdt.ORSet;
import dev.converge.crdt.RWSet;
import dev.converge.crdt.Variant;
import dev.converge.crdt.causal.CausalCrdt;
import dev.converge.crdt.causal.CausalType;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The causal types: their names in the format, and how each is read. */
final class JsonTypes {
  /**
   * One type.
   *
   * @param name in the format
   * @param type what restores it
   * @param shape how its store is read
   */
  record Known(String name, CausalType<?> type, JsonShape shape) {}

  private record Entry(String name, Function<JavaType, Known> known) {}

  private static final Map<Class<?>, Entry> ENTRIES =
      Map.ofEntries(
          plain(ORSet.class, "orset", ORSet.type(), t -> set(t, JsonShape.DOTS)),
          plain(CausalGSet.class, "causalgset", CausalGSet.type(), t -> set(t, JsonShape.DOTS)),
          plain(RWSet.class, "rwset", RWSet.type(), t -> set(t, writes(JsonValue.BOOLEAN, false))),
          plain(
              LWWElementSet.class,
              "lwwset",
              LWWElementSet.type(),
              t -> set(t, writes(JsonValue.BOOLEAN, true))),
          plain(MVRegister.class, "mvregister", MVRegister.type(), t -> writes(value(t, 0), false)),
          plain(
              CausalLWWRegister.class,
              "causallwwregister",
              CausalLWWRegister.type(),
              t -> writes(value(t, 0), true)),
          plain(EnableWinsFlag.class, "ewflag", EnableWinsFlag.type(), t -> JsonShape.DOTS),
          plain(
              DisableWinsFlag.class,
              "dwflag",
              DisableWinsFlag.type(),
              t -> writes(JsonValue.BOOLEAN, false)),
          plain(
              CausalGCounter.class,
              "causalgcounter",
              CausalGCounter.type(),
              t -> writes(JsonValue.INTEGER, false)),
          plain(
              CausalPNCounter.class,
              "causalpncounter",
              CausalPNCounter.type(),
              t -> writes(JsonValue.INTEGER, false)),
          plain(LWWMap.class, "lwwmap", LWWMap.type(), t -> set(t, writes(value(t, 1), true))),
          plain(
              Variant.class,
              "variant",
              Variant.type(),
              t -> JsonShape.entries(JsonValue.TEXT, JsonShape.ANY)),
          Map.entry(ORMap.class, new Entry("ormap", JsonTypes::map)));

  private JsonTypes() {}

  private static Map.Entry<Class<?>, Entry> plain(
      Class<?> raw, String name, CausalType<?> type, Function<JavaType, JsonShape> shape) {
    return Map.entry(raw, new Entry(name, t -> new Known(name, type, shape.apply(t))));
  }

  private static JsonShape set(JavaType type, JsonShape nested) {
    return JsonShape.entries(value(type, 0), nested);
  }

  private static JsonShape writes(JsonValue value, boolean timed) {
    return JsonShape.writes(value, timed);
  }

  private static JsonValue value(JavaType type, int parameter) {
    return JsonValue.of(type.containedTypeOrUnknown(parameter));
  }

  private static Known map(JavaType type) {
    JavaType nested = type.containedTypeOrUnknown(1);
    Known known = find(nested);
    if (known == null) {
      throw new IllegalArgumentException(
          "an ORMap is read as ORMap<key type, replicated type>, by a TypeReference, not as "
              + type);
    }
    return new Known("ormap", mapType(known.type()), set(type, known.shape()));
  }

  @SuppressWarnings({"unchecked", "rawtypes"}) // A CausalType is always of a causal value.
  private static CausalType<?> mapType(CausalType<?> nested) {
    return ORMap.type((CausalType) nested);
  }

  /** How values of {@code type} are read; null if it is no causal type known here. */
  static @Nullable Known find(JavaType type) {
    Entry entry = ENTRIES.get(type.getRawClass());
    return entry == null ? null : entry.known().apply(type);
  }

  /** The name of the type of {@code value}. */
  static String nameOf(CausalCrdt<?> value) {
    Entry entry = ENTRIES.get(value.getClass());
    if (entry == null) {
      throw new IllegalArgumentException("no JSON form is known of " + value.getClass());
    }
    return entry.name();
  }

  /** Whether it has a form here. */
  static boolean isKnown(Class<?> raw) {
    return ENTRIES.containsKey(raw);
  }
}
