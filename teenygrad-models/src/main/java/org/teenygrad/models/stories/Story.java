package org.teenygrad.models.stories;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.teenygrad.data.CounterRandom;
import org.teenygrad.models.stories.StoryGrammar.Plot;
import org.teenygrad.models.stories.StoryGrammar.Word;

/// One story being told: who plays in it, and which phrases it has used.
final class Story {

  private static final Pattern A_BEFORE_VOWEL = Pattern.compile("\\b([Aa]) (?=[AEIOUaeiou])");
  private static final Pattern WORD = Pattern.compile("[A-Za-z']+");
  private static final Set<String> SMALL_IN_TITLES = Set.of("a", "an", "and", "the", "of", "to", "in", "for", "it");

  private final StoryGrammar grammar;
  private final CounterRandom random;
  private final Map<String, Word> cast = new HashMap<>();
  private final Set<String> used = new HashSet<>();
  private final StringBuilder text = new StringBuilder();

  private Story(StoryGrammar grammar, CounterRandom random) {
    this.grammar = grammar;
    this.random = random;
  }

  /// A title and paragraphs, with an empty line between any two.
  static String tell(StoryGrammar grammar, Plot plot, CounterRandom random) {
    var story = new Story(grammar, random);
    plot.cast().forEach((role, table) -> story.cast.put(role, story.fresh(grammar.table(table), story.cast.values())));
    story.expand("[" + plot.title() + "]");
    var title = titleCase(story.text.toString());
    story.text.setLength(0);
    for (var paragraph : plot.paragraphs()) {
      story.text.append("\n\n");
      story.expand(paragraph);
    }
    return A_BEFORE_VOWEL.matcher(title + story.text).replaceAll("$1n ");
  }

  /// A random option that is not yet taken, if there is any.
  private <T> T fresh(List<T> options, Collection<T> taken) {
    var free = new ArrayList<T>(options.size());
    for (var option : options) {
      if (!taken.contains(option)) {
        free.add(option);
      }
    }
    return pick(free.isEmpty() ? options : free);
  }

  private <T> T pick(List<T> options) {
    return options.get(random.nextInt(options.size()));
  }

  private void expand(String template) {
    for (int at = 0; at < template.length(); at++) {
      switch (template.charAt(at)) {
        case '{' -> {
          int end = template.indexOf('}', at);
          fill(template.substring(at + 1, end));
          at = end;
        }
        case '<' -> {
          int end = template.indexOf('>', at);
          var table = template.substring(at + 1, end);
          append(table, () -> text.append(pick(grammar.table(table.toLowerCase(Locale.ROOT))).form("")));
          at = end;
        }
        case '[' -> {
          var options = options(template, at);
          choose(options);
          at += options.stream().mapToInt(String::length).sum() + options.size();
        }
        default -> text.append(template.charAt(at));
      }
    }
  }

  private void fill(String slot) {
    var name = slot.toLowerCase(Locale.ROOT);
    int dot = name.indexOf('.');
    var word = cast.get(dot < 0 ? name : name.substring(0, dot));
    if (word == null) {
      throw new IllegalArgumentException("the plot has no role for {" + slot + "}");
    }
    append(slot, () -> text.append(word.form(dot < 0 ? "" : name.substring(dot + 1))));
  }

  /// A single option is the name of a rule.
  private void choose(List<String> options) {
    if (options.size() > 1) {
      expand(pick(options));
      return;
    }
    var name = options.getFirst();
    var phrase = fresh(grammar.rule(name.toLowerCase(Locale.ROOT)), used);
    used.add(phrase);
    append(name, () -> expand(phrase));
  }

  /// Appends with a capital first letter if `reference` begins with one.
  private void append(String reference, Runnable appending) {
    int start = text.length();
    appending.run();
    if (Character.isUpperCase(reference.charAt(0))) {
      text.setCharAt(start, Character.toUpperCase(text.charAt(start)));
    }
  }

  /// The parts of the bracket that opens at `open`, between its own bars.
  private static List<String> options(String template, int open) {
    var options = new ArrayList<String>();
    int start = open + 1;
    int depth = 0;
    for (int at = start; ; at++) {
      char c = template.charAt(at);
      if (depth == 0 && (c == '|' || c == ']')) {
        options.add(template.substring(start, at));
        start = at + 1;
        if (c == ']') {
          return options;
        }
      }
      depth += c == '[' ? 1 : c == ']' ? -1 : 0;
    }
  }

  private static String titleCase(String title) {
    return WORD.matcher(title)
        .replaceAll(match -> match.start() > 0 && SMALL_IN_TITLES.contains(match.group())
            ? match.group()
            : match.group().substring(0, 1).toUpperCase(Locale.ROOT) + match.group().substring(1));
  }
}
