package org.teenygrad.models.jinja;

/// A piece of a template's source.
///
/// @param text of a string its content, of anything else what stands there
record Token(Kind kind, String text, int line) {
  enum Kind {
    /// What is outside of tags.
    TEXT,
    OUTPUT_BEGIN,
    OUTPUT_END,
    BLOCK_BEGIN,
    BLOCK_END,
    NAME,
    STRING,
    INTEGER,
    FLOAT,
    OPERATOR,
    END
  }

  boolean is(Kind wanted, String wantedText) {
    return kind == wanted && text.equals(wantedText);
  }
}
