package org.teenygrad.web;

import java.util.Optional;
import org.teenygrad.engine.runtime.Activity;

/// Shows what a program computes while it runs: what `TEENYGRAD_WEB=1` opens.
public final class ProgramView implements Activity.Viewer {
  /// For [java.util.ServiceLoader].
  public ProgramView() {}

  /// Begins to listen and says where.
  @Override
  public Activity.Watcher open() {
    WebServer server = WebServer.start(WebSettings.DEFAULT.withCells(Optional.empty()), System.err);
    System.err.println("teenygrad: " + server.url("/run") + " shows what this program computes until it exits; one that returns from main stays until Ctrl-C");
    return server.watcher();
  }
}
