package org.teenygrad.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.teenygrad.web.WebServer;
import org.teenygrad.web.WebSettings;
import org.teenygrad.web.cells.CellLimits;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `teenygrad web`: the book in a browser.
@Command(
    name = "web",
    description = {
      "Shows the book in a browser of this machine; its blocks of Java are cells that run.",
      "The URL that is printed has a token, without which nobody is let in. Ctrl-C ends."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class WebCommand implements Callable<Integer> {
  @Option(names = "--port", paramLabel = "N", defaultValue = "0", description = "Where to listen (default: a port that is free).")
  private int port;

  @Option(names = "--logs", paramLabel = "FOLDER", defaultValue = "out", description = "The folder whose trainings the view of trainings shows (default: ${DEFAULT-VALUE}).")
  private Path logs;

  @Option(names = "--no-open", description = "Open no browser.")
  private boolean quiet;

  @Option(names = "--cell-seconds", paramLabel = "N", defaultValue = "30", description = "How long a cell may take (default: ${DEFAULT-VALUE}).")
  private int cellSeconds;

  @Spec private CommandSpec spec;

  @Override
  public Integer call() throws InterruptedException {
    long start = System.nanoTime();
    CountDownLatch end = new CountDownLatch(1);
    Interrupt interrupt = ((Main) spec.root().userObject()).interrupt();
    try (Interrupt.Listening _ = interrupt.listen(end::countDown);
        WebServer server = WebServer.start(settings(), System.out)) {
      System.out.printf(Locale.ROOT, "the book, ready after %.1f s: %s%n", (System.nanoTime() - start) / 1e9, server.url());
      System.out.println(server.containment());
      if (!quiet) {
        open(server.url());
      }
      end.await();
    }
    return 0;
  }

  private WebSettings settings() {
    WebSettings settings = WebSettings.DEFAULT.withPort(port).withLogs(logs);
    return settings.withCells(settings.cells().map((CellLimits cells) -> cells.withCellTime(Duration.ofSeconds(cellSeconds))));
  }

  /// By way of a file that others cannot read: everybody sees the arguments of a process, and the token is to stay here.
  private static void open(String url) {
    boolean isMac = System.getProperty("os.name").startsWith("Mac");
    if (!isMac && System.getenv("DISPLAY") == null && System.getenv("WAYLAND_DISPLAY") == null) {
      return;
    }
    try {
      Path file = Files.createTempFile("teenygrad", ".html"); // which only its owner can read
      Files.writeString(file, "<!doctype html><meta http-equiv=\"refresh\" content=\"0; url=" + url + "\">");
      file.toFile().deleteOnExit();
      new ProcessBuilder(isMac ? "open" : "xdg-open", file.toString())
          .redirectOutput(ProcessBuilder.Redirect.DISCARD).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    } catch (IOException e) {
      System.out.println("no browser could be opened (" + e.getMessage() + "): open the URL in one");
    }
  }
}
