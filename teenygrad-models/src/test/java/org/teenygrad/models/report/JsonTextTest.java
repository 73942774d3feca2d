package org.teenygrad.models.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class JsonTextTest {
  @Test
  void plainValuesOnOneLine() {
    Map<String, Object> values = new LinkedHashMap<>();
    values.put("loss", 1.5);
    values.put("steps", 3);
    values.put("done", true);
    values.put("best", Double.NaN);
    assertThat(JsonText.oneLine(values)).isEqualTo("{\"loss\": 1.5, \"steps\": 3, \"done\": true, \"best\": null}");
  }

  @Test
  void textIsEscaped() {
    assertThat(JsonText.oneLine(Map.of("t", "a\"b\\c\n\u0001ä😀"))).isEqualTo("{\"t\": \"a\\\"b\\\\c\\n\\u0001ä\\ud83d\\ude00\"}");
  }

  @Test
  void anEntryALine() {
    assertThat(JsonText.indented(Map.of("a", 1))).isEqualTo("{\n  \"a\": 1\n}\n");
  }
}
