package org.teenygrad.nanochat.corpus;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.teenygrad.data.CounterRandom;

/// A context-free grammar that writes texts. What has been chosen for a symbol stays the same in a text, so that a person keeps a name.
///
/// ```
/// story: {girl} has {thing}. {girl} likes {thing}.
/// girl: Mia | Anna
/// thing: a ball | a kite
/// ```
record Grammar(Map<String, List<String>> rules) {

  /// @param lines a symbol, a colon and alternatives with bars between them
  static Grammar of(List<String> lines) {
    Map<String, List<String>> rules = new LinkedHashMap<>();
    for (String line : lines) {
      int colon = line.indexOf(':');
      rules.put(line.substring(0, colon), Lines.split(line.substring(colon + 1), '|'));
    }
    return new Grammar(rules);
  }

  /// A text that a symbol stands for.
  String write(String symbol, CounterRandom random) {
    return new Writing(random).expanded(symbol);
  }

  private final class Writing {
    private final CounterRandom random;
    private final Map<String, String> chosen = new HashMap<>();

    Writing(CounterRandom random) {
      this.random = random;
    }

    String expanded(String symbol) {
      String known = chosen.get(symbol);
      if (known != null) {
        return known;
      }
      List<String> alternatives = rules.get(symbol);
      if (alternatives == null) {
        throw new IllegalStateException("the grammar has no rule for " + symbol);
      }
      String text = filled(alternatives.get(random.nextInt(alternatives.size())));
      chosen.put(symbol, text);
      return text;
    }

    private String filled(String template) {
      StringBuilder text = new StringBuilder();
      int end = 0;
      for (int open = template.indexOf('{'); open >= 0; open = template.indexOf('{', end)) {
        int close = template.indexOf('}', open);
        text.append(template, end, open).append(expanded(template.substring(open + 1, close)));
        end = close + 1;
      }
      return text.append(template, end, template.length()).toString();
    }
  }
}
