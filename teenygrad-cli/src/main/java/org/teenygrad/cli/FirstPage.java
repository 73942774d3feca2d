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
      get(client, "http://localhost:1/", ""); // so that this client's classes are loaded
      for (int i = 0; i < starts; i++) {
        long start = System.nanoTime();
        Process process = WebProcess.start(List.of(), Map.of(), "web", "--no-open");
        try {
          String url = WebProcess.url(process, URL);
          String base = url.replaceFirst("/\\?token=.*", "");
          String token = url.replaceFirst(".*token=", "");
          if (get(client, base + "/", token) != 200) {
            throw new IllegalStateException(base + " shows no page");
          }
          seconds[i] = (System.nanoTime() - start) / 1e9;
          if (i == starts - 1) {
            cells = cells(client, base, token);
          }
        } finally {
          process.destroyForcibly().waitFor();
        }
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

  private static int get(HttpClient client, String url, String token) throws InterruptedException {
    try {
      return client.send(HttpRequest.newBuilder(URI.create(url)).header("Authorization", "Bearer " + token).build(), BodyHandlers.ofString()).statusCode();
    } catch (IOException e) {
      return 0; // nobody is there
    }
  }

  /// How many milliseconds cells of one page take, but for the first; none where there are no cells.
  private static double[] cells(HttpClient client, String base, String token) throws IOException, InterruptedException {
    double[] millis = new double[CELLS];
    for (int i = -1; i < CELLS; i++) {
      String asked = Json.text(Json.members("page", PAGE, "code", CELL));
      long start = System.nanoTime();
      HttpResponse<String> answer = client.send(HttpRequest.newBuilder(URI.create(base + "/cells/run")).header("Authorization", "Bearer " + token).header("Content-Type", "application/json")
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
