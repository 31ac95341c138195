package dev.converge.node.store;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.converge.crdt.CausalGCounter;
import dev.converge.crdt.CausalGSet;
import dev.converge.crdt.CausalLWWRegister;
import dev.converge.crdt.CausalPNCounter;
import dev.converge.crdt.ORSet;
import dev.converge.crdt.causal.CausalCrdt;
import dev.converge.crdt.causal.CausalType;
import dev.converge.crdt.causal.DotMap;
import dev.converge.crdt.causal.DotStore;
import dev.converge.crdt.clock.HybridTimestamp;
import dev.converge.node.json.BadInputException;
import dev.converge.node.json.Fields;
import java.math.BigInteger;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

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
          .with("increment", f -> by(f, (v, w, by) -> v.increment(w.replica(), by)));

  /** A counter that grows and shrinks. */
  public static final StoreType<CausalPNCounter> PNCOUNTER =
      of(CausalPNCounter.type(), v -> JsonForms.integer(v.value()))
          .with("increment", f -> by(f, (v, w, by) -> v.increment(w.replica(), by)))
          .with("decrement", f -> by(f, (v, w, by) -> v.decrement(w.replica(), by)));

  /** A set that grows. */
  public static final StoreType<CausalGSet<Element>> GSET =
      of(CausalGSet.<Element>type(), v -> JsonForms.sorted(v.elements()))
          .with("add", f -> element(f, (v, w, e) -> v.add(w.replica(), e)));

  /** A set with removal, in which an add wins over a concurrent removal. */
  public static final StoreType<ORSet<Element>> ORSET =
      of(ORSet.<Element>type(), v -> JsonForms.sorted(v.elements()))
          .with("add", f -> element(f, (v, w, e) -> v.add(w.replica(), e)))
          .with("remove", f -> element(f, (v, w, e) -> v.remove(e)));

  /** A register that shows what was written last. */
  public static final StoreType<CausalLWWRegister<JsonValue>> LWWREGISTER =
      of(CausalLWWRegister.<JsonValue>type(), StoreType::shown).with("set", StoreType::set);

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

  private StoreType<V> with(String operation, Reader<V> reader) {
    operations.put(operation, reader);
    return this;
  }

  private static <V> Mutation<V> by(Fields fields, Step<V, BigInteger> step) {
    BigInteger by = fields.positive("by", BigInteger.ONE);
    return (value, writer) -> step.apply(value, writer, by);
  }

  private static <V> Mutation<V> element(Fields fields, Step<V, Element> step) {
    Element element = JsonForms.element("element", fields.any("element"));
    return (value, writer) -> step.apply(value, writer, element);
  }

  private static Mutation<CausalLWWRegister<JsonValue>> set(Fields fields) {
    JsonValue written = JsonValue.of(fields.any("value"));
    return (register, writer) ->
        register.set(
            writer.replica(),
            writer.nowAfter(register.time().orElse(HybridTimestamp.ZERO)),
            written);
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
            () -> new BadInputException("no type '" + name + "'; the types are " + ALL.keySet(), "type"));
  }

  /** The name, as in HTTP and on the wire. */
  public String name() {
    return causal.name();
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
   * Checks a store that came from another node. O(n).
   *
   * @throws IllegalArgumentException if it cannot be one of this type; says why
   */
  void check(DotStore store) {
    causal.check(store);
    if (store instanceof DotMap<?, ?> map) {
      for (Map.Entry<?, ?> e : map) {
        if (!(e.getKey() instanceof Element)) {
          throw new IllegalArgumentException("'" + e.getKey() + "' is no element of a " + name());
        }
      }
    }
  }

  @Override
  public String toString() {
    return name();
  }
}
