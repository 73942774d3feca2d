package org.teenygrad.web.pieces;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.teenygrad.nanochat.json.Json;
import org.teenygrad.plot.Figure;

/// A line that the reader types, and pictures of what a function makes of it, anew with each letter.
///
/// ```java
/// TextInput.of("the cat", text -> List.of(Plot.of(text).bars("", List.of("length"), new double[] {text.length()})));
/// ```
public final class TextInput implements Piece {
  /// A page's earlier ones are forgotten.
  private static final int MOST = 20;

  private static final int MOST_CHARACTERS = 2_000;

  private static final AtomicInteger COUNT = new AtomicInteger();
  private static final Map<Integer, TextInput> SHOWN = new LinkedHashMap<>();

  private final int number = COUNT.incrementAndGet();
  private final String text;
  private final Function<String, ? extends List<? extends Figure>> pictures;

  private TextInput(String text, Function<String, ? extends List<? extends Figure>> pictures) {
    this.text = text;
    this.pictures = pictures;
  }

  /// A line and what is shown of it.
  /// @param text to begin with
  /// @param pictures of what is typed
  public static TextInput of(String text, Function<String, ? extends List<? extends Figure>> pictures) {
    return new TextInput(text, pictures);
  }

  /// What the one of a number shows of a text.
  /// @return SVG documents
  /// @throws IllegalArgumentException if there is none of the number, or the text is too long
  public static List<String> answer(int number, String text) {
    TextInput asked;
    synchronized (SHOWN) {
      asked = SHOWN.get(number);
    }
    if (asked == null) {
      throw new IllegalArgumentException("run the cell again: its function is gone");
    }
    return asked.pictures(text);
  }

  private List<String> pictures(String typed) {
    if (typed.length() > MOST_CHARACTERS) {
      throw new IllegalArgumentException("at most " + MOST_CHARACTERS + " characters, not " + typed.length());
    }
    return pictures.apply(typed).stream().map(Figure::toSvg).toList();
  }

  @Override
  public Map<String, @Nullable Object> told() {
    synchronized (SHOWN) {
      SHOWN.put(number, this);
      if (SHOWN.size() > MOST) {
        SHOWN.remove(SHOWN.keySet().iterator().next());
      }
    }
    return Json.members("piece", "text", "number", number, "start", text, "pictures", pictures(text));
  }

  @Override
  public String toString() {
    return "";
  }
}
