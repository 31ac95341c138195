package dev.converge.node.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
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
import dev.converge.crdt.Timestamped;
import dev.converge.crdt.Variant;
import dev.converge.crdt.algebra.Crdt;
import dev.converge.crdt.causal.CausalCrdt;
import dev.converge.crdt.causal.CausalType;
import dev.converge.crdt.causal.DotFun;
import dev.converge.crdt.causal.DotMap;
import dev.converge.crdt.causal.DotStore;
import dev.converge.crdt.clock.Dot;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.sequence.RGA;
import dev.converge.crdt.sequence.Text;
import dev.converge.node.json.BadInputException;
import dev.converge.node.json.Fields;
import dev.converge.node.json.Json;
import java.math.BigInteger;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A type that the store holds: its CRDT, its operations as they come in JSON, and the JSON form of
 * its value. The table of them all is here, an entry a type. Immutable and thread-safe.
 *
 * @param <V> the CRDT
 */
public final class StoreType<V extends CausalCrdt<V>> {
  private static final Map<String, StoreType<?>> ALL = new LinkedHashMap<>();

  /** A counter that grows. */
  public static final StoreType<CausalGCounter> GCOUNTER =
      of(CausalGCounter.type(), v -> JsonForms.integer(v.value()))
          .holding(BigInteger.class)
          .with("increment", f -> by(f, (v, w, by) -> v.increment(w.replica(), by)));

  /** A counter that grows and shrinks. */
  public static final StoreType<CausalPNCounter> PNCOUNTER =
      of(CausalPNCounter.type(), v -> JsonForms.integer(v.value()))
          .holding(BigInteger.class)
          .with("increment", f -> by(f, (v, w, by) -> v.increment(w.replica(), by)))
          .with("decrement", f -> by(f, (v, w, by) -> v.decrement(w.replica(), by)));

  /** A set that grows. */
  public static final StoreType<CausalGSet<Element>> GSET =
      of(CausalGSet.<Element>type(), v -> JsonForms.sorted(v.elements()))
          .keyedBy(Element.class)
          .with("add", f -> element(f, (v, w, e) -> v.add(w.replica(), e)));

  /** A set with removal, in which an add wins over a concurrent removal. */
  public static final StoreType<ORSet<Element>> ORSET =
      of(ORSet.<Element>type(), v -> JsonForms.sorted(v.elements()))
          .keyedBy(Element.class)
          .with("add", f -> element(f, (v, w, e) -> v.add(w.replica(), e)))
          .with("remove", f -> element(f, (v, w, e) -> v.remove(e)));

  /** A set with removal, in which a removal wins over a concurrent add. */
  public static final StoreType<RWSet<Element>> RWSET =
      of(RWSet.<Element>type(), v -> JsonForms.sorted(v.elements()))
          .keyedBy(Element.class)
          .holding(Boolean.class)
          .with("add", f -> element(f, (v, w, e) -> v.add(w.replica(), e)))
          .with("remove", f -> element(f, (v, w, e) -> v.remove(w.replica(), e)));

  /** A set with removal, in which the last of concurrent writes about an element wins. */
  public static final StoreType<LWWElementSet<Element>> LWWSET =
      of(LWWElementSet.<Element>type(), v -> JsonForms.sorted(v.elements()))
          .keyedBy(Element.class)
          .holding(Boolean.class)
          .with("add", f -> element(f, (v, w, e) -> v.add(w.replica(), after(v, e, w), e)))
          .with("remove", f -> element(f, (v, w, e) -> v.remove(w.replica(), after(v, e, w), e)));

  /** A register that shows what was written last. */
  public static final StoreType<CausalLWWRegister<JsonValue>> LWWREGISTER =
      of(CausalLWWRegister.<JsonValue>type(), StoreType::shown)
          .holding(JsonValue.class)
          .with("set", f -> value(f, (v, w, json) -> v.set(w.replica(), after(v.time(), w), json)));

  /** A register that shows all that was written concurrently. */
  public static final StoreType<MVRegister<JsonValue>> MVREGISTER =
      of(MVRegister.<JsonValue>type(), v -> JsonForms.siblings(v.values()))
          .holding(JsonValue.class)
          .with("set", f -> value(f, (v, w, json) -> v.set(w.replica(), json)));

  /** A flag that is on if it was switched on and off concurrently. */
  public static final StoreType<EnableWinsFlag> EWFLAG =
      of(EnableWinsFlag.type(), v -> BooleanNode.valueOf(v.isEnabled()))
          .with("enable", f -> (v, w) -> v.enable(w.replica()))
          .with("disable", f -> (v, w) -> v.disable());

  /** A flag that is off if it was switched on and off concurrently. */
  public static final StoreType<DisableWinsFlag> DWFLAG =
      of(DisableWinsFlag.type(), v -> BooleanNode.valueOf(v.isEnabled()))
          .holding(Boolean.class)
          .with("enable", f -> (v, w) -> v.enable(w.replica()))
          .with("disable", f -> (v, w) -> v.disable(w.replica()));

  /** A map of plain values, of each of which the last write shows. */
  public static final StoreType<LWWMap<String, JsonValue>> LWWMAP =
      of(LWWMap.<String, JsonValue>type(), JsonForms::object)
          .keyedBy(String.class)
          .holding(JsonValue.class)
          .with("put", StoreType::put)
          .with("remove", f -> field(f, (v, w, name) -> v.remove(name)));

  /** A map of values of any of these types. */
  public static final StoreType<ORMap<String, Variant>> ORMAP =
      of(ORMap.<String, Variant>type(Variant.type()), NestedValues::json)
          .keyedBy(String.class)
          .with("update", NestedValues::update)
          .with("remove", f -> field(f, (v, w, name) -> v.remove(name)));

  /** A counter that never goes below 0: each node takes what it has rights to. */
  public static final StoreType<BoundedCounterValue> BOUNDEDCOUNTER =
      of(BoundedCounterValue.type(), v -> JsonForms.integer(v.value()))
          .holding(RightsRow.class)
          .with("increment", f -> by(f, (v, w, by) -> v.increment(w.replica(), by)))
          .with("decrement", f -> by(f, (v, w, by) -> v.decrement(w.replica(), by)))
          .with("transfer", StoreType::transfer);

  /** A list, in which elements are put at any place and deleted. */
  public static final StoreType<SequenceValue<RGA<JsonValue>, List<JsonValue>>> RGA =
      of(SequenceValue.type(SequenceKind.LIST), v -> JsonForms.array(v.content()))
          .holding(SequencePart.class)
          .onlyAsKey()
          .with(
              "insert",
              f -> {
                List<JsonValue> value = List.of(JsonValue.of(f.any("value")));
                return at(f, (v, w, index) -> v.insert(w, index, value));
              })
          .with("delete", StoreType::delete);

  /** A text, in which code points are put at any place and deleted. */
  public static final StoreType<SequenceValue<Text, String>> TEXT =
      of(SequenceValue.type(SequenceKind.TEXT), v -> JsonForms.text(v.content()))
          .holding(SequencePart.class)
          .onlyAsKey()
          .with(
              "insert",
              f -> {
                String text = f.text("text");
                if (!Json.isWellFormed(text)) {
                  throw new BadInputException(
                      "field 'text' has half a surrogate pair, which is no valid Unicode", "text");
                }
                return at(f, (v, w, index) -> v.insert(w, index, text));
              })
          .with("delete", StoreType::delete);

  /** Reads one operation: takes its fields, and returns what it does. */
  interface Reader<V> {
    /** Throws a {@link BadInputException} for fields that are not the operation's. */
    Mutation<V> read(Fields fields);
  }

  private interface Step<V, A> {
    V apply(V value, Writer writer, A argument);
  }

  private final CausalType<V> causal;
  private final Function<V, JsonNode> json;
  private final Map<String, Reader<V>> operations = new LinkedHashMap<>();

  /** Of what the keys of its store are, if that is a map, and what stands at dots; null if none. */
  private @Nullable Class<?> keys;

  private @Nullable Class<?> contents;

  private boolean isNestable = true;

  private StoreType(CausalType<V> causal, Function<V, JsonNode> json) {
    this.causal = causal;
    this.json = json;
  }

  private static <V extends CausalCrdt<V>> StoreType<V> of(
      CausalType<V> causal, Function<V, JsonNode> json) {
    StoreType<V> type = new StoreType<>(causal, json);
    ALL.put(causal.name(), type);
    return type;
  }

  private StoreType<V> keyedBy(Class<?> type) {
    keys = type;
    return this;
  }

  private StoreType<V> holding(Class<?> type) {
    contents = type;
    return this;
  }

  private StoreType<V> onlyAsKey() {
    isNestable = false;
    return this;
  }

  private StoreType<V> with(String operation, Reader<V> reader) {
    operations.put(operation, reader);
    return this;
  }

  private static <V> Mutation<V> by(Fields fields, Step<V, BigInteger> step) {
    BigInteger by = fields.positive("by", BigInteger.ONE);
    return (value, writer) -> step.apply(value, writer, by);
  }

  private static Mutation<BoundedCounterValue> transfer(Fields fields) {
    String to = fields.text("to");
    if (!ReplicaId.isValidName(to)) {
      throw new BadInputException("field 'to' is the name of a node, not '" + to + "'", "to");
    }
    return by(
        fields,
        (value, writer, by) -> {
          if (writer.replica().name().equals(to)) {
            throw new BadInputException(
                "field 'to' is this node itself; rights are transferred to another", "to");
          }
          return value.transfer(writer.replica(), ReplicaId.of(to), by);
        });
  }

  /** An operation at an index; one that is out of range is bad input. */
  private static <V> Mutation<V> at(Fields fields, Step<V, Integer> step) {
    int index = natural(fields.notNegative("index"));
    return (value, writer) -> {
      try {
        return step.apply(value, writer, index);
      } catch (IndexOutOfBoundsException e) {
        throw new BadInputException("out of range here and now: " + e.getMessage(), "index");
      }
    };
  }

  /** No sequence is as long as the greatest. */
  private static int natural(BigInteger number) {
    return number.min(BigInteger.valueOf(Integer.MAX_VALUE)).intValue();
  }

  private static <S extends Crdt<S>, C> Mutation<SequenceValue<S, C>> delete(Fields fields) {
    int count = natural(fields.positive("count", BigInteger.ONE));
    return at(fields, (value, writer, index) -> value.delete(writer, index, count));
  }

  private static <V> Mutation<V> element(Fields fields, Step<V, Element> step) {
    Element element = JsonForms.element("element", fields.any("element"));
    return (value, writer) -> step.apply(value, writer, element);
  }

  private static <V> Mutation<V> value(Fields fields, Step<V, JsonValue> step) {
    JsonValue written = JsonValue.of(fields.any("value"));
    return (value, writer) -> step.apply(value, writer, written);
  }

  private static <V> Mutation<V> field(Fields fields, Step<V, String> step) {
    String name = NestedValues.name(fields);
    return (value, writer) -> step.apply(value, writer, name);
  }

  private static Mutation<LWWMap<String, JsonValue>> put(Fields fields) {
    String name = NestedValues.name(fields);
    return value(
        fields,
        (map, writer, json) ->
            map.put(writer.replica(), after(map.time(name), writer), name, json));
  }

  /** A time at which a write shows over the one there is. */
  private static HybridTimestamp after(Optional<HybridTimestamp> last, Writer writer) {
    return writer.nowAfter(last.orElse(HybridTimestamp.ZERO));
  }

  private static HybridTimestamp after(LWWElementSet<Element> set, Element element, Writer writer) {
    HybridTimestamp last = HybridTimestamp.ZERO;
    DotFun<Timestamped<Boolean>> writes = set.causal().store().get(element);
    if (writes != null) {
      for (Map.Entry<Dot, Timestamped<Boolean>> write : writes) {
        last = last.max(write.getValue().time());
      }
    }
    return writer.nowAfter(last);
  }

  private static JsonNode shown(CausalLWWRegister<JsonValue> register) {
    return register.value().map(JsonValue::tree).orElseGet(JsonNodeFactory.instance::nullNode);
  }

  /** The names of all types, in the order of the table. */
  public static Set<String> names() {
    return Collections.unmodifiableSet(ALL.keySet());
  }

  /** The type of this name; empty if this node does not know it. */
  public static Optional<StoreType<?>> find(String name) {
    return Optional.ofNullable(ALL.get(name));
  }

  /**
   * The type of this name.
   *
   * @throws BadInputException if there is none; names those that there are
   */
  public static StoreType<?> named(String name) {
    return find(name)
        .orElseThrow(
            () ->
                new BadInputException(
                    "no type '" + name + "'; the types are " + ALL.keySet(), "type"));
  }

  /** The name, as in HTTP and on the wire. */
  public String name() {
    return causal.name();
  }

  /**
   * Whether it can stand in a map; sequences cannot, as a map that removes them knows nothing of
   * their generations.
   */
  boolean isNestable() {
    return isNestable;
  }

  /** The CRDT's type. */
  public CausalType<V> causal() {
    return causal;
  }

  /** The JSON form of a value. O(n log n). */
  public JsonNode json(V value) {
    return json.apply(value);
  }

  /**
   * Reads an operation.
   *
   * @param fields what describes it; every field not taken is an error
   * @throws BadInputException if the type has no such operation, or the fields are not the
   *     operation's
   */
  public Mutation<V> operation(String name, Fields fields) {
    Reader<V> reader = operations.get(name);
    if (reader == null) {
      throw new BadInputException(
          "a " + name() + " has no operation '" + name + "'; it has " + operations.keySet(), "op");
    }
    Mutation<V> mutation = reader.read(fields);
    fields.end();
    return mutation;
  }

  /**
   * Checks the values under the names of the types that were chosen for a key or a field. Values of
   * types that this node does not know pass: a newer node made them, and they only travel through.
   *
   * @throws IllegalArgumentException if one of them cannot be of its type; says why
   */
  static void checkChosen(DotMap<?, ?> variant) {
    for (Map.Entry<?, ? extends DotStore> value : variant) {
      StoreType<?> type = ALL.get((String) value.getKey());
      if (type != null) {
        type.check(value.getValue());
      }
    }
  }

  /**
   * Checks a store that came from another node. O(n).
   *
   * @throws IllegalArgumentException if it cannot be one of this type; says why
   */
  void check(DotStore store) {
    causal.check(store);
    if (causal.equals(ORMAP.causal())) {
      NestedValues.check((DotMap<?, ?>) store);
      return;
    }
    if (store instanceof DotMap<?, ?> map) {
      for (Map.Entry<?, ? extends DotStore> e : map) {
        if (keys == null || !keys.isInstance(e.getKey())) {
          throw new IllegalArgumentException("'" + e.getKey() + "' is no key in a " + name());
        }
        checkContents(e.getValue());
      }
    } else {
      checkContents(store);
    }
  }

  private void checkContents(DotStore store) {
    if (store instanceof DotFun<?> fun) {
      for (Map.Entry<Dot, ?> e : fun) {
        Object content =
            e.getValue() instanceof Timestamped<?> write ? write.value() : e.getValue();
        if (contents == null || !contents.isInstance(content)) {
          throw new IllegalArgumentException(
              "a "
                  + content.getClass().getSimpleName()
                  + " is nothing that a "
                  + name()
                  + " holds");
        }
      }
    }
  }

  @Override
  public String toString() {
    return name();
  }
}
