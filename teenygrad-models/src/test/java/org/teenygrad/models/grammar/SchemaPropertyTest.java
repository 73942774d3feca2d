package org.teenygrad.models.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.JsonSchemaFactory;
import com.networknt.schema.SpecVersion.VersionFlag;
import com.networknt.schema.ValidationMessage;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.teenygrad.Tensor;
import org.teenygrad.models.inference.Completion;
import org.teenygrad.models.inference.Engine;
import org.teenygrad.models.inference.Request;
import org.teenygrad.models.inference.Sampling;
import org.teenygrad.models.nanogpt.Gpt;
import org.teenygrad.models.nanogpt.GptConfig;

/// Whatever a model says, its answer is what the schema asks for: a validator that knows nothing of ours agrees. More with `-Dschemas=1000`.
class SchemaPropertyTest {
  private static final int COUNT = Integer.getInteger("schemas", 48);
  private static final int MERGES = 250;
  private static final int END = 256 + MERGES;
  private static final int MOST_TOKENS = 600;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final SplittableRandom random = new SplittableRandom(17);
  private final byte[][] vocabulary = vocabulary();

  /// All bytes, and pieces that begin and end anywhere, also within characters.
  private byte[][] vocabulary() {
    byte[] text = "{\"name\": \"é€😀\", \"b\": [1.5, -2e3, null, true], \"\\u00e9\\\\\": {\"\": false}}é\", \"z\":".getBytes(StandardCharsets.UTF_8);
    return IntStream.range(0, END + 1).mapToObj(token -> {
      int from = random.nextInt(text.length - 5);
      return token < 256 ? new byte[] {(byte) token} : Arrays.copyOfRange(text, from, from + 2 + random.nextInt(4));
    }).toArray(byte[][]::new);
  }

  private Map<String, Object> members(Object... namesAndValues) {
    Map<String, Object> members = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      members.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return members;
  }

  private <T> T one(List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  private Map<String, Object> schema(int depth) {
    return switch (random.nextInt(depth > 0 ? 11 : 8)) {
      case 0 -> members("type", "string");
      case 1 -> bounded("string", "minLength", "maxLength", 0, 6);
      case 2 -> members("type", "string", "pattern", one(List.of("^[a-c]+$", "é|€", "^x\"\\\\", "[^a]{2}$", "\\d{3}-\\d{4}", "^(?:a|bb){2,3}\\.", ".\\n.")));
      case 3 -> members("type", "string", "format", one(List.of("date", "time", "date-time", "uuid", "ipv4", "hostname")));
      case 4 -> members("type", one(List.of("integer", "number", "boolean", "null")));
      case 5 -> bounded(one(List.of("integer", "number")), one(List.of("minimum", "exclusiveMinimum")), one(List.of("maximum", "exclusiveMaximum")), -30, 60);
      case 6 -> members("enum", Arrays.asList("a\n\"", 7L, 1.25, null, true, List.of(1L, "é"), Map.of("k", "v")));
      case 7 -> members("type", Arrays.asList("integer", "null"), "description", "as OpenAI's optional members are");
      case 8 -> {
        Map<String, Object> array = bounded("array", "minItems", "maxItems", 0, 4);
        array.put("items", schema(depth - 1));
        yield array;
      }
      case 9 -> members("anyOf", List.of(schema(depth - 1), schema(depth - 1)));
      default -> object(depth);
    };
  }

  private Map<String, Object> bounded(String type, String least, String most, int from, int width) {
    int low = from + random.nextInt(width);
    int high = low + 2 + random.nextInt(width);
    return members("type", type, least, (long) low, most, (long) high);
  }

  private Map<String, Object> object(int depth) {
    Map<String, Object> properties = new LinkedHashMap<>();
    List<String> required = new ArrayList<>();
    for (String name : List.of("name", "é", "a \"b\"", "z")) {
      properties.put(name, random.nextInt(5) == 0 ? members("anyOf", List.of(members("type", "null"), members("$ref", "#/$defs/again"))) : schema(depth - 1));
      if (random.nextInt(3) > 0) {
        required.add(name);
      }
    }
    return members("type", "object", "properties", properties, "required", required, "additionalProperties", false);
  }

  private Map<String, Object> whole() {
    Map<String, Object> schema = random.nextBoolean() ? object(2) : members("anyOf", List.of(schema(2), object(1)));
    schema.put("$defs", members("again", members(
        "type", "object", "additionalProperties", false, "required", List.of("next"), "properties",
        members("next", members("anyOf", List.of(members("$ref", "#/$defs/again"), members("type", "integer")))))));
    return schema;
  }

  private Gpt model() {
    Tensor.manualSeed(4);
    Gpt model = Gpt.of(new GptConfig(END + 1, 1024, 1, 2, 32, 0, true));
    Tensor.noGrad(() -> {
      model.parameters().forEach(weight -> weight.assign(weight.add(weight.randnLike().mul(0.1))));
      Tensor.realize(model.parameters());
    });
    return model;
  }

  private String text(int[] tokens) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    Arrays.stream(tokens).forEach(token -> bytes.writeBytes(vocabulary[token]));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aModelThatKnowsNothingWritesWhatIsValid() throws JsonProcessingException {
    byte @Nullable [][] textTokens = vocabulary.clone();
    TokenMasks masks = TokenMasks.of(END + 1, token -> textTokens[token], END);
    Map<Integer, Double> towardsEnds = new HashMap<>(Map.of((int) '"', 5.0, (int) '}', 3.0, (int) ']', 3.0, END, 3.0));
    List<Map<String, Object>> schemas = IntStream.range(0, COUNT).mapToObj(_ -> whole()).toList();
    List<Request> requests = IntStream.range(0, COUNT).mapToObj(i -> Request.of(
        new int[] {END}, MOST_TOKENS, new Sampling(1, 0, 1, i).withLogitBias(towardsEnds)).withState(masks.constrained(JsonSchema.of(schemas.get(i))))).toList();
    List<Completion> completions = Engine.of(model(), 16).generate(requests);
    int complete = 0;
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < COUNT; i++) {
      Completion completion = completions.get(i);
      String text = text(completion.text());
      if (completion.reason() == Completion.Reason.STOP) {
        complete++;
        Set<ValidationMessage> problems = JsonSchemaFactory.getInstance(VersionFlag.V202012).getSchema(JSON.writeValueAsString(schemas.get(i)))
            .validate(text, InputFormat.JSON, context -> context.getExecutionConfig().setFormatAssertionsEnabled(true));
        problems.forEach(problem -> wrong.add(problem + ": " + text));
      }
    }
    assertThat(wrong).isEmpty();
    assertThat(complete).as("of %d", COUNT).isGreaterThan(COUNT * 3 / 4);
  }
}
