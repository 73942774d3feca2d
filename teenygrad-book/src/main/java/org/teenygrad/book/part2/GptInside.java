package org.teenygrad.book.part2;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.teenygrad.Tensor;
import org.teenygrad.book.Page;
import org.teenygrad.book.Program;
import org.teenygrad.book.Section;
import org.teenygrad.data.Batch;
import org.teenygrad.data.CharTokenizer;
import org.teenygrad.data.DataLoader;
import org.teenygrad.data.TokenDataset;
import org.teenygrad.models.inference.Sampling;
import org.teenygrad.models.nanogpt.Corpus;
import org.teenygrad.models.nanogpt.Gpt;
import org.teenygrad.models.nanogpt.GptConfig;
import org.teenygrad.models.settings.Help;
import org.teenygrad.nn.ForwardHook;
import org.teenygrad.optim.AdamW;
import org.teenygrad.optim.CosineSchedule;
import org.teenygrad.optim.Optimizer;
import org.teenygrad.optim.ParameterGroup;
import org.teenygrad.plot.Panels;
import org.teenygrad.plot.Plot;

/// What a small GPT (`org.teenygrad.models.nanogpt`) has learned of a text: the probabilities of the next character,
/// and where each character looks.
///
/// The model computes attention inside of one operation and keeps no weights. A [ForwardHook] sees what the projection
/// before it gives, queries, keys and values side by side, and softmax(q kᵀ / sqrt(headDim)) over the characters so far
/// is done here once more.
@Section(number = "2.4", name = "gpt", title = "Inside a small GPT: the next character's probabilities, and where each character looks",
    data = "a text in UTF-8")
public record GptInside(
    @Help("steps of AdamW") int steps,
    @Help("passages in a step") int batchSize,
    @Help("characters in a passage") int blockSize,
    @Help("transformer blocks") int nLayer,
    @Help("numbers that stand for a character") int nEmbd,
    @Help("highest learning rate") double learningRate)
    implements Program {
  private static final int HEADS = 4;

  /// Characters whose attention is drawn.
  private static final int DRAWN = 16;

  public GptInside() {
    this(900, 16, 64, 3, 64, 4e-3);
  }

  /// @throws IllegalArgumentException if a passage is too short to draw, or there is no step
  public GptInside {
    if (blockSize < DRAWN || steps < 1) {
      throw new IllegalArgumentException("block_size must be at least " + DRAWN + " and steps 1, not " + blockSize + " and " + steps);
    }
  }

  @Override
  public void run(Page page) {
    Corpus corpus = page.data().map(Corpus::of).orElseGet(Corpus::stories);
    CharTokenizer characters = corpus.tokenizer();
    TokenDataset.Split tokens = corpus.tokens().requireBlocksOf(blockSize);
    Gpt model = Gpt.of(new GptConfig(characters.vocabularySize(), blockSize, nLayer, HEADS, nEmbd, 0, false));
    page.say("%,d characters, %d of them distinct; the last tenth is held out. %,d parameters.", corpus.size(),
        characters.vocabularySize(), model.parameterCount());
    train(page, model, tokens);

    Tensor heldOut = passages(tokens.validation()).slice(0, 0, 1);
    String text = characters.decode(heldOut.toIntArray());
    bars(page, model, characters, text);
    double error = attention(page, model, heldOut.slice(1, 0, DRAWN), text.substring(0, DRAWN));
    StringBuilder sample = new StringBuilder();
    model.generate(heldOut.toIntArray(), 120, new Sampling(0.7, 0, 1, 1),
        token -> sample.append(characters.decode(token)));
    page.say("%nIt goes on from held-out text: ...%s|%s", visible(text.substring(blockSize - 20)), visible(sample.toString()));
    page.claim("largest difference between the attention drawn and the model's own", error).isAtMost(1e-4);
    double learned = loss(model, tokens.validation());
    page.claim("what it gains over counts of pairs on held-out text (nats a character)",
        pairLoss(batch(tokens.train(), Integer.MAX_VALUE), batch(tokens.validation(), 128), characters.vocabularySize()) - learned)
        .isAtLeast(0.4);
  }

  private void train(Page page, Gpt model, TokenDataset.Split tokens) {
    Optimizer adam = new AdamW(ParameterGroup.decayingMatrices(model.namedParameters(), learningRate, 0.1), 0.9, 0.99, 1e-8).clipNorm(1);
    CosineSchedule rates = new CosineSchedule(learningRate, learningRate / 50, steps / 10, steps);
    Iterator<Batch> batches = DataLoader.of(tokens.train().windows(blockSize), batchSize).withReplacement(1337).iterator();
    for (int step = 0; step < steps; step++) {
      Batch batch = batches.next();
      adam.learningRate(rates.at(step));
      adam.step(model.loss(batch.inputs(), batch.targets()));
      if ((step + 1) % Math.max(1, steps / 5) == 0) {
        page.say("  after %,5d steps: %.4f nats a character on held-out text", step + 1, loss(model, tokens.validation()));
      }
    }
  }

  /// A text in passages side by side, and what follows each character: each (passages, time).
  private Batch batch(TokenDataset text, int most) {
    int[] starts = IntStream.iterate(0, at -> at + blockSize < text.size(), at -> at + blockSize).limit(most).toArray();
    return DataLoader.of(text.windows(blockSize).subset(starts), starts.length).iterator().next();
  }

  private Tensor passages(TokenDataset text) {
    return batch(text, 1).inputs();
  }

  private double loss(Gpt model, TokenDataset text) {
    Batch some = batch(text, 128);
    return model.loss(some.inputs(), some.targets()).itemDouble();
  }

  /// What chapter 1's table of pairs costs on the same held-out text, each of n x n counted a tenth more often than it was seen.
  static double pairLoss(Batch seen, Batch heldOut, int n) {
    Tensor counts = pairs(seen, n).bincount(n * n).reshape(n, n).toDouble().add(0.1);
    return counts.div(counts.sum(1, true)).log().neg().flatten().indexSelect(0, pairs(heldOut, n)).mean().itemDouble();
  }

  private static Tensor pairs(Batch batch, int n) {
    return batch.inputs().mul(n).add(batch.targets()).flatten();
  }

  /// Four places in a text: what the model expects there.
  private void bars(Page page, Gpt model, CharTokenizer characters, String text) {
    List<Plot> plots = new ArrayList<>();
    for (int at : new int[] {blockSize / 4, blockSize / 2, 3 * blockSize / 4, blockSize - 1}) {
      double[] p = model.forward(Tensor.of(characters.encode(text.substring(0, at)), 1, at)).select(0, 0).select(0, at - 1).softmax(-1)
          .toDoubleArray();
      List<Integer> likeliest = IntStream.range(0, p.length).boxed().sorted(Comparator.comparing(token -> -p[token])).limit(8).toList();
      plots.add(Plot.of("..." + visible(text.substring(Math.max(0, at - 16), at))).x("next character").y("probability").yRange(0,
          1).bars("",
          likeliest.stream().map(token -> visible(characters.decode(token))).toList(), likeliest.stream().mapToDouble(token -> p[token])
              .toArray()));
    }
    page.picture("gpt-next", new Panels("What comes next?", 2, plots)::write);
  }

  /// Draws the heads of the last block.
  /// @return how much the block's attention, computed from the weights that are drawn, differs from what the model computed
  private double attention(Page page, Gpt model, Tensor ids, String text) {
    Gpt.CausalSelfAttention last = model.h().getLast().attn();
    List<Tensor> seen = new ArrayList<>();
    ForwardHook look = (module, input, output) -> {
      if (module == last.cAttn()) {
        seen.add(output); // queries, keys and values (1, time, 3 * nEmbd)
      } else if (module == last.cProj()) {
        seen.add(input); // what the heads have put together (1, time, nEmbd)
      }
      return output;
    };
    look.run(() -> model.forward(ids));
    List<Tensor> qkv = seen.getFirst().unflatten(-1, 3, HEADS, -1).permute(2, 0, 3, 1, 4).unbind(0); // each (1, heads, time, headDim)
    int time = ids.size(1);
    Tensor scores = qkv.get(0).matmul(qkv.get(1).transpose(2, 3)).div(Math.sqrt((double) nEmbd / HEADS));
    Tensor future = Tensor.ones(time, time).triu(1).toBool();
    Tensor weights = scores.maskedFill(future, Double.NEGATIVE_INFINITY).softmax(-1);
    List<String> names = text.chars().mapToObj(c -> visible(Character.toString(c))).toList();
    List<Plot> heads = IntStream.range(0, HEADS).mapToObj(head -> {
      double[][] rows = weights.select(0, 0).select(0, head).toDoubleMatrix();
      IntStream.range(0, time).forEach(row -> Arrays.fill(rows[row], row + 1, time, Double.NaN));
      return Plot.of("head " + (head + 1)).x("looked at").y("looks").heatMap(rows, names, names);
    }).toList();
    page.picture("gpt-attention", new Panels("Where characters look in the last block", 2, heads)::write);
    Tensor heard = weights.matmul(qkv.get(2)).transpose(1, 2).flatten(2, 3);
    return heard.sub(seen.get(1)).abs().max().itemDouble();
  }

  /// With signs for characters that are none.
  private static String visible(String text) {
    return text.replace('\n', '↵').replace(' ', '␣');
  }
}
