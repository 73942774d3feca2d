package org.teenygrad.models.jinja;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.io.InputStream;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TemplateTest {

  /// What Jinja 3.1 makes of conversations, expressions and white space, and what it refuses; see `jinja-golden.py`.
  @Test
  void rendersAsJinjaDoes() throws IOException {
    int answered = 0;
    List<String> wrong = new ArrayList<>();
    try (InputStream file = Objects.requireNonNull(TemplateTest.class.getResourceAsStream("jinja-golden.jsonl"));
        JsonParser json = new JsonFactory().createParser(file)) {
      while (json.nextToken() != null) {
        Map<?, ?> line = (Map<?, ?>) Objects.requireNonNull(value(json));
        String template = (String) Objects.requireNonNull(line.get("template"));
        @Nullable Object answer = line.get("answer");
        @Nullable String rendered = rendered(template, (Map<?, ?>) Objects.requireNonNull(line.get("variables")));
        if (!Objects.equals(rendered, answer)) {
          wrong.add(template + " is not " + answer + " but " + rendered);
        }
        answered += answer == null ? 0 : 1;
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(answered).isGreaterThan(200);
  }

  private static @Nullable String rendered(String template, Map<?, ?> variables) {
    Map<String, @Nullable Object> named = new LinkedHashMap<>();
    variables.forEach((name, value) -> named.put((String) name, value));
    try {
      return Template.of(template).render(named);
    } catch (TemplateException e) {
      return null;
    }
  }

  private static @Nullable Object value(JsonParser json) throws IOException {
    return switch (Objects.requireNonNull(json.currentToken())) {
      case START_OBJECT -> {
        Map<String, @Nullable Object> members = new LinkedHashMap<>();
        for (String name = json.nextFieldName(); name != null; name = json.nextFieldName()) {
          json.nextToken();
          members.put(name, value(json));
        }
        yield members;
      }
      case START_ARRAY -> {
        List<@Nullable Object> elements = new ArrayList<>();
        while (json.nextToken() != JsonToken.END_ARRAY) {
          elements.add(value(json));
        }
        yield elements;
      }
      case VALUE_STRING -> json.getText();
      case VALUE_NUMBER_INT -> json.getLongValue();
      case VALUE_NUMBER_FLOAT -> json.getDoubleValue();
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      default -> null;
    };
  }

  @Test
  void knowsTheDate() {
    LocalDateTime now = LocalDateTime.of(2026, 3, 7, 15, 4, 5);
    assertThat(Template.of("{{ strftime_now('%d %b %Y, %A %H:%M %-d %p 100%%') }}").render(Map.of(), now)).isEqualTo("07 Mar 2026, Saturday 15:04 7 PM 100%");
  }

  @Test
  void aRefusalHasTheTemplatesWords() {
    assertThatThrownBy(() -> Template.of("{{ raise_exception('roles must alternate') }}").render(Map.of()))
        .isInstanceOf(TemplateException.class).hasMessage("roles must alternate");
  }

  @Test
  void mistakesNameTheLine() {
    assertThatThrownBy(() -> Template.of("a\nb {% include 'x' %}")).hasMessageStartingWith("the template's line 2: there is no tag 'include'");
    assertThatThrownBy(() -> Template.of("{% if x %}\n{% for y in z %}\n{% endif %}")).hasMessage("the template's line 3: there is 'endif' instead of endfor");
  }

  @ParameterizedTest
  @ValueSource(strings = {
    "{% for a in range(1000000) %}{% for b in range(1000000) %}{% endfor %}{% endfor %}",
    "{% set ns = namespace(x='ab') %}{% for a in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
    "{% set ns = namespace(x=[1]) %}{% for a in range(60) %}{% set ns.x = ns.x + ns.x %}{% endfor %}",
    "{% set ns = namespace(x=[1]) %}{% for a in range(100000) %}{% set ns.x = [ns.x] %}{% endfor %}{{ ns.x }}{{ ns.x == ns.x }}",
    "{{ 'a' * 100000000 }}",
    "{{ ([1] * 1000000) * 1000000 }}",
    "{{ ('a' * 100000).replace('a', 'b' * 100000) }}",
    "{% set s = 'a' * 1000000 %}{{ range(1000000) | map('default', s) | join(s) }}",
    "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}",
    "{% for i in range(1000000) %}{{ 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa' }}{% endfor %}"
  })
  void whatWouldTakeTooLongOrTooMuchIsRefused(String template) {
    assertThatThrownBy(() -> Template.of(template).render(Map.of())).isInstanceOf(TemplateException.class);
  }

  @Test
  void nestingIsLimited() {
    assertThatThrownBy(() -> Template.of("{{ " + "(".repeat(100_000) + "1" + ")".repeat(100_000) + " }}"))
        .isInstanceOf(TemplateException.class).hasMessageContaining("nested");
    assertThatThrownBy(() -> Template.of("{{ " + "not ".repeat(100_000) + "1 }}")).isInstanceOf(TemplateException.class);
  }
}
