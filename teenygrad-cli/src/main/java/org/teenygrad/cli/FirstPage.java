package org.teenygrad.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.teenygrad.nanochat.json.Json;

/// How long `teenygrad web` takes from its start until a browser has the first page, and how long a cell takes.
record FirstPage(int starts) {
  private static final Pattern URL = Pattern.compile("http://\\S+");
  private static final String CELL = "Tensor.randn(3).exp()";
  private static final String PAGE = "bench-web-page";
  private static final int CELLS = 10;

  List<WebFigure> measure() throws IOException, InterruptedException {
    double[] seconds = new double[starts];
    double[] cells = {};
    try (HttpClient client = HttpClient.newHttpClient()) {
      Process first = Started.of(client).process;
      first.destroy();
      first.waitFor(); // not counted: it reads files that are not in memory yet
      for (int i = 0; i < starts; i++) {
        Started server = Started.of(client);
        seconds[i] = server.seconds;
        cells = i < starts - 1 ? cells : cells(client, server);
        server.process.destroyForcibly().waitFor();
      }
    }
    List<WebFigure> figures = new ArrayList<>();
    figures.add(WebFigure.of("start to the first page, " + starts + " starts", "s", "1.5 s", seconds));
    if (cells.length > 0) {
      figures.add(WebFigure.of("a cell " + CELL + ", after the first", "ms", "300 ms", cells));
    } else {
      System.err.println("no cells were run: they need a JDK, which JAVA_HOME may name");
    }
    return figures;
  }

  /// A server, and how long it took until it had answered.
  private record Started(Process process, String base, String token, double seconds) {
    static Started of(HttpClient client) throws IOException, InterruptedException {
      long start = System.nanoTime();
      Process process = WebProcess.start(List.of(), Map.of(), "web", "--no-open");
      String[] url = WebProcess.url(process, URL).split("/\\?token=", 2);
      HttpResponse<String> page = client.send(HttpRequest.newBuilder(URI.create(url[0] + "/")).header("Authorization", "Bearer " + url[1]).build(), BodyHandlers.ofString());
      if (page.statusCode() != 200) {
        process.destroyForcibly();
        throw new IllegalStateException(url[0] + " shows no page: " + page.statusCode());
      }
      return new Started(process, url[0], url[1], (System.nanoTime() - start) / 1e9);
    }
  }

  /// How many milliseconds cells of one page take, but for the first; none where there are no cells.
  private static double[] cells(HttpClient client, Started server) throws IOException, InterruptedException {
    double[] millis = new double[CELLS];
    for (int i = -1; i < CELLS; i++) {
      String asked = Json.text(Json.members("page", PAGE, "code", CELL));
      long start = System.nanoTime();
      HttpResponse<String> answer = client.send(HttpRequest.newBuilder(URI.create(server.base + "/cells/run")).header("Authorization", "Bearer " + server.token).header("Content-Type", "application/json")
          .POST(HttpRequest.BodyPublishers.ofString(asked)).build(), BodyHandlers.ofString());
      if (i >= 0) {
        millis[i] = (System.nanoTime() - start) / 1e6;
      }
      if (!answer.body().contains("\"kind\":\"done\"")) {
        return new double[0];
      }
    }
    return millis;
  }
}
