package dev.converge.crdt.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.converge.crdt.CausalPNCounter;
import dev.converge.crdt.GCounter;
import dev.converge.crdt.GSet;
import dev.converge.crdt.MVRegister;
import dev.converge.crdt.ORMap;
import dev.converge.crdt.ORSet;
import dev.converge.crdt.PNCounter;
import dev.converge.crdt.Variant;
import dev.converge.crdt.binary.DecodingException;
import dev.converge.crdt.binary.DecodingLimits;
import dev.converge.crdt.clock.ReplicaId;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CrdtJsonTest {
  private static final ReplicaId A = ReplicaId.of("a");
  private static final CrdtJson JSON = CrdtJson.create();
  private static final TypeReference<ORSet<String>> SET = new TypeReference<>() {};

  /** An element of the caller's own. */
  record Item(String name, int size) {}

  /** What a caller's own class has inside. */
  record Shop(String name, ORSet<Item> items, GCounter visits) {}

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME)
  @com.fasterxml.jackson.annotation.JsonSubTypes({
    @com.fasterxml.jackson.annotation.JsonSubTypes.Type(value = Circle.class, name = "circle")
  })
  sealed interface Shape {}

  record Circle(int radius) implements Shape {}

  @Test
  void aMapperOfOnesOwnReadsTypesInsideItsOwnClasses() throws Exception {
    ObjectMapper mapper = JsonMapper.builder().addModule(new CrdtModule()).build();
    ORSet<Item> items = ORSet.empty();
    Shop shop =
        new Shop("corner", items.add(A, new Item("tea", 2)), GCounter.empty().increment(A, 3));
    assertThat(mapper.readValue(mapper.writeValueAsString(shop), Shop.class)).isEqualTo(shop);
  }

  @Test
  void elementsAreReadAsTheirStaticTypeSays() {
    GSet<Long> longs = GSet.of(List.of(5L, 1L << 60));
    assertThat(JSON.read(JSON.write(longs), new TypeReference<GSet<Long>>() {})).isEqualTo(longs);
    ORMap<Long, MVRegister<List<Item>>> map = ORMap.empty(MVRegister.type());
    map = map.merge(map.update(7L, r -> r.set(A, List.of(new Item("tea", 1)))));
    assertThat(
            JSON.read(JSON.write(map), new TypeReference<ORMap<Long, MVRegister<List<Item>>>>() {}))
        .isEqualTo(map);
    ORSet<Shape> shapes = ORSet.<Shape>empty().add(A, new Circle(3));
    assertThat(JSON.write(shapes)).contains("\"@type\":\"circle\"");
    assertThat(JSON.read(JSON.write(shapes), new TypeReference<ORSet<Shape>>() {}))
        .isEqualTo(shapes);
  }

  @Test
  void largeNumbersAreTextAndSmallOnesAreNumbers() {
    GCounter counter = GCounter.empty().increment(A, (1L << 53) - 1);
    assertThat(JSON.write(counter)).endsWith("{\"a\":9007199254740991}}");
    assertThat(JSON.write(counter.merge(counter.increment(A, 1))))
        .endsWith("{\"a\":\"9007199254740992\"}}");
  }

  @Test
  void theOrderOfFieldsAndEntriesAndWhiteSpaceDoNotMatter() {
    ORSet<String> set = ORSet.empty();
    set = set.merge(set.add(A, "x"));
    set = set.merge(set.add(A, "y"));
    String other =
        """
        { "context": ["a:1-2"],
          "entries": [{"dots": ["a:2"], "key": "y"}, {"key": "x", "dots": ["a:1"]}],
          "version": 1, "type": "orset" }
        """;
    assertThat(JSON.read(other, SET)).isEqualTo(set);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'type':'orset','version':1,'entries':[]}|a store and a context",
        "{'type':'orset','version':1,'context':[]}|a store and a context",
        "{'type':'gset','version':1,'entries':[],'context':[]}|type 'gset' where orset is wanted",
        "{'type':'orset','version':2,'entries':[],'context':[]}|version '2' of the form",
        "{'type':'orset','entries':[],'context':[]}|says its type and the version",
        "{'type':'orset','version':1,'entries':[],'context':[],'x':1}|no field 'x'",
        "{'type':'orset','version':1,'entries':[],'entries':[],'context':[]}|Duplicate field",
        "{'type':'orset','version':1,'writes':[],'context':[]}|no field 'writes'",
        "{'type':'orset','version':1,'entries':[],'context':['a:1-2','a:3']}|touches the one before",
        "{'type':'orset','version':1,'entries':[],'context':['a:2-1']}|is none",
        "{'type':'orset','version':1,'entries':[],'context':['b:1','a:1']}|out of order",
        "{'type':'orset','version':1,'entries':[],'context':['a:5-7','a:6']}|out of order",
        "{'type':'orset','version':1,'entries':[],'context':['a:01']}|not a whole number as it is written",
        "{'type':'orset','version':1,'entries':[],'context':['a:0']}|is none",
        "{'type':'orset','version':1,'entries':[],'context':['a b:1']}|name",
        "{'type':'orset','version':1,'entries':[],'context':['a:2-9000000000000000000']}|beyond the contiguous",
        "{'type':'orset','version':1,'entries':[{'key':'x','dots':['a:1']}],'context':[]}|not in the causal context",
        "{'type':'orset','version':1,'entries':[{'key':'x','dots':['a:1','a:1']}],'context':['a:1']}|stands twice",
        "{'type':'orset','version':1,'entries':[{'key':'x','dots':['a:1']},{'key':'y','dots':['a:1']}],'context':['a:1']}|under two keys",
        "{'type':'orset','version':1,'entries':[{'key':'x','dots':['a:1']},{'key':'x','dots':['a:2']}],'context':['a:1-2']}|stands twice",
        "{'type':'orset','version':1,'entries':[{'key':'x','dots':[]}],'context':[]}|something alive",
        "{'type':'orset','version':1,'entries':[{'key':null,'dots':['a:1']}],'context':['a:1']}|null",
        "{'type':'orset','version':1,'entries':[{'key':{},'dots':['a:1']}],'context':['a:1']}|String",
        "{'type':'orset','version':1,'entries':[],'context':[]} {}|not such a value",
        "null|null is not",
        "[]|an object is wanted",
        "{'type':|not such a value",
      })
  void whatIsWrongIsSaid(String json, String why) {
    assertThatThrownBy(() -> JSON.read(json.replace('\'', '"'), SET))
        .isExactlyInstanceOf(DecodingException.class)
        .hasMessageContaining(why);
  }

  @Test
  void aNegativeCountIsRefused() {
    assertThatThrownBy(
            () ->
                JSON.read(
                    "{\"type\":\"gcounter\",\"version\":1,\"counts\":{\"a\":-1}}",
                    new TypeReference<GCounter>() {}))
        .isExactlyInstanceOf(DecodingException.class)
        .hasMessageContaining("a count is positive");
  }

  @Test
  void withAMapperOfOnesOwnTheErrorIsJacksons() {
    ObjectMapper mapper = JsonMapper.builder().addModule(new CrdtModule()).build();
    assertThatThrownBy(() -> mapper.readValue("{\"type\":\"orset\"}", SET))
        .isInstanceOf(JsonMappingException.class)
        .hasMessageContaining("says its type and the version");
  }

  @Test
  void limitsHold() {
    CrdtJson small = CrdtJson.with(new DecodingLimits(1_000, 2, 3, 10));
    TypeReference<GSet<String>> gset = new TypeReference<>() {};
    String start = "{\"type\":\"gset\",\"version\":1,\"elements\":[";
    assertThat(small.read(start + "\"a\",\"b\",\"c\"]}", gset).size()).isEqualTo(3);
    for (String bad :
        List.of(
            "\"a\",\"b\",\"c\",\"d\"]}", "\"aaaaaaaaaaaaaaaaaa\"]}", " ".repeat(2_000) + "]}")) {
      assertThatThrownBy(() -> small.read(start + bad, gset))
          .isExactlyInstanceOf(DecodingException.class);
    }
  }

  @Test
  void aVariantNestedTooDeepIsRefused() {
    StringBuilder json = new StringBuilder("{\"type\":\"variant\",\"version\":1,");
    for (int i = 0; i < 200; i++) {
      json.append("\"entries\":[{\"key\":\"x\",");
    }
    assertThatThrownBy(() -> JSON.read(json.toString(), new TypeReference<Variant>() {}))
        .isExactlyInstanceOf(DecodingException.class);
  }

  @Test
  void whatJacksonCannotWriteIsSaid() {
    assertThatThrownBy(() -> JSON.write(GSet.of(List.of(new Object()))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot be written as JSON");
  }

  @Test
  void aMapWithoutItsTypesSaysHowToReadIt() {
    assertThatThrownBy(
            () -> new ObjectMapper().registerModule(new CrdtModule()).readValue("{}", ORMap.class))
        .hasMessageContaining("TypeReference");
    assertThat(JSON.read(JSON.write(PNCounter.empty()), new TypeReference<PNCounter>() {}))
        .isEqualTo(PNCounter.empty());
    assertThat(JSON.write(CausalPNCounter.empty()))
        .isEqualTo("{\"type\":\"causalpncounter\",\"version\":1,\"writes\":[],\"context\":[]}");
  }

  @Test
  void theExamplesOfTheJavadoc() throws Exception {
    ORSet<String> set = ORSet.<String>empty().add(A, "milk");
    throughOurs(set);
    throughAMapper(set);
  }

  private static void throughOurs(ORSet<String> set) {
    CrdtJson json = CrdtJson.create();
    String text = json.write(set);
    ORSet<String> read = json.read(text, new TypeReference<ORSet<String>>() {});
    assertThat(read).isEqualTo(set);
  }

  private static void throughAMapper(ORSet<String> set) throws Exception {
    ObjectMapper mapper = JsonMapper.builder().addModule(new CrdtModule()).build();
    String json = mapper.writeValueAsString(set);
    ORSet<String> read = mapper.readValue(json, new TypeReference<ORSet<String>>() {});
    assertThat(read).isEqualTo(set);
  }
}
