package org.teenygrad.models.jinja;

/// A template cannot be read, cannot be filled in with what it was given, or refuses it (`raise_exception`).
public final class TemplateException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  TemplateException(String message) {
    super(message);
  }

  /// @param line of the template, from 1
  static TemplateException at(int line, String problem) {
    return new TemplateException("the template's line " + line + ": " + problem);
  }
}
