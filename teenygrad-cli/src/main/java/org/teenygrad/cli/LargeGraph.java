package org.teenygrad.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.teenygrad.Tensor;
import org.teenygrad.engine.runtime.Settings;
import org.teenygrad.models.nanogpt.Gpt;
import org.teenygrad.models.nanogpt.Preset;
import org.teenygrad.models.nanogpt.TrainSettings;
import org.teenygrad.optim.AdamW;
import org.teenygrad.optim.Optimizer;
import org.teenygrad.optim.ParameterGroup;

/// How soon the graph of GPT-2's training step is there in a browser, and how smoothly it moves.
record LargeGraph(Path chromium) {
  private static final Pattern URL = Pattern.compile("http://\\S+(?= shows what)");
  private static final int TIME = 1024;
  private static final int VOCABULARY = 50257;
  private static final Duration PLANNING = Duration.ofMinutes(3);
  private static final Duration DRAWING = Duration.ofMinutes(1);

  /// Chooses the schedule of most launches, when it is there.
  private static final String OPEN = """
      new Promise(resolve => {
        const look = () => {
          const option = [...document.querySelectorAll('.compiler-view option')].map(each => [Number(each.textContent.match(/(\\d+) launch/)[1]), each]).sort(([a], [b]) => b - a)[0];
          if (!option || option[0] < 100) {
            setTimeout(look, 300);
            return;
          }
          const choice = document.querySelector('.compiler-view select');
          choice.value = option[1].value;
          choice.dispatchEvent(new Event('change'));
          setTimeout(() => resolve(option[0]), 3000);
        };
        look();
      })""";

  /// Milliseconds from the click to the first picture.
  private static final String PAINT = """
      (async () => {
        const start = performance.now();
        [...document.querySelectorAll('.passes button')].find(each => each.textContent.startsWith('graph')).click();
        while (!document.querySelector('.graph-canvas')?.dataset.frames) {
          await new Promise(requestAnimationFrame);
        }
        return performance.now() - start;
      })()""";

  /// Frames a second while a key is pressed at each.
  private static final String SPEED = """
      (async () => {
        const canvas = document.querySelector('.graph-canvas');
        const before = Number(canvas.dataset.frames);
        const start = performance.now();
        for (let i = 0; i < 60; i++) {
          canvas.dispatchEvent(new KeyboardEvent('keydown', {key: ['+', 'ArrowLeft', '-', 'ArrowRight'][i % 4], bubbles: true}));
          await new Promise(requestAnimationFrame);
        }
        return (Number(canvas.dataset.frames) - before) / (performance.now() - start) * 1000;
      })()""";

  private static final String UNFOLD = "document.querySelector('[aria-label=\"Unfold all parts\"]').click(), document.querySelector('[aria-label=\"Show all\"]').click(), 0";

  /// Numbers of the graph's caption, such as `4,896 nodes in 355 boxes`.
  private static final String COUNT = "Number(document.querySelector('.graph-large .count').textContent.match(/[\\d,]+/g)[%d].replace(/,/g, ''))";

  List<WebFigure> measure() throws IOException, InterruptedException {
    Process gpt2 = WebProcess.start(List.of("-D" + Settings.DEVICE.property() + "=null"), Map.of(Settings.WEB.variable(), "1"), "bench", "web", "--gpt2");
    try (Chromium page = Chromium.open(chromium, WebProcess.url(gpt2, URL).replace("/run?", "/compiler?"))) {
      page.number(OPEN, PLANNING);
      double paint = page.number(PAINT, DRAWING);
      double nodes = page.number(String.format(Locale.ROOT, COUNT, 0), DRAWING);
      double boxes = page.number(String.format(Locale.ROOT, COUNT, 1), DRAWING);
      double folded = page.number(SPEED, DRAWING);
      page.number(UNFOLD, DRAWING);
      double unfolded = page.number(SPEED, DRAWING);
      return List.of(
          WebFigure.of(String.format(Locale.ROOT, "GPT-2's step, %,.0f nodes in %,.0f boxes: first paint", nodes, boxes), "ms", "2 s", paint),
          WebFigure.of("  moved and enlarged", "frames/s", "30", folded),
          WebFigure.of("  with all boxes unfolded", "frames/s", "30", unfolded));
    } finally {
      gpt2.destroyForcibly().waitFor();
    }
  }

  /// Plans the step, in the process whose graphs are looked at.
  static void plan() {
    TrainSettings settings = Preset.GPT2.settings();
    Gpt model = Gpt.of(settings.model(VOCABULARY));
    Optimizer optimizer = new AdamW(ParameterGroup.decayingMatrices(model.namedParameters(), settings.learningRate(), settings.weightDecay()), settings.beta1(), settings.beta2(), 1e-8).clipNorm(1);
    optimizer.step(model.loss(Tensor.of(new int[TIME], 1, TIME), Tensor.of(new int[TIME], 1, TIME)));
  }
}
