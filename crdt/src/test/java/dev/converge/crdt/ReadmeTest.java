package dev.converge.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import dev.converge.crdt.binary.Codecs;
import dev.converge.crdt.binary.CrdtCodec;
import dev.converge.crdt.clock.ReplicaId;
import dev.converge.crdt.json.CrdtJson;
import dev.converge.crdt.sequence.Anchor;
import dev.converge.crdt.sequence.Text;
import dev.converge.crdt.sequence.TextSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The code of the README, run; and a check that it is the code of the README. */
class ReadmeTest {
  private static final ReplicaId PHONE = ReplicaId.of("phone");

  @Test
  void twoMinutes() {
    ReplicaId phone = ReplicaId.of("phone");
    ReplicaId laptop = ReplicaId.of("laptop");

    ORSet<String> onPhone = ORSet.empty();
    onPhone = onPhone.merge(onPhone.add(phone, "milk"));
    ORSet<String> onLaptop = onPhone;

    // Apart: the phone removes milk, the laptop adds it again and adds bread.
    onPhone = onPhone.merge(onPhone.remove("milk"));
    onLaptop = onLaptop.merge(onLaptop.add(laptop, "milk"));
    ORSet<String> delta = onLaptop.add(laptop, "bread");
    onLaptop = onLaptop.merge(delta);

    // Together again, in any order, as often as you like: both hold milk and bread.
    onPhone = onPhone.merge(onLaptop);
    onLaptop = onLaptop.merge(delta).merge(onPhone);

    assertThat(onPhone.elements()).containsExactlyInAnyOrder("milk", "bread");
    assertThat(onLaptop).isEqualTo(onPhone);
  }

  @Test
  void mapsNest() {
    ReplicaId phone = PHONE;
    ORMap<String, ORSet<String>> carts = ORMap.empty(ORSet.type());
    carts = carts.merge(carts.update("cart-17", cart -> cart.add(phone, "milk")));
    carts = carts.merge(carts.remove("cart-17"));

    ORMap<String, Variant> mixed = ORMap.empty(Variant.type());
    mixed =
        mixed.merge(
            mixed.update(
                "hits", v -> v.update(phone, CausalPNCounter.type(), c -> c.increment(phone, 5))));
    mixed =
        mixed.merge(
            mixed.update(
                "tags", v -> v.update(phone, ORSet.<String>type(), s -> s.add(phone, "new"))));

    assertThat(carts.isEmpty()).isTrue();
    assertThat(mixed.keys()).containsExactlyInAnyOrder("hits", "tags");
  }

  @Test
  void textIsEditedInSessions() {
    ReplicaId phone = PHONE;
    ReplicaId laptop = ReplicaId.of("laptop");
    Text text = Text.empty();
    TextSession typing = text.edit(phone);
    typing.insert(0, "hello world");
    typing.delete(0, 1);
    typing.insert(0, "H");
    Text delta = typing.takeDelta(); // for the others
    text = typing.value(); // for here

    Anchor cursor = text.anchor(5, Anchor.Side.BEFORE); // after "Hello"
    text = text.merge(text.insert(laptop, 0, "> "));
    int at = text.indexOf(cursor).orElseThrow(); // 7

    assertThat(at).isEqualTo(7);
    assertThat(text).hasToString("> Hello world");
    assertThat(Text.empty().merge(delta)).hasToString("Hello world");
  }

  @Test
  void valuesAreWrittenAndRead() {
    ORSet<String> set = ORSet.<String>empty().add(PHONE, "milk");
    CrdtCodec<ORSet<String>> codec = Codecs.orSet(Codecs.string());
    byte[] bytes = codec.encode(set);
    ORSet<String> decoded = codec.decode(bytes); // or a DecodingException, whatever the bytes

    CrdtJson json = CrdtJson.create();
    String text = json.write(set);
    ORSet<String> read = json.read(text, new TypeReference<ORSet<String>>() {});

    assertThat(decoded).isEqualTo(set);
    assertThat(read).isEqualTo(set);
  }

  @Test
  void theReadmeShowsThisCode() throws IOException {
    String test =
        Files.readString(Path.of("src/test/java/dev/converge/crdt/ReadmeTest.java"))
            .replaceAll("\\s+", "");
    Matcher blocks =
        Pattern.compile("```java\n(.*?)```", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("README.md")));
    int found = 0;
    while (blocks.find()) {
      found++;
      assertThat(test).contains(blocks.group(1).replaceAll("\\s+", ""));
    }
    assertThat(found).isEqualTo(4);
  }
}
