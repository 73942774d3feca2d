package org.teenygrad.web;

import java.nio.file.Path;
import java.util.Optional;
import org.teenygrad.web.cells.CellLimits;

/// How the book is served.
///
/// @param port to listen at; 0 for one that is free
/// @param maxPages that can run cells at once; the one that was quiet for longest makes room
/// @param logs the folder of trainings to show
/// @param cells what cells may take; empty for pages that only can be read
public record WebSettings(int port, int maxPages, Path logs, Optional<CellLimits> cells) {
  /// At a free port, for four pages, with the trainings of `out`, and with a JDK's cells where there is one.
  public static final WebSettings DEFAULT = new WebSettings(0, 4, Path.of("out"), CellLimits.standard());

  /// @throws IllegalArgumentException if a number is none of its kind
  public WebSettings {
    if (port < 0 || port > 65535 || maxPages < 1) {
      throw new IllegalArgumentException("a port from 0 to 65535 and one page or more, not port " + port + " and " + maxPages + " pages");
    }
  }

  /// The same at another port.
  public WebSettings withPort(int other) {
    return new WebSettings(other, maxPages, logs, cells);
  }

  /// The same with the trainings of another folder.
  public WebSettings withLogs(Path other) {
    return new WebSettings(port, maxPages, other, cells);
  }

  /// The same with other limits.
  public WebSettings withCells(Optional<CellLimits> other) {
    return new WebSettings(port, maxPages, logs, other);
  }
}
