package dev.converge.node.entity;

import static dev.converge.node.config.NodeConfig.OnCreateCreate.FIRST_WINS;
import static dev.converge.node.config.NodeConfig.OnCreateCreate.MERGE;
import static dev.converge.node.config.NodeConfig.OnDeleteUpdate.DELETE_WINS;
import static dev.converge.node.config.NodeConfig.OnDeleteUpdate.UPDATE_WINS;
import static dev.converge.node.config.NodeConfig.Resolver.FIELD_MERGE;
import static dev.converge.node.config.NodeConfig.Resolver.LAST_WRITER_WINS;
import static dev.converge.node.config.NodeConfig.Resolver.MANUAL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.DecimalNode;
import com.fasterxml.jackson.databind.node.IntNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.converge.crdt.clock.Dot;
import dev.converge.engine.conflict.Escalation;
import dev.converge.engine.event.ReplicatedEvent;
import dev.converge.engine.fold.EntityModel;
import dev.converge.engine.fold.NaiveFold;
import dev.converge.engine.testkit.Author;
import dev.converge.engine.testkit.EntityLaws;
import dev.converge.engine.testkit.EventGenerator;
import dev.converge.engine.testkit.RandomHistories;
import dev.converge.node.config.NodeConfig.DocumentTypeConfig;
import dev.converge.pekko.EventCodec;
import dev.converge.pekko.StateCodec;
import dev.converge.pekko.wire.WireException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The ready-made types under the law checker, persons' decisions among their events. */
class ReadyMadeLawsTest {
  private static final CartType CART = new CartType();
  private static final CounterType COUNTER = new CounterType();

  private static final List<DocumentTypeConfig> RULES =
      List.of(
          new DocumentTypeConfig(MANUAL, DELETE_WINS, MERGE),
          new DocumentTypeConfig(LAST_WRITER_WINS, DELETE_WINS, MERGE),
          new DocumentTypeConfig(LAST_WRITER_WINS, UPDATE_WINS, FIRST_WINS),
          new DocumentTypeConfig(FIELD_MERGE, UPDATE_WINS, MERGE),
          new DocumentTypeConfig(FIELD_MERGE, DELETE_WINS, FIRST_WINS));

  private static CounterType.Added counted(Random random) {
    return new CounterType.Added(BigInteger.valueOf(random.nextInt(9) - 4));
  }

  private static CartEvent cart(Author<Cart.State> author, Random random) {
    String item = random.nextBoolean() ? "tea" : "milk";
    BigInteger quantity = BigInteger.valueOf(1 + random.nextInt(3));
    int kind = random.nextInt(8);
    if (kind < 2 && !author.openConflicts().isEmpty()) {
      Escalation conflict = any(author.openConflicts(), random);
      SortedMap<String, BigInteger> quantities = new TreeMap<>();
      if (random.nextBoolean()) {
        quantities.put(item, BigInteger.valueOf(random.nextInt(3)));
      }
      return new CartEvent.Decided(
          conflict.id().toString(),
          texts(conflict),
          quantities,
          random.nextBoolean() ? null : random.nextBoolean());
    }
    return switch (kind) {
      case 2 -> new CartEvent.CheckedOut(new TreeMap<>(Map.of(item, quantity)));
      case 3 -> new CartEvent.Removed(item);
      case 4, 5 -> new CartEvent.QuantitySet(item, quantity.subtract(BigInteger.ONE));
      default -> new CartEvent.Added(item, quantity);
    };
  }

  private static DocumentEvent document(Author<Document.State> author, Random random) {
    boolean creates = random.nextInt(4) == 0;
    Map<String, JsonNode> fields =
        Map.of("f" + random.nextInt(2), any(values(), random), "g", TextNode.valueOf("x"));
    int kind = random.nextInt(9);
    if (kind < 3 && !author.openConflicts().isEmpty()) {
      Escalation conflict = any(author.openConflicts(), random);
      @Nullable DocumentEvent outcome =
          kind == 0
              ? null
              : kind == 1
                  ? new DocumentEvent.Patched(fields, creates)
                  : new DocumentEvent.Deleted();
      return new DocumentEvent.Decided(conflict.id().toString(), texts(conflict), outcome);
    }
    return switch (kind) {
      case 3 -> new DocumentEvent.Deleted();
      case 4 -> new DocumentEvent.Replaced(fields, creates);
      case 5 -> new DocumentEvent.Written(fields, creates);
      default -> new DocumentEvent.Patched(fields, creates);
    };
  }

  private static List<JsonNode> values() {
    return List.of(
        TextNode.valueOf("a"),
        NullNode.instance,
        IntNode.valueOf(7),
        DecimalNode.valueOf(new BigDecimal("10.00")),
        DecimalNode.valueOf(new BigDecimal("2.50")));
  }

  private static List<String> texts(Escalation conflict) {
    return conflict.sides().stream().map(Dot::toString).toList();
  }

  private static <T> T any(List<T> all, Random random) {
    return all.get(random.nextInt(all.size()));
  }

  @Test
  void all_types_keep_the_laws_with_decisions_among_their_events() {
    EntityLaws.of(new CounterType().type().factory().apply("c").model())
        .events(ReadyMadeLawsTest::counted)
        .histories(200)
        .check();
    EntityLaws.of(new Cart().model()).events(ReadyMadeLawsTest::cart).check();
    for (DocumentTypeConfig rules : RULES) {
      EntityLaws.of(new Document(rules).model())
          .events(ReadyMadeLawsTest::document)
          .histories(200)
          .check();
    }
  }

  @Test
  void every_state_is_read_as_it_was_written() {
    checkStates(
        COUNTER.type().factory().apply("c").model(),
        (author, random) -> counted(random),
        EventCodec.cbor(CounterType.Added.class),
        states(COUNTER));
    checkStates(
        new Cart().model(),
        ReadyMadeLawsTest::cart,
        EventCodec.cbor(CartEvent.class),
        states(CART));
    for (DocumentTypeConfig rules : RULES) {
      checkStates(
          new Document(rules).model(),
          ReadyMadeLawsTest::document,
          EventCodec.cbor(DocumentEvent.class),
          states(new DocumentType("note", rules)));
    }
  }

  private static <S> StateCodec<S> states(HostedType<?, ?, S> type) {
    return Objects.requireNonNull(type.type().states());
  }

  private static <S, E> void checkStates(
      EntityModel<S, E> model,
      EventGenerator<S, E> generator,
      EventCodec<E> events,
      StateCodec<S> states) {
    for (long seed = 1; seed <= 100; seed++) {
      Random random = new Random(seed);
      List<ReplicatedEvent<E>> history =
          RandomHistories.of(model, generator, random, 1 + random.nextInt(20));
      for (ReplicatedEvent<E> event : history) {
        assertThat(events.decode(events.encode(event.payload())))
            .as("seed %d", seed)
            .isEqualTo(event.payload());
      }
      S state = NaiveFold.fold(model, history).state();
      byte[] bytes = states.encode(state);
      S read = states.decode(bytes);
      assertThat(read).as("seed %d", seed).isEqualTo(state);
      assertThat(states.encode(read)).as("seed %d", seed).isEqualTo(bytes);
    }
  }

  @Test
  void states_of_another_form_and_damaged_ones_are_refused_with_a_reason() {
    StateCodec<Cart.State> states = states(CART);
    byte[] bytes = states.encode(Cart.State.EMPTY);
    assertThatThrownBy(() -> states.decode(bytes, 2))
        .isInstanceOf(WireException.class)
        .hasMessage(
            "a state of type 'cart' in form 2; this node reads form 1: a newer node wrote it,"
                + " upgrade this one");
    assertThatThrownBy(() -> states.decode(bytes, 0))
        .hasMessage("a state of type 'cart' in form 0; this node reads form 1");
    for (String wrong :
        List.of(
            "{}",
            "[]",
            "",
            "{\"checkouts\":[],\"items\":{},\"more\":1}",
            "{\"checkouts\":[\"x\"],\"items\":{}}",
            "{\"checkouts\":[],\"items\":{\"tea\":[[\"a:1\",1]]}}",
            "{\"checkouts\":[],\"items\":{\"tea\":[[\"a:1\",1.5,false]]}}",
            "{\"checkouts\":[],\"items\":{}}{}")) {
      assertThatThrownBy(() -> states.decode(wrong.getBytes(StandardCharsets.UTF_8)))
          .as(wrong)
          .isInstanceOf(WireException.class)
          .hasMessageContaining("not a state of type 'cart'");
    }
  }

  @Test
  void a_number_has_one_form_however_it_came() {
    StateCodec<Document.State> states = states(new DocumentType("note", RULES.get(1)));
    Rig<Document.Command, DocumentEvent, Document.State> rig =
        new Rig<>("a", new Document(RULES.get(1)), EventCodec.cbor(DocumentEvent.class));
    rig.run(
        1,
        new Document.Command.Replace(
            Map.of("ten", DecimalNode.valueOf(new BigDecimal("10.0")), "one", IntNode.valueOf(1))));
    assertThat(new String(states.encode(rig.state()), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"status\":\"LIVE\",\"deletions\":[],"
                + "\"fields\":{\"one\":[\"a:1\",1],\"ten\":[\"a:1\",1E+1]}}");
    assertThat(states.decode(states.encode(rig.state()))).isEqualTo(rig.state());
  }
}
