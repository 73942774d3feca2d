package org.teenygrad.web;

import java.nio.file.Path;
import java.util.Optional;
import org.teenygrad.engine.runtime.Activity;

/// Shows what a program computes while it runs: what `TEENYGRAD_WEB=1` opens.
public final class ProgramView implements Activity.Viewer {
  private static volatile Path logs = WebSettings.DEFAULT.logs();

  /// Has the view of trainings show a training that this program is about to begin, where its folder is not below `out`, whose trainings are shown anyway.
  public static void trainsIn(Path folder) {
    if (!folder.toAbsolutePath().normalize().startsWith(WebSettings.DEFAULT.logs().toAbsolutePath())) {
      logs = folder;
    }
  }

  /// For [java.util.ServiceLoader].
  public ProgramView() {}

  /// Begins to listen and says where.
  @Override
  public Activity.Watcher open() {
    WebServer server = WebServer.start(WebSettings.DEFAULT.withLogs(logs).withCells(Optional.empty()), System.err);
    System.err.println("teenygrad: " + server.url("/run") + " shows what this program computes until it exits; one that returns from main stays until Ctrl-C");
    return server.watcher();
  }
}
