package org.teenygrad.book;

import java.util.Objects;

/// A program of the book: a record whose components are its settings, each with an [org.teenygrad.models.settings.Help], and with a
/// constructor without arguments for the defaults, with which it ends within a minute on two cores.
public interface Program {
  /// Runs it: says what it finds, draws its picture, and ends with its claims.
  /// @throws org.teenygrad.state.FileException if data that were asked for cannot be read, or a picture cannot be written
  void run(Page page);

  /// Where in the book it stands.
  default Section section() {
    return Objects.requireNonNull(getClass().getAnnotation(Section.class), getClass()::getName);
  }
}
