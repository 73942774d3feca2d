package org.teenygrad.models.grammar;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.teenygrad.models.grammar.Grammar.Rule;

/// Makes a grammar of a JSON schema (draft 2020-12): every text of the grammar is valid, though not every valid text belongs to it.
/// Objects have the members that are named, in the schema's order; where none is named, any.
///
/// | type | keywords |
/// | --- | --- |
/// | any | `type`, `enum`, `const`, `anyOf`, `$ref` into the schema, also to itself |
/// | string | `pattern`, `format` (of [#FORMATS]), `minLength`, `maxLength` |
/// | number, integer | `minimum`, `maximum`, `exclusiveMinimum`, `exclusiveMaximum` |
/// | array | `items`, `minItems`, `maxItems` |
/// | object | `properties`, `required`, `additionalProperties` |
///
/// Others are refused, but for those that only describe.
public final class JsonSchema {
  private static final Set<String> DESCRIBING = Set.of(
      "title", "description", "default", "examples", "deprecated", "readOnly", "writeOnly", "$schema", "$id", "$comment", "$defs", "definitions");

  /// Which keywords a type has beside `type`.
  private static final Map<String, Set<String>> KEYWORDS = new LinkedHashMap<>();

  static {
    KEYWORDS.put("object", Set.of("properties", "required", "additionalProperties"));
    KEYWORDS.put("array", Set.of("items", "minItems", "maxItems"));
    KEYWORDS.put("string", Set.of("pattern", "format", "minLength", "maxLength"));
    KEYWORDS.put("number", Set.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"));
    KEYWORDS.put("integer", Set.of("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"));
    KEYWORDS.put("boolean", Set.of());
    KEYWORDS.put("null", Set.of());
  }

  private static final String DATE = "([0-9]{4}-((0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|(0[469]|11)-(0[1-9]|[12][0-9]|30)|02-(0[1-9]|1[0-9]|2[0-8])))";
  private static final String TIME = "(([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?(Z|[+-]((0[0-9]|1[0-3]):[0-5][0-9]|14:00)))";
  private static final String NAME = "([a-zA-Z0-9]([a-zA-Z0-9-]{0,30}[a-zA-Z0-9])?)";
  private static final String BYTE = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])";

  /// What `format` may say, and which of its texts are written.
  private static final Map<String, String> FORMATS = Map.of(
      "date", DATE, "time", TIME, "date-time", DATE + "T" + TIME, "uuid", "[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}",
      "ipv4", BYTE + "(\\." + BYTE + "){3}", "hostname", NAME + "(\\." + NAME + "){0,3}", "email", "[a-z0-9]{1,15}([._-][a-z0-9]{1,15}){0,3}@(" + NAME + "\\.){1,3}[a-zA-Z]{2,12}");

  private final Object root;

  /// By the reference to them.
  private final Map<String, Rule> rules = new HashMap<>();

  private JsonSchema(Object root) {
    this.root = root;
  }

  /// Any JSON object.
  public static Grammar anyObject() {
    return JsonGrammar.OBJECT;
  }

  /// @param schema its JSON: a map or a truth, of maps, lists, strings, numbers, truths and nulls
  /// @throws IllegalArgumentException if it says what is not supported, or what nothing satisfies; the message says what and where
  public static Grammar of(Object schema) {
    JsonSchema reading = new JsonSchema(schema);
    Grammar grammar = reading.value(schema, "#", Set.of());
    List<Rule> unending = Grammar.unending(reading.rules.values());
    if (!unending.isEmpty()) {
      throw wrong(unending.getFirst().name, "has itself in each of its values, so that none ever ends");
    }
    if (grammar == Grammar.NOTHING) {
      throw wrong("#", "allows no value");
    }
    return grammar;
  }

  /// @param where a pointer to the schema
  /// @param entered references that lead here without anything being written
  private Grammar value(@Nullable Object given, String where, Set<String> entered) {
    if (given instanceof Boolean truth) {
      return truth ? JsonGrammar.VALUE : Grammar.NOTHING;
    }
    Map<?, ?> schema = map(given, where);
    if (schema.containsKey("$ref")) {
      requireOnly(schema, Set.of("$ref"), where);
      return reference(schema.get("$ref"), where, entered);
    }
    if (schema.containsKey("anyOf")) {
      requireOnly(schema, Set.of("anyOf"), where);
      List<Grammar> alternatives = new ArrayList<>();
      for (Object each : list(schema, "anyOf", where)) {
        alternatives.add(value(each, where + "/anyOf/" + alternatives.size(), entered));
      }
      return Grammar.either(alternatives);
    }
    Set<String> types = types(schema, where);
    if (schema.containsKey("enum") || schema.containsKey("const")) {
      requireOnly(schema, Set.of("type", "enum", "const"), where);
      List<?> values = schema.containsKey("enum") ? list(schema, "enum", where) : Collections.singletonList(schema.get("const"));
      boolean isBoth = schema.containsKey("enum") && schema.containsKey("const");
      return Grammar.either(values.stream()
          .filter(each -> types.stream().anyMatch(type -> isOf(type, each)) && (!isBoth || Objects.equals(each, schema.get("const"))))
          .map(JsonGrammar::literal).toList());
    }
    Set<String> known = types.stream().flatMap(type -> KEYWORDS.getOrDefault(type, Set.of()).stream()).collect(Collectors.toCollection(TreeSet::new));
    known.add("type");
    requireOnly(schema, known, where);
    return schema.get("type") == null && types.size() == KEYWORDS.size() ? JsonGrammar.VALUE : Grammar.either(types.stream().map(type -> typed(type, schema, where)).toList());
  }

  /// What a schema's values may be: where it does not say, those that its keywords are about.
  private static Set<String> types(Map<?, ?> schema, String where) {
    Object type = schema.get("type");
    Set<String> types = new LinkedHashSet<>();
    switch (type) {
      case null -> {
        KEYWORDS.forEach((name, keywords) -> {
          if (keywords.stream().anyMatch(schema::containsKey)) {
            types.add(name);
          }
        });
        types.addAll(types.isEmpty() ? KEYWORDS.keySet() : Set.of());
      }
      case String name -> types.add(name);
      case List<?> names -> names.forEach(name -> types.add(String.valueOf(name)));
      default -> throw wrong(where, "has a type that is no name");
    }
    types.stream().filter(name -> !KEYWORDS.containsKey(name)).findFirst().ifPresent(name -> {
      throw wrong(where, "has the type '" + name + "': there are " + String.join(", ", KEYWORDS.keySet()));
    });
    return types;
  }

  private static boolean isOf(String type, @Nullable Object value) {
    return switch (type) {
      case "object" -> value instanceof Map<?, ?>;
      case "array" -> value instanceof List<?>;
      case "string" -> value instanceof String;
      case "number" -> value instanceof Number;
      case "integer" -> value instanceof Long || value instanceof Double number && number == Math.rint(number);
      case "boolean" -> value instanceof Boolean;
      default -> value == null;
    };
  }

  private Grammar typed(String type, Map<?, ?> schema, String where) {
    return switch (type) {
      case "object" -> object(schema, where);
      case "array" -> {
        int least = count(schema, "minItems", 0, where);
        int most = count(schema, "maxItems", Grammar.ENDLESS, where);
        Object items = schema.containsKey("items") ? schema.get("items") : true;
        yield least > most ? Grammar.NOTHING : JsonGrammar.array(value(items, where + "/items", Set.of()), least, most);
      }
      case "string" -> string(schema, where);
      case "number", "integer" -> number(schema, type.equals("integer"), where);
      case "boolean" -> JsonGrammar.TRUTH;
      default -> JsonGrammar.NULL;
    };
  }

  private Grammar object(Map<?, ?> schema, String where) {
    Map<?, ?> properties = schema.containsKey("properties") ? map(schema.get("properties"), where + "/properties") : Map.of();
    Object others = schema.containsKey("additionalProperties") ? schema.get("additionalProperties") : true;
    List<?> required = schema.containsKey("required") ? list(schema, "required", where) : List.of();
    for (Object name : required) {
      if (!properties.containsKey(name)) {
        throw wrong(where, "requires the property '" + name + "', which has no schema among its properties");
      }
    }
    if (properties.isEmpty() && !Boolean.FALSE.equals(others)) {
      return JsonGrammar.map(value(others, where + "/additionalProperties", Set.of()));
    }
    if (!properties.isEmpty() && !(others instanceof Boolean)) {
      throw wrong(where, "has additionalProperties with a schema beside properties, which is not supported: they may be false");
    }
    // From the last member to the first: what may follow where a member stands before it, and where it may be the first.
    Grammar later = Grammar.EMPTY;
    Grammar first = Grammar.EMPTY;
    for (Object name : List.copyOf(properties.keySet()).reversed()) {
      Grammar member = Grammar.sequence(
          JsonGrammar.literal(name), JsonGrammar.COLON, value(properties.get(name), where + "/properties/" + name, Set.of()));
      Grammar begins = Grammar.sequence(member, later);
      Grammar follows = Grammar.sequence(JsonGrammar.COMMA, begins);
      first = required.contains(name) ? begins : Grammar.either(begins, first);
      later = required.contains(name) ? follows : Grammar.either(follows, later);
    }
    return Grammar.sequence(Grammar.text("{"), first, Grammar.text("}"));
  }

  private static Grammar string(Map<?, ?> schema, String where) {
    int least = count(schema, "minLength", 0, where);
    int most = count(schema, "maxLength", Grammar.ENDLESS, where);
    boolean isBounded = schema.containsKey("minLength") || schema.containsKey("maxLength");
    if ((schema.containsKey("pattern") ? 1 : 0) + (schema.containsKey("format") ? 1 : 0) + (isBounded ? 1 : 0) > 1) {
      throw wrong(where, "has more than one of pattern, format, and bounds of length, which is not supported together");
    }
    if (schema.containsKey("pattern")) {
      return JsonGrammar.matching(String.valueOf(schema.get("pattern")));
    }
    if (schema.containsKey("format")) {
      String format = FORMATS.get(String.valueOf(schema.get("format")));
      if (format == null) {
        throw wrong(where, "has the format '" + schema.get("format") + "', which is not supported: there are " + String.join(", ", new TreeSet<>(FORMATS.keySet())));
      }
      return JsonGrammar.matching("^" + format + "$");
    }
    return least > most ? Grammar.NOTHING : JsonGrammar.string(Grammar.repeat(JsonGrammar.CHARACTER, least, most));
  }

  private static Grammar number(Map<?, ?> schema, boolean isInteger, String where) {
    BigDecimal least = bound(schema, "minimum", where);
    BigDecimal above = bound(schema, "exclusiveMinimum", where);
    BigDecimal most = bound(schema, "maximum", where);
    BigDecimal below = bound(schema, "exclusiveMaximum", where);
    if (least == null && above == null && most == null && below == null) {
      return isInteger ? JsonGrammar.INTEGER : JsonGrammar.NUMBER;
    }
    boolean isAbove = above != null && (least == null || above.compareTo(least) >= 0);
    boolean isBelow = below != null && (most == null || below.compareTo(most) <= 0);
    return new DecimalRange(isAbove ? above : least, isBelow ? below : most, isAbove, isBelow, isInteger).grammar();
  }

  private static @Nullable BigDecimal bound(Map<?, ?> schema, String name, String where) {
    return switch (schema.get(name)) {
      case null -> null;
      case Long number -> BigDecimal.valueOf(number);
      case Double number -> BigDecimal.valueOf(number);
      default -> throw wrong(where, "has a " + name + " that is no number");
    };
  }

  private static int count(Map<?, ?> schema, String name, int byDefault, String where) {
    return switch (schema.get(name)) {
      case null -> byDefault;
      case Long number when number >= 0 && number < Grammar.ENDLESS -> number.intValue();
      default -> throw wrong(where, "has a " + name + " that is no count");
    };
  }

  private Grammar reference(@Nullable Object given, String where, Set<String> entered) {
    String reference = String.valueOf(given);
    if (entered.contains(reference)) {
      throw wrong(where, "refers to itself by " + reference + " before anything is written");
    }
    Rule known = rules.get(reference);
    if (known != null) {
      return known;
    }
    Set<String> path = new TreeSet<>(entered);
    path.add(reference);
    Rule rule = new Rule(reference);
    Object target = target(reference, where);
    rules.put(reference, rule);
    rule.define(value(target, reference, path));
    return rule;
  }

  private @Nullable Object target(String reference, String where) {
    Object found = root;
    for (String name : reference.split("/", -1)) {
      if (!name.equals("#")) {
        String key = name.replace("~1", "/").replace("~0", "~");
        found = switch (found) {
          case Map<?, ?> map -> map.get(key);
          case List<?> list when key.matches("\\d{1,4}") && Integer.parseInt(key) < list.size() -> list.get(Integer.parseInt(key));
          case null, default -> null;
        };
      }
    }
    if (!reference.startsWith("#") || found == null) {
      throw wrong(where, "refers to '" + reference + "', which is not in the schema");
    }
    return found;
  }

  private static Map<?, ?> map(@Nullable Object given, String where) {
    if (given instanceof Map<?, ?> map) {
      return map;
    }
    throw wrong(where, "must be an object");
  }

  private static List<?> list(Map<?, ?> schema, String name, String where) {
    if (schema.get(name) instanceof List<?> list) {
      return list;
    }
    throw wrong(where, "has a " + name + " that is no list");
  }

  private static void requireOnly(Map<?, ?> schema, Set<String> known, String where) {
    for (Object name : schema.keySet()) {
      if (!known.contains(name) && !DESCRIBING.contains(name)) {
        throw wrong(where, "has the keyword '" + name + "', which is not supported" + (known.contains("type") && known.size() > 1
            ? ": there are " + String.join(", ", new TreeSet<>(known)) : " there"));
      }
    }
  }

  private static IllegalArgumentException wrong(String where, String problem) {
    return new IllegalArgumentException("the schema at " + where + " " + problem);
  }
}
