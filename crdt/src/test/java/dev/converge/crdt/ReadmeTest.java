package dev.converge.crdt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.converge.crdt.clock.ReplicaId;
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
    assertThat(found).isEqualTo(2);
  }
}
