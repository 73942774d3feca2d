package org.teenygrad.web.pieces;

import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.teenygrad.nanochat.json.Json;
import org.teenygrad.plot.Figure;

/// Pictures that come one after the other: each is shown when it comes, and afterwards all can be stepped through, forward and back.
///
/// ```java
/// Film film = Film.of("A sine that moves");
/// for (int i = 0; i < 10; i++) {
///   double phase = i;
///   film.frame("phase " + i, Plot.of("").function("", 0, 6, x -> Math.sin(x + phase)));
/// }
/// ```
public final class Film implements Piece {
  /// More would fill a page's memory.
  private static final int MOST_FRAMES = 500;

  private static final AtomicInteger COUNT = new AtomicInteger();
  private static volatile Consumer<Map<String, @Nullable Object>> page = _ -> {};

  private final String title;
  private final int number = COUNT.incrementAndGet();
  private int frames;

  private Film(String title) {
    this.title = title;
  }

  /// A film without pictures.
  public static Film of(String title) {
    return new Film(title);
  }

  /// Has all films of this process shown by a page.
  /// @param shown is told of each picture
  public static void showOn(Consumer<Map<String, @Nullable Object>> shown) {
    page = shown;
  }

  /// Shows the next picture.
  /// @param caption what it is of
  /// @return this
  /// @throws IllegalStateException if there are 500 already
  public synchronized Film frame(String caption, Figure figure) {
    if (frames == MOST_FRAMES) {
      throw new IllegalStateException("a film has at most " + MOST_FRAMES + " frames");
    }
    frames++;
    page.accept(Json.members("kind", "frame", "film", number, "title", title, "caption", caption, "picture", figure.toSvg()));
    return this;
  }

  /// How many pictures there are.
  public synchronized int size() {
    return frames;
  }

  /// Its pictures were told of when they came.
  @Override
  public Map<String, @Nullable Object> told() {
    return Json.members("piece", "film", "film", number);
  }

  @Override
  public String toString() {
    return title + ": " + size() + " frames";
  }
}
