package org.teenygrad.models.jinja;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The functions that every template has.
final class Globals {
  private static final int MOST_ELEMENTS = 1 << 20;

  private Globals() {}

  /// @param now what `strftime_now` shows
  static Map<String, Values.Function> of(LocalDateTime now) {
    return Map.of(
        "range", (positional, _) -> range(new Given("range", positional, Map.of())),
        "dict", (_, named) -> new LinkedHashMap<>(named),
        "namespace", (_, named) -> new Values.Namespace(new LinkedHashMap<>(named)),
        "raise_exception", (positional, named) -> {
          throw new TemplateException(new Given("raise_exception", positional, named).text(0, "message", ""));
        },
        "strftime_now", (positional, named) -> date(new Given("strftime_now", positional, named).text(0, "format", ""), now));
  }

  private static List<Object> range(Given given) {
    boolean hasBegin = given.positional().size() > 1;
    long begin = hasBegin ? given.integer(0, "start", 0) : 0;
    long end = given.integer(hasBegin ? 1 : 0, "stop", 0);
    long step = given.integer(2, "step", 1);
    if (step == 0 || Math.abs((double) end - begin) / Math.abs((double) step) > MOST_ELEMENTS) {
      throw new TemplateException("range(" + begin + ", " + end + ", " + step + ") has no end, or more than " + MOST_ELEMENTS + " elements");
    }
    List<Object> numbers = new ArrayList<>();
    for (long i = begin; step > 0 ? i < end : i > end; i += step) {
      numbers.add(i);
    }
    return numbers;
  }

  /// C's `strftime`, in English.
  private static String date(String format, LocalDateTime now) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%' || i + 1 == format.length()) {
        text.append(c);
        continue;
      }
      boolean isShort = format.charAt(i + 1) == '-' && i + 2 < format.length();
      char directive = format.charAt(i += isShort ? 2 : 1);
      String pattern = switch (directive) {
        case 'Y' -> "uuuu";
        case 'y' -> "uu";
        case 'm' -> isShort ? "M" : "MM";
        case 'd' -> isShort ? "d" : "dd";
        case 'B' -> "MMMM";
        case 'b', 'h' -> "MMM";
        case 'A' -> "EEEE";
        case 'a' -> "EEE";
        case 'H' -> isShort ? "H" : "HH";
        case 'I' -> isShort ? "h" : "hh";
        case 'M' -> "mm";
        case 'S' -> "ss";
        case 'p' -> "a";
        case 'j' -> "DDD";
        case 'F' -> "uuuu-MM-dd";
        case 'T' -> "HH:mm:ss";
        case '%' -> "'%'";
        default -> throw new TemplateException("strftime_now has no %" + directive);
      };
      text.append(DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH).format(now));
    }
    return text.toString();
  }
}
