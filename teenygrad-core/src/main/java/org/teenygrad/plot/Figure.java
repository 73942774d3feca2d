package org.teenygrad.plot;

import java.nio.file.Path;
import org.teenygrad.state.AtomicFiles;

/// A picture that can be written: one [Plot] or [Dag], or [Panels] of several.
public sealed interface Figure permits Plot, Dag, Panels {
  /// The picture as an SVG document that needs nothing else: no font, no style sheet, no script.
  String toSvg();

  /// Replaces `file` by the picture.
  /// @throws org.teenygrad.state.FileException if it cannot be written
  default void write(Path file) {
    AtomicFiles.write(file, toSvg());
  }
}
