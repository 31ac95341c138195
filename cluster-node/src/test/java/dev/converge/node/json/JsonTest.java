package dev.converge.node.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTest {
  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "{\"a\":1}x",
        "{\"a\":1,\"a\":2}",
        "{'a':1}",
        "1e99999999999",
        "\"\\ud800\"",
        "{\"\\udc00\":1}",
        "[\"ok\",{\"deep\":\"\\ud800x\"}]",
        "NaN"
      })
  void what_is_no_json_is_refused_in_words(String text) {
    assertThatThrownBy(() -> Json.read(bytes(text)))
        .isInstanceOf(BadInputException.class)
        .message()
        .isNotBlank();
  }

  @Test
  void a_body_that_is_too_deep_or_a_number_that_is_too_long_is_refused() {
    assertThatThrownBy(() -> Json.read(bytes("[".repeat(65) + "]".repeat(65))))
        .isInstanceOf(BadInputException.class);
    assertThatThrownBy(() -> Json.read(bytes("1".repeat(1_001))))
        .isInstanceOf(BadInputException.class);
  }

  @Test
  void numbers_of_any_size_come_back_exactly() {
    String number = "123456789012345678901234567890";
    assertThat(new String(Json.write(Json.read(bytes(number))), StandardCharsets.UTF_8))
        .isEqualTo(number);
  }

  @Test
  void an_unknown_field_is_named_with_those_that_are_known() {
    Fields fields = Fields.of("the body", Json.read(bytes("{\"by\":1,\"bye\":2}")));
    fields.positive("by");
    assertThatThrownBy(fields::end)
        .isInstanceOf(BadInputException.class)
        .hasMessage("unknown field [bye] in the body; known here: [by]");
  }
}
