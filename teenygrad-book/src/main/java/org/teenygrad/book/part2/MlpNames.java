package org.teenygrad.book.part2;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.teenygrad.DType;
import org.teenygrad.Gradient;
import org.teenygrad.Tensor;
import org.teenygrad.book.Names;
import org.teenygrad.book.Page;
import org.teenygrad.book.Program;
import org.teenygrad.book.Section;
import org.teenygrad.data.DataLoader;
import org.teenygrad.data.Dataset;
import org.teenygrad.models.settings.Help;
import org.teenygrad.nn.Embedding;
import org.teenygrad.nn.Init;
import org.teenygrad.nn.Linear;
import org.teenygrad.nn.Module;
import org.teenygrad.optim.AdamW;
import org.teenygrad.optim.CosineSchedule;
import org.teenygrad.plot.Panels;
import org.teenygrad.plot.Plot;
import org.teenygrad.train.Callback;
import org.teenygrad.train.Evaluation;
import org.teenygrad.train.Trainer;

/// A neural probabilistic language model (Bengio, Ducharme, Vincent and Jauvin, 2003), on names: the next letter from
/// the `context` letters before.
///
/// A table of counts needs a row for each context and knows nothing of contexts that it has not seen. Here each letter
/// is a vector; the vectors of the context, side by side, go through a hidden layer to a score for each letter. What is
/// learned of one letter holds for those with similar vectors.
///
/// Before it is trained, deep stacks of such layers show why the size of random weights matters: it decides whether
/// signals and gradients keep their size from layer to layer (Glorot and Bengio, 2010; He et al., 2015).
@Section(number = "2.1", name = "mlp-names",
    title = "Bengio's language model on names, and what the size of random weights does to its signals",
    data = "a text with a name a line, in the letters a to z")
public record MlpNames(
    @Help("letters that are looked at") int context,
    @Help("numbers that stand for a letter") int embedding,
    @Help("hidden units") int hidden,
    @Help("passes over the names in training") int passes,
    @Help("examples in a step of AdamW") int batchSize,
    @Help("highest learning rate") double learningRate,
    @Help("layers of the stacks whose signals are measured") int depth)
    implements Program {
  private static final String LETTERS = ".abcdefghijklmnopqrstuvwxyz";
  private static final int N = LETTERS.length();

  /// With it, tanh layers keep the size of what goes through them.
  private static final double GAIN = 5.0 / 3;

  /// The names with which this model is usually shown, and what it is expected to reach there.
  private static final int USUAL_NAMES = 32_033;

  private static final double USUAL_LOSS = 2.17;

  public MlpNames() {
    this(3, 16, 256, 12, 512, 5e-3, 5);
  }

  /// @param embeddings (27, embedding), a vector for each letter
  record Mlp(Embedding embeddings, Linear hidden, Linear output) implements Module {
    static Mlp of(int context, int embedding, int hidden) {
      int in = context * embedding;
      return new Mlp(Embedding.of(N, embedding), Linear.of(in, hidden, Init.normal(GAIN / Math.sqrt(in)), Init.ZEROS),
          Linear.of(hidden, N, Init.normal(0.01), Init.ZEROS));
    }

    /// @param letters (batch, context)
    /// @return a score for each next letter (batch, 27)
    Tensor forward(Tensor letters) {
      Tensor x = embeddings.forward(letters).flatten(1, 2);
      return output.forward(hidden.forward(x).tanh());
    }

    Tensor loss(Examples examples) {
      return forward(examples.letters).crossEntropy(examples.next);
    }
  }

  /// Contexts (examples, context) and the letter after each (examples).
  record Examples(Tensor letters, Tensor next) {
    static Examples of(List<String> names, int context) {
      List<int[]> rows = new ArrayList<>();
      List<Integer> next = new ArrayList<>();
      for (String name : names) {
        String padded = ".".repeat(context) + name + ".";
        for (int at = 0; at <= name.length(); at++) {
          rows.add(padded.substring(at, at + context).chars().map(LETTERS::indexOf).toArray());
          next.add(LETTERS.indexOf(padded.charAt(at + context)));
        }
      }
      return new Examples(
          Tensor.of(rows.stream().flatMapToInt(IntStream::of).toArray(), rows.size(), context),
          Tensor.of(next.stream().mapToInt(i -> i).toArray()));
    }

    int size() {
      return next.size(0);
    }

    /// Each context as a number of `context` digits to the base 27.
    Tensor number(int context) {
      Tensor number = Tensor.zeros(DType.INT32, size());
      for (int i = 0; i < context; i++) {
        number = number.mul(N).add(letters.select(1, i));
      }
      return number;
    }
  }

  @Override
  public void run(Page page) {
    List<String> names = new ArrayList<>(Names.of(page));
    Collections.shuffle(names, new Random(42));
    int validationFrom = names.size() * 8 / 10;
    int testFrom = names.size() * 9 / 10;
    Examples train = Examples.of(names.subList(0, validationFrom), context);
    Examples validation = Examples.of(names.subList(validationFrom, testFrom), context);
    Examples test = Examples.of(names.subList(testFrom, names.size()), context);

    signals(page, train);
    page.say("%n%,d names are %,d examples: %d letters and the next. A tenth of the names is for validation, a tenth for the test.",
        names.size(),
        train.size() + validation.size() + test.size(), context);
    Mlp model = Mlp.of(context, embedding, hidden);
    train(page, model, train, validation);
    double counted = countedLoss(train, validation);
    double learned = model.loss(validation).itemDouble();
    page.say("%nOn names that were held out, a next letter costs:");
    page.table(List.of("model", "numbers", "validation (nats)", "test (nats)"), List.of(
        List.of("counts of the letters after each context", Math.round(Math.pow(N, context + 1)), counted, countedLoss(train, test)),
        List.of("vectors and a hidden layer", model.parameterCount(), learned, model.loss(test).itemDouble())));
    page.say("Drawn from the model: %s", String.join(" ", IntStream.range(0, 8).mapToObj(i -> sampled(model)).toList()));
    page.claim("what vectors gain over counts of the same contexts (nats)", counted - learned).isAtLeast(0);
    if (names.size() == USUAL_NAMES) {
      page.claim("validation loss", learned).isAtMost(USUAL_LOSS);
    }
  }

  /// Draws stacks of tanh layers with weights of three sizes, and looks at the outputs of each layer and at the loss's
  /// gradients with respect to them. A sum of n products has n times the variance of one: weights of deviation gain /
  /// sqrt(n) change a signal's size by a factor that depends on the gain alone, and after `depth` layers by its power.
  private void signals(Page page, Examples examples) {
    int units = 200;
    Tensor letters = examples.letters.slice(0, 0, Math.min(1000, examples.size()));
    Tensor next = examples.next.slice(0, 0, letters.size(0));
    List<List<Object>> rows = new ArrayList<>();
    List<Plot> outputs = new ArrayList<>();
    List<Plot> gradients = new ArrayList<>();
    double kept = 0;
    for (double gain : new double[] {0.5, GAIN, 5}) {
      Tensor x = Tensor.randn(N, units).embedding(letters).mean(1); // any signal will do
      List<Tensor> layers = new ArrayList<>();
      for (int layer = 0; layer < depth; layer++) {
        x = x.linear(Tensor.normal(0, gain / Math.sqrt(units), units, units)).tanh();
        layers.add(x);
      }
      Tensor loss = x.linear(Tensor.normal(0, 1 / Math.sqrt(units), N, units)).crossEntropy(next);
      List<Tensor> slopes = Gradient.of(loss, layers);
      Plot output = Plot.of(String.format(Locale.ROOT, "gain %.2f", gain)).x("output of a unit").y("share");
      Plot gradient = Plot.of("").x("log10 of the gradient's size").y("share").xRange(-8, -2);
      for (int layer = 0; layer < depth; layer++) {
        String label = "layer " + (layer + 1);
        shares(output, label, layers.get(layer), -1, 1);
        shares(gradient, label, slopes.get(layer).abs().add(1e-30).log().div(Math.log(10)), -8, -2);
      }
      outputs.add(output);
      gradients.add(gradient);
      Tensor last = layers.getLast();
      double first = layers.getFirst().std().itemDouble();
      double end = last.std().itemDouble();
      rows.add(List.of(gain, first, end, 100 * last.abs().gt(0.97).toDouble().mean().itemDouble(),
          slopes.getFirst().std().div(slopes.getLast().std()).itemDouble()));
      if (gain == GAIN) {
        kept = end / first;
      }
    }
    page.say("%d layers of %d tanh units with random weights of deviation gain / sqrt(%d):", depth, units, units);
    page.table(List.of("gain", "outputs, layer 1", "outputs, layer " + depth, "saturated (%)", "gradient, layer 1 by " + depth), rows);
    page.picture("mlp-signals", new Panels("Random layers: what each puts out, and what comes back to it", 3,
        Stream.concat(outputs.stream(), gradients.stream()).toList())::write);
    page.claim("outputs of layer " + depth + " by those of layer 1, gain 5/3", kept).isNear(1, 0.1);
  }

  /// How many of a tensor's values lie where, as a line.
  private static void shares(Plot plot, String label, Tensor values, double low, double high) {
    int bins = 40;
    double[] share = values.histc(bins, low, high).div(values.numel()).toDoubleArray();
    double[] middles = IntStream.range(0, bins).mapToDouble(i -> low + (high - low) * (i + 0.5) / bins).toArray();
    plot.line(label, middles, share);
  }

  private void train(Page page, Mlp model, Examples train, Examples validation) {
    DataLoader batches = DataLoader.of(Dataset.of(train.letters, train.next), batchSize).shuffle(1337);
    long total = passes * batches.batches();
    page.say("Training %,d parameters in %,d steps of %d examples:", model.parameterCount(), total, batchSize);
    CosineSchedule rates = new CosineSchedule(learningRate, learningRate / 100, total / 50, total);
    DataLoader held = DataLoader.of(Dataset.of(validation.letters, validation.next), 4096);
    Trainer.of(model, new AdamW(model.namedParameters(), learningRate), batches,
        (m, batch) -> m.loss(new Examples(batch.inputs(), batch.targets())))
        .learningRate(rates).iterations(total).evaluate("validation", held).every(Math.ceilDiv(total, 5)).callback(new Callback() {
          @Override
          public void evaluated(Evaluation evaluation) {
            page.say("  after %,6d steps: %.4f nats a letter on validation names", evaluation.iteration(),
                evaluation.metric("validation_loss"));
          }
        }).train();
  }

  /// The loss of what counting says of a letter after a context: its share there, each letter counted a tenth more often than it was seen.
  private double countedLoss(Examples train, Examples examples) {
    Tensor counts = train.number(context).mul(N).add(train.next).bincount((int) Math.pow(N, context + 1)).reshape(-1, N).toDouble()
        .add(0.1);
    return counts.div(counts.sum(1, true)).log().embedding(examples.number(context)).nllLoss(examples.next).itemDouble();
  }

  private String sampled(Mlp model) {
    StringBuilder name = new StringBuilder(".".repeat(context));
    do {
      int[] letters = name.substring(name.length() - context).chars().map(LETTERS::indexOf).toArray();
      Tensor p = model.forward(Tensor.of(letters, 1, context)).softmax(1);
      name.append(LETTERS.charAt((int) p.multinomial(1).itemLong()));
    } while (name.charAt(name.length() - 1) != '.');
    return name.substring(context, name.length() - 1);
  }
}
