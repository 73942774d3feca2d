package org.teenygrad.plot;

/// How one label's layers look: a colour, a marker and, where colours repeat, a pattern of dashes.
///
/// @param number from 0, in the order in which labels came
record Ink(int number) {
  String color() {
    return "c" + number % Style.COLORS;
  }

  int light() {
    return Style.LIGHT[number % Style.COLORS];
  }

  int marker() {
    return (number + number / Style.COLORS) % Markers.KINDS;
  }

  /// The classes of a line.
  String line() {
    int round = number / Style.COLORS % 3;
    return color() + " line" + (round == 0 ? "" : " round" + round);
  }
}
