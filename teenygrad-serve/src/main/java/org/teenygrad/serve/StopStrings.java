package org.teenygrad.serve;

import java.util.List;

/// Finds where a text that comes in pieces must stop. What may be the beginning of a stop string is held back until it is known.
final class StopStrings {
  private final List<String> stops;
  private final StringBuilder held = new StringBuilder();
  private boolean found;

  /// @param stops none is empty
  StopStrings(List<String> stops) {
    this.stops = stops;
  }

  /// @return what can be shown now; up to the stop string once there is one
  String add(String text) {
    held.append(text);
    int stop = stops.stream().mapToInt(held::indexOf).filter(at -> at >= 0).min().orElse(-1);
    found = stop >= 0;
    return release(found ? stop : held.length() - longestBeginning());
  }

  /// Whether a stop string has come: nothing belongs to the text any more.
  boolean isFound() {
    return found;
  }

  /// What was held back of a text that has ended.
  String end() {
    return release(held.length());
  }

  private String release(int length) {
    String shown = held.substring(0, length);
    held.delete(0, length);
    return shown;
  }

  /// How many of the last characters are the beginning of a stop string.
  private int longestBeginning() {
    int longest = 0;
    for (String stop : stops) {
      for (int length = Math.min(stop.length() - 1, held.length()); length > longest; length--) {
        if (stop.startsWith(held.substring(held.length() - length))) {
          longest = length;
        }
      }
    }
    return longest;
  }
}
