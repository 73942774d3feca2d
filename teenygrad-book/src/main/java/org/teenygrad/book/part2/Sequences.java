package org.teenygrad.book.part2;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.teenygrad.AttentionOptions;
import org.teenygrad.DType;
import org.teenygrad.LossReduction;
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
import org.teenygrad.nn.LayerNorm;
import org.teenygrad.nn.Linear;
import org.teenygrad.nn.Module;
import org.teenygrad.nn.MultiHeadAttention;
import org.teenygrad.optim.AdamW;
import org.teenygrad.optim.CosineSchedule;
import org.teenygrad.optim.Optimizer;
import org.teenygrad.optim.ParameterGroup;
import org.teenygrad.plot.Panels;
import org.teenygrad.plot.Plot;
import org.teenygrad.train.Callback;
import org.teenygrad.train.Evaluation;
import org.teenygrad.train.Trainer;

/// Five ways to read a sequence and say what comes next, side by side on names: what differs is how a letter hears of those before it.
///
/// A convolution looks a fixed way back, doubling it with each layer. A recurrent network carries a state from letter
/// to letter, and gates decide what of it is kept. A transformer looks at all letters before and weighs them by what
/// they are.
@Section(number = "2.4", name = "sequences", title = "Names by CNN, RNN, LSTM, GRU and transformer: what each reaches, and what it costs",
    data = "a text with a name a line, in the letters a to z")
public record Sequences(
    @Help("which to train: all, or one of them") Which model,
    @Help("steps of AdamW for each model") int steps,
    @Help("names in a step") int batchSize,
    @Help("numbers that stand for a letter in each layer") int width,
    @Help("blocks of the transformer") int blocks,
    @Help("highest learning rate") double learningRate)
    implements Program {
  private static final String LETTERS = ".abcdefghijklmnopqrstuvwxyz";
  private static final int N = LETTERS.length();

  /// The target behind the end of a name, which no loss counts.
  private static final int NOTHING = -1;

  /// The names with which such models are usually compared, and what the transformer is expected to reach there.
  private static final int USUAL_NAMES = 32_033;

  private static final double USUAL_LOSS = 2.05;

  /// The models to train.
  public enum Which { ALL, CNN, RNN, LSTM, GRU, TRANSFORMER }

  public Sequences() {
    this(Which.ALL, 250, 64, 64, 2, 4e-3);
  }

  /// Reads letters (batch, time) and gives, for each, a score for each letter that may follow (batch, time, 27).
  interface Model extends Module {
    Tensor forward(Tensor letters);
  }

  /// WaveNet (van den Oord et al., 2016). Each layer looks at a letter's vector and at the one `dilation` places
  /// before; with dilations 1, 2, 4, 8 a letter hears of sixteen. Such a convolution is a linear layer over the two
  /// vectors, the same at each letter; half of its sums say what is there, the others, through a sigmoid, how much of
  /// it passes.
  record Cnn(Embedding letters, List<Dilated> layers, Linear output) implements Model {
    /// @param taps (2 width, 2 width), a filter and a gate over two letters
    record Dilated(Linear taps, Linear mix, int dilation) implements Module {
      static Dilated of(int width, int dilation) {
        return new Dilated(Linear.of(2 * width, 2 * width), Linear.of(width, width), dilation);
      }

      Tensor forward(Tensor x) { // (batch, time, width)
        Tensor before = x.padAxis(1, dilation, 0).slice(1, 0, x.size(1)); // zeros before the name: no letter sees a later one
        List<Tensor> sums = taps.forward(Tensor.cat(List.of(before, x), -1)).chunk(2, -1);
        return x.add(mix.forward(sums.get(0).tanh().mul(sums.get(1).sigmoid())));
      }
    }

    @Override
    public Tensor forward(Tensor ids) {
      Tensor x = letters.forward(ids);
      for (Dilated layer : layers) {
        x = layer.forward(x);
      }
      return output.forward(x.relu());
    }
  }

  /// A state h goes from letter to letter (Elman, 1990). In an LSTM (Hochreiter and Schmidhuber, 1997) a second one, c,
  /// is only ever multiplied by a forget gate and added to, so that gradients reach far back; a GRU (Cho et al., 2014)
  /// does with one state and two gates.
  ///
  /// @param input (gates * width, width), what comes from the letter
  /// @param state (gates * width, width), what comes from the state
  record Recurrent(Which kind, Embedding letters, Linear input, Linear state, Linear output) implements Model {
    static Recurrent of(Which kind, int width) {
      int gates = kind == Which.LSTM ? 4 : kind == Which.GRU ? 3 : 1;
      return new Recurrent(kind, Embedding.of(N, width), Linear.of(width, gates * width), Linear.of(width, gates * width),
          Linear.of(width, N));
    }

    @Override
    public Tensor forward(Tensor ids) {
      Tensor fromLetters = input.forward(letters.forward(ids)); // (batch, time, gates * width): one product for all letters
      Tensor h = Tensor.zeros(ids.size(0), output.weight().size(1));
      Tensor c = h;
      List<Tensor> states = new ArrayList<>();
      for (Tensor x : fromLetters.unbind(1)) {
        Tensor past = state.forward(h);
        switch (kind) {
          case LSTM -> {
            List<Tensor> gate = x.add(past).chunk(4, -1); // input, forget, cell, output
            c = gate.get(1).sigmoid().mul(c).add(gate.get(0).sigmoid().mul(gate.get(2).tanh()));
            h = gate.get(3).sigmoid().mul(c.tanh());
          }
          case GRU -> {
            List<Tensor> letter = x.chunk(3, -1); // reset, update, new
            List<Tensor> before = past.chunk(3, -1);
            Tensor reset = letter.get(0).add(before.get(0)).sigmoid();
            Tensor update = letter.get(1).add(before.get(1)).sigmoid();
            Tensor fresh = letter.get(2).add(reset.mul(before.get(2))).tanh();
            h = update.mul(h).add(update.rsub(1).mul(fresh));
          }
          default -> h = x.add(past).tanh();
        }
        states.add(h);
      }
      return output.forward(Tensor.stack(states, 1));
    }
  }

  /// A transformer's decoder (Vaswani et al., 2017; norms first, as in GPT-2). Attention brings what earlier letters
  /// have to say, a perceptron works on it, and both add to a stream of vectors.
  record Transformer(Embedding letters, Embedding places, List<Block> blocks, LayerNorm norm, Linear output) implements Model {
    record Block(LayerNorm norm1, MultiHeadAttention attention, LayerNorm norm2, Linear up, Linear down) implements Module {
      static Block of(int width) {
        return new Block(LayerNorm.of(width), MultiHeadAttention.of(width, 4), LayerNorm.of(width), Linear.of(width, 4 * width),
            Linear.of(4 * width, width));
      }

      Tensor forward(Tensor x) {
        x = x.add(attention.forward(norm1.forward(x), AttentionOptions.CAUSAL));
        return x.add(down.forward(up.forward(norm2.forward(x)).gelu()));
      }
    }

    @Override
    public Tensor forward(Tensor ids) {
      Tensor x = letters.forward(ids).add(places.forward(Tensor.arange(ids.size(1), DType.INT32)));
      for (Block block : blocks) {
        x = block.forward(x);
      }
      return output.forward(norm.forward(x));
    }
  }

  @Override
  public void run(Page page) {
    List<String> names = new ArrayList<>(Names.of(page));
    Collections.shuffle(names, new Random(42));
    int time = names.stream().mapToInt(String::length).max().orElseThrow() + 1;
    List<String> seen = names.subList(0, names.size() * 9 / 10);
    List<String> heldOut = names.subList(seen.size(), names.size());
    Init small = Init.normal(0.02);
    Map<Which, Supplier<Model>> models = new LinkedHashMap<>();
    models.put(Which.CNN, () -> new Cnn(Embedding.of(N, width), IntStream.of(1, 2, 4, 8).mapToObj(d -> Cnn.Dilated.of(width, d)).toList(),
        Linear.of(width, N)));
    Stream.of(Which.RNN, Which.LSTM, Which.GRU).forEach(kind -> models.put(kind, () -> Recurrent.of(kind, width)));
    models.put(Which.TRANSFORMER, () -> new Transformer(Embedding.of(N, width, small), Embedding.of(time, width, small),
        Stream.generate(() -> Transformer.Block.of(width)).limit(blocks).toList(), LayerNorm.of(width), Linear.of(width, N)));

    double counted = bigramLoss(seen, heldOut);
    page.say("%,d names to learn from, %,d held out; a table of letter pairs costs %.4f nats a letter there.%n", seen.size(),
        heldOut.size(), counted);
    Plot overTime = Plot.of("by time").x("time (s)").y("validation loss (nats a letter)");
    Plot bySize = Plot.of("by size").x("parameters").y("best validation loss").logX();
    List<List<Object>> rows = new ArrayList<>();
    Map<Which, Double> best = new LinkedHashMap<>();
    models.forEach((kind, made) -> {
      if (model == Which.ALL || model == kind) {
        Model trained = made.get();
        page.say("%s, %,d parameters:", kind, trained.parameterCount());
        Curve curve = train(page, trained, examples(seen, time), examples(heldOut, time));
        best.put(kind, curve.best());
        String label = kind.toString();
        overTime.path(label, curve.xs(), curve.ys());
        bySize.points(label, new double[] {trained.parameterCount()}, new double[] {curve.best()});
        rows.add(List.of(label, trained.parameterCount(), curve.best(), curve.xs()[curve.xs().length - 1],
            String.join(" ", sampled(trained, time))));
      }
    });
    page.say("");
    page.table(List.of("model", "parameters", "best validation", "seconds", "drawn from it"), rows);
    overTime.horizontal("pairs of letters", counted);
    page.picture("sequences", Panels.of("Readers of names", 2, overTime, bySize)::write);
    page.claim("what the weakest gains over pairs of letters (nats)", counted - Collections.max(best.values())).isAtLeast(0);
    if (names.size() == USUAL_NAMES && best.containsKey(Which.TRANSFORMER)) {
      page.claim("validation loss of the transformer", best.get(Which.TRANSFORMER)).isAtMost(USUAL_LOSS);
    }
  }

  /// For each name a dot and its letters, and as targets its letters and a dot; what is behind is not counted.
  private static Dataset examples(List<String> names, int time) {
    int[] letters = new int[names.size() * time];
    int[] next = new int[names.size() * time];
    Arrays.fill(next, NOTHING);
    for (int i = 0; i < names.size(); i++) {
      String name = "." + names.get(i) + ".";
      for (int at = 0; at + 1 < name.length(); at++) {
        letters[i * time + at] = LETTERS.indexOf(name.charAt(at));
        next[i * time + at] = LETTERS.indexOf(name.charAt(at + 1));
      }
    }
    return Dataset.of(Tensor.of(letters, names.size(), time), Tensor.of(next, names.size(), time));
  }

  /// @param xs seconds
  /// @param ys validation losses
  private record Curve(double[] xs, double[] ys) {
    double best() {
      return Arrays.stream(ys).min().orElseThrow();
    }
  }

  private Curve train(Page page, Model network, Dataset seen, Dataset heldOut) {
    List<Double> seconds = new ArrayList<>();
    List<Double> losses = new ArrayList<>();
    Optimizer adam = new AdamW(ParameterGroup.decayingMatrices(network.namedParameters(), learningRate, 0.1), 0.9, 0.99, 1e-8).clipNorm(1);
    long start = System.nanoTime();
    Trainer.of(network, adam, DataLoader.of(seen, batchSize).shuffle(1337).dropLast(),
            (m, batch) -> m.forward(batch.inputs()).flatten(0, 1).crossEntropy(batch.targets().flatten(), NOTHING, LossReduction.MEAN, 0))
        .learningRate(new CosineSchedule(learningRate, learningRate / 100, steps / 10, steps))
        .evaluate("validation", DataLoader.of(heldOut, heldOut.size()))
        .iterations(steps).every(Math.ceilDiv(steps, 5))
        .callback(new Callback() {
          @Override
          public void evaluated(Evaluation evaluation) {
            seconds.add((System.nanoTime() - start) / 1e9);
            losses.add(evaluation.metric("validation_loss"));
            page.say("  after %,5d steps, %3.0f s: %.4f", evaluation.iteration(), seconds.getLast(), losses.getLast());
          }
        }).train();
    return new Curve(seconds.stream().mapToDouble(s -> s).toArray(), losses.stream().mapToDouble(l -> l).toArray());
  }

  /// What chapter 1's table of pairs, each counted a tenth more often than it was seen, costs on names that were held out.
  static double bigramLoss(List<String> seen, List<String> heldOut) {
    double[][] counts = new double[N][N];
    Arrays.stream(counts).forEach(row -> Arrays.fill(row, 0.1));
    seen.forEach(name -> pairs(name).forEach(pair -> counts[pair / N][pair % N]++));
    return heldOut.stream().flatMapToInt(Sequences::pairs)
        .mapToDouble(pair -> -Math.log(counts[pair / N][pair % N] / Arrays.stream(counts[pair / N]).sum())).average().orElseThrow();
  }

  private static IntStream pairs(String name) {
    String all = "." + name + ".";
    return IntStream.rangeClosed(0, name.length()).map(i -> LETTERS.indexOf(all.charAt(i)) * N + LETTERS.indexOf(all.charAt(i + 1)));
  }

  /// Three names, letter by letter.
  private static List<String> sampled(Model model, int time) {
    int count = 3;
    Tensor letters = Tensor.zeros(DType.INT32, count, time).realize();
    for (int at = 0; at + 1 < time; at++) {
      Tensor next = model.forward(letters).select(1, at).softmax(-1).multinomial(1).toInt();
      letters = letters.at("..., " + (at + 1) + ":" + (at + 2)).with(next).realize();
    }
    int[] ids = letters.toIntArray();
    return IntStream.range(0, count).mapToObj(i -> IntStream.range(i * time + 1, (i + 1) * time).map(at -> ids[at]).takeWhile(id -> id != 0)
        .collect(StringBuilder::new, (text, id) -> text.append(LETTERS.charAt(id)), StringBuilder::append).toString()).toList();
  }
}
