package org.teenygrad.book.part3;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.teenygrad.Tensor;
import org.teenygrad.book.Page;
import org.teenygrad.book.Program;
import org.teenygrad.book.Section;
import org.teenygrad.data.Batch;
import org.teenygrad.data.DataLoader;
import org.teenygrad.data.TokenDataset;
import org.teenygrad.models.nanogpt.Corpus;
import org.teenygrad.models.nanogpt.Gpt;
import org.teenygrad.models.nanogpt.GptConfig;
import org.teenygrad.models.settings.Help;
import org.teenygrad.optim.AdamW;
import org.teenygrad.optim.CosineSchedule;
import org.teenygrad.optim.Optimizer;
import org.teenygrad.optim.ParameterGroup;
import org.teenygrad.plot.Plot;

/// Scaling laws (Kaplan et al., *Scaling laws for neural language models*, 2020; Hoffmann et al., 2022): what a larger
/// model will reach can be known before it is trained. Trained on the same text, models of N parameters lose about
///
///     L(N) = (scale / N)^exponent
///
/// Five small GPTs give five points, which give the law; the law says what a sixth, larger than all of them, will lose.
/// Then it is trained. Far beyond the five it would be wrong: no loss falls below the text's own entropy, which this
/// law does not know. Each point is the mean of two trainings, since one alone is a per cent or two off by luck.
@Section(number = "3.1", name = "scaling-laws", title = "Scaling laws: five small GPTs say what a sixth, larger one will lose",
    data = "a text in UTF-8")
public record ScalingLaws(
    @Help("steps of AdamW for each model") int steps,
    @Help("passages in a step") int batchSize,
    @Help("characters in a passage") int blockSize,
    @Help("learning rate of the narrowest model; wider ones have less, by the root of the width") double learningRate,
    @Help("trainings of each model, whose mean is taken") int repeats)
    implements Program {
  private static final int BLOCKS = 2;
  private static final int HEADS = 2;
  private static final int[] WIDTHS = {8, 12, 16, 24, 32};
  private static final int SIXTH = 48;

  public ScalingLaws() {
    this(600, 16, 32, 2e-2, 2);
  }

  /// @throws IllegalArgumentException if there is no step or no training
  public ScalingLaws {
    if (steps < 1 || repeats < 1) {
      throw new IllegalArgumentException("steps and repeats must be at least 1, not " + steps + " and " + repeats);
    }
  }

  /// A model that was trained, and its mean loss.
  record Trained(int width, double parameters, double loss) {}

  /// L(N) = (scale / N)^exponent. Its logarithm is a straight line in ln N: the slope and the mean of the line are all there is to find.
  record Law(double scale, double exponent) {
    double at(double parameters) {
      return Math.pow(scale / parameters, exponent);
    }

    /// The line nearest to the logarithms of the losses, by least squares.
    static Law fit(List<Trained> models) {
      double[] x = models.stream().mapToDouble(model -> Math.log(model.parameters)).toArray();
      double[] y = models.stream().mapToDouble(model -> Math.log(model.loss)).toArray();
      double meanX = DoubleStream.of(x).average().orElseThrow();
      double meanY = DoubleStream.of(y).average().orElseThrow();
      double slope = IntStream.range(0, x.length).mapToDouble(i -> (x[i] - meanX) * (y[i] - meanY)).sum()
          / DoubleStream.of(x).map(each -> (each - meanX) * (each - meanX)).sum();
      return new Law(Math.exp(meanX - meanY / slope), -slope);
    }
  }

  @Override
  public void run(Page page) {
    Corpus corpus = page.data().map(Corpus::of).orElseGet(Corpus::stories);
    corpus.tokens().requireBlocksOf(blockSize);
    page.say("%,d characters; each training reads %,d of them, and each size is trained %d times, from other weights and on other passages.", corpus.size(),
        (long) steps * batchSize * blockSize, repeats);
    page.say("N counts the parameters of the blocks, without the tables of characters and places.%n");
    List<Trained> five = new ArrayList<>();
    for (int width : WIDTHS) {
      five.add(train(page, corpus, width));
    }
    Law law = Law.fit(five);
    page.say("%nThe law nearest to these: L(N) = (%.2g / N)^%.3f.", law.scale, law.exponent);
    double parameters = parameters(SIXTH);
    page.say("It says that %,.0f parameters will lose %.4f.%n", parameters, law.at(parameters));

    Trained sixth = train(page, corpus, SIXTH);
    page.picture("scaling-laws", picture(five, sixth, law)::write);
    page.claim("loss of the sixth", sixth.loss).isNear(law.at(parameters), 0.03 * law.at(parameters));
  }

  /// Attention has 4 width², the perceptron 8 width², in each block.
  private static double parameters(int width) {
    return 12.0 * BLOCKS * width * width;
  }

  private Trained train(Page page, Corpus corpus, int width) {
    long start = System.nanoTime();
    double[] losses = IntStream.range(0, repeats)
        .mapToDouble(repeat -> loss(trained(corpus, width, repeat), corpus.tokens().validation())).toArray();
    Trained trained = new Trained(width, parameters(width), DoubleStream.of(losses).average().orElseThrow());
    page.say("width %2d, N = %,6.0f: loss %.4f on held-out text (%s), after %.0f s", width, trained.parameters, trained.loss,
        DoubleStream.of(losses).mapToObj(each -> String.format(Locale.ROOT, "%.3f", each)).collect(Collectors.joining(", ")),
        (System.nanoTime() - start) / 1e9);
    return trained;
  }

  private Gpt trained(Corpus corpus, int width, int repeat) {
    Gpt model = Gpt.of(new GptConfig(corpus.tokenizer().vocabularySize(), blockSize, BLOCKS, HEADS, width, 0, false));
    // GPT-2's deviation of 0.02 is 0.55 / root(768): the wider a layer, the smaller its weights. Narrower ones need
    // larger, or they learn late.
    double larger = Math.sqrt(768.0 / width);
    model.namedParameters().values().stream().filter(parameter -> parameter.rank() == 2)
        .forEach(matrix -> matrix.update(matrix.mul(larger)));
    double rate = learningRate * Math.sqrt((double) WIDTHS[0] / width);
    Optimizer adam = new AdamW(ParameterGroup.decayingMatrices(model.namedParameters(), rate, 0.1), 0.9, 0.99, 1e-8).clipNorm(1);
    CosineSchedule rates = new CosineSchedule(rate, rate / 50, steps / 10, steps);
    Iterator<Batch> batches = DataLoader.of(corpus.tokens().train().windows(blockSize), batchSize).withReplacement(1337 + repeat)
        .iterator();
    for (int step = 0; step < steps; step++) {
      Batch batch = batches.next();
      adam.learningRate(rates.at(step));
      adam.step(model.loss(batch.inputs(), batch.targets()));
    }
    return model;
  }

  private double loss(Gpt model, TokenDataset text) {
    int[] starts = IntStream.iterate(0, at -> at + blockSize < text.size(), at -> at + blockSize).limit(512).toArray();
    double sum = 0;
    int count = 0;
    for (Batch batch : DataLoader.of(text.windows(blockSize).subset(starts), 64)) {
      Tensor loss = model.loss(batch.inputs(), batch.targets());
      sum += batch.size() * loss.itemDouble();
      count += batch.size();
    }
    return sum / count;
  }

  private static Plot picture(List<Trained> five, Trained sixth, Law law) {
    return Plot.of("What a larger model loses").x("parameters of the blocks").y("loss on held-out text (nats a character)").logX().logY()
        .yRange(0.96 * sixth.loss, 1.04 * five.getFirst().loss)
        .function("the law", five.getFirst().parameters * 0.8, sixth.parameters * 2, law::at)
        .points("five models, to which it was fitted", five.stream().mapToDouble(Trained::parameters).toArray(),
            five.stream().mapToDouble(Trained::loss).toArray())
        .points("the sixth", new double[] {sixth.parameters}, new double[] {sixth.loss});
  }
}
