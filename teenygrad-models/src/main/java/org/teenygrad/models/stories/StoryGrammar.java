package org.teenygrad.models.stories;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// What stories are made of, as `stories.txt` gives it: tables of words, rules with alternatives,
/// and plots.
///
/// @param tables the rows of each table
/// @param rules the alternatives of each rule
record StoryGrammar(Map<String, List<Word>> tables, Map<String, List<String>> rules, List<Plot> plots) {

  private static final Map<String, Map<String, String>> FORMS_BY_SEX = Map.of(
      "f", Map.of("he", "she", "him", "her", "his", "her", "himself", "herself", "boy", "girl"),
      "m", Map.of("he", "he", "him", "him", "his", "his", "himself", "himself", "boy", "boy"));

  /// A row of a table: its word under the empty name, its cells and its pronouns.
  record Word(Map<String, String> forms) {
    String form(String name) {
      var form = forms.get(name);
      if (form == null) {
        throw new IllegalArgumentException("the word '" + forms.get("") + "' has no form '" + name + "'");
      }
      return form;
    }
  }

  /// @param cast the table of each role
  /// @param title alternatives
  record Plot(Map<String, String> cast, String title, List<String> paragraphs) {}

  /// @throws IllegalArgumentException if a line does not fit its section
  static StoryGrammar parse(String text) {
    var tables = new HashMap<String, List<Word>>();
    var rules = new HashMap<String, List<String>>();
    var plots = new ArrayList<Plot>();
    for (var section : text.replaceAll("(?m)^#.*\\R", "").strip().split("\n\\s*\n")) {
      var lines = section.lines().toList();
      var head = lines.getFirst().substring(1).split(":", 2);
      var body = lines.subList(1, lines.size());
      var name = head[0].strip();
      var rest = head.length == 2 ? head[1].strip() : "";
      switch (lines.getFirst().charAt(0)) {
        case '@' -> tables.put(name, body.stream().map(row -> word(rest, row)).toList());
        case '$' -> rules.put(name, body);
        case '%' -> plots.add(new Plot(cast(rest), body.getFirst(), body.subList(1, body.size())));
        default -> throw new IllegalArgumentException("a section begins with '" + lines.getFirst() + "'");
      }
    }
    return new StoryGrammar(tables, rules, plots);
  }

  private static Word word(String columns, String row) {
    var names = columns.isEmpty() ? new String[0] : columns.split(";");
    var cells = row.split(";");
    if (cells.length != names.length + 1) {
      throw new IllegalArgumentException("the row '" + row + "' does not have the columns " + columns);
    }
    var forms = new HashMap<String, String>();
    forms.put("", cells[0].strip());
    for (int i = 0; i < names.length; i++) {
      forms.put(names[i].strip(), cells[i + 1].strip());
    }
    forms.putAll(FORMS_BY_SEX.getOrDefault(forms.getOrDefault("sex", ""), Map.of()));
    return new Word(forms);
  }

  private static Map<String, String> cast(String roles) {
    var cast = new LinkedHashMap<String, String>();
    for (var role : roles.split(" ")) {
      var parts = role.split(":");
      cast.put(parts[0], parts[1]);
    }
    return cast;
  }

  List<Word> table(String name) {
    return defined(tables, "table", name);
  }

  List<String> rule(String name) {
    return defined(rules, "rule", name);
  }

  private static <T> T defined(Map<String, T> definitions, String kind, String name) {
    var definition = definitions.get(name);
    if (definition == null) {
      throw new IllegalArgumentException("there is no " + kind + " '" + name + "'");
    }
    return definition;
  }
}
