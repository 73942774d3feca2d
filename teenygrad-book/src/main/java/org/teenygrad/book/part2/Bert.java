package org.teenygrad.book.part2;

import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.teenygrad.DType;
import org.teenygrad.LossReduction;
import org.teenygrad.Tensor;
import org.teenygrad.book.Page;
import org.teenygrad.book.Program;
import org.teenygrad.book.Section;
import org.teenygrad.data.Batch;
import org.teenygrad.data.DataLoader;
import org.teenygrad.data.TextFile;
import org.teenygrad.data.TokenDataset;
import org.teenygrad.models.settings.Help;
import org.teenygrad.models.stories.StoryCorpus;
import org.teenygrad.nn.Embedding;
import org.teenygrad.nn.Init;
import org.teenygrad.nn.LayerNorm;
import org.teenygrad.nn.Linear;
import org.teenygrad.nn.Module;
import org.teenygrad.optim.AdamW;
import org.teenygrad.optim.CosineSchedule;
import org.teenygrad.optim.Optimizer;
import org.teenygrad.optim.ParameterGroup;
import org.teenygrad.plot.Panels;
import org.teenygrad.plot.Plot;

/// BERT (Devlin, Chang, Lee and Toutanova, 2019): a transformer that sees a text from both sides and fills in the words
/// that were taken out of it.
///
/// A GPT may not look at what it is to predict, so it never sees what follows a word. Here some words are replaced by
/// `[MASK]`, all positions look at all others, and the loss asks for the words that were there. What the model knows of a
/// word it has from its neighbours on both sides.
@Section(number = "2.4", name = "bert", title = "BERT: a transformer that fills in the blanks of a story, and where it looks for them",
    data = "a text in UTF-8")
public record Bert(
    @Help("steps of AdamW") int steps,
    @Help("passages in a step") int batchSize,
    @Help("words in a passage") int time,
    @Help("numbers that stand for a word") int width,
    @Help("transformer blocks") int blocks,
    @Help("highest learning rate") double learningRate)
    implements Program {
  private static final Pattern WORD = Pattern.compile("[\\p{L}']+|[^\\s\\p{L}']");
  private static final int HEADS = 4;
  private static final int MOST_WORDS = 2000;

  /// What no loss counts.
  private static final int NOT_ASKED = -1;

  public Bert() {
    this(700, 32, 32, 64, 2, 4e-3);
  }

  /// The distinct words of a text, the most frequent first; behind them one for all that are too rare, and the mask.
  record Vocabulary(List<String> words) {
    static Vocabulary of(List<String> text) {
      Map<String, Long> counts = text.stream().collect(Collectors.groupingBy(word -> word, HashMap::new, Collectors.counting()));
      return new Vocabulary(Stream.concat(
          counts.entrySet().stream()
              .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder()).thenComparing(Map.Entry.comparingByKey()))
              .map(Map.Entry::getKey).limit(MOST_WORDS),
          Stream.of("[RARE]", "[MASK]")).toList());
    }

    int mask() {
      return words.size() - 1;
    }

    int[] encode(List<String> text) {
      Map<String, Integer> numbers = new HashMap<>();
      words.forEach(word -> numbers.put(word, numbers.size()));
      return text.stream().mapToInt(word -> numbers.getOrDefault(word, words.size() - 2)).toArray();
    }
  }

  /// Each position asks (q), is found (k) and says something (v); what it hears is what all positions say, weighed by
  /// how well they fit what it asks.
  record Attention(Linear q, Linear k, Linear v, Linear out) implements Module {
    /// @param x (batch, time, width)
    /// @return how much each position looks at each (batch, heads, time, time); rows sum to 1
    Tensor weights(Tensor x) {
      Tensor scores = split(q.forward(x)).matmul(split(k.forward(x)).transpose(2, 3));
      return scores.div(Math.sqrt((double) x.size(2) / HEADS)).softmax(-1);
    }

    Tensor forward(Tensor x) {
      return out.forward(weights(x).matmul(split(v.forward(x))).transpose(1, 2).flatten(2, 3));
    }

    /// (batch, heads, time, width / heads)
    private static Tensor split(Tensor x) {
      return x.unflatten(-1, HEADS, -1).transpose(1, 2);
    }
  }

  record Block(LayerNorm norm1, Attention attention, LayerNorm norm2, Linear up, Linear down) implements Module {
    static Block of(int width) {
      Init init = Init.normal(0.05);
      return new Block(LayerNorm.of(width), new Attention(square(width, init), square(width, init), square(width, init),
          square(width, init)),
          LayerNorm.of(width), Linear.of(width, 4 * width, init, Init.ZEROS), Linear.of(4 * width, width, init, Init.ZEROS));
    }

    private static Linear square(int width, Init init) {
      return Linear.of(width, width, init, Init.ZEROS);
    }

    Tensor forward(Tensor x) {
      x = x.add(attention.forward(norm1.forward(x)));
      return x.add(down.forward(up.forward(norm2.forward(x)).gelu()));
    }
  }

  /// The scores of words are products with the vectors that stand for them: one table for both.
  record Encoder(Embedding words, Embedding places, List<Block> blocks, LayerNorm norm) implements Module {
    Tensor forward(Tensor ids) { // (batch, time) to (batch, time, vocabulary)
      return norm.forward(stream(ids, blocks.size())).linear(words.weight());
    }

    /// The vectors behind the first blocks.
    Tensor stream(Tensor ids, int depth) {
      Tensor x = words.forward(ids).add(places.forward(Tensor.arange(ids.size(1), DType.INT32)));
      for (Block block : blocks.subList(0, depth)) {
        x = block.forward(x);
      }
      return x;
    }
  }

  /// A passage with blanks.
  /// @param answers the word where it is asked for, else [#NOT_ASKED]
  record Blanks(Tensor ids, Tensor answers) {
    /// Asks for 15 % of the words. Of these, 80 % become the mask, 10 % another word and 10 % stay: so the model has to
    /// doubt each word that it sees.
    static Blanks of(Tensor ids, Vocabulary vocabulary) {
      Tensor dice = Tensor.rand(ids.shape().toArray());
      Tensor others = Tensor.randint(0, vocabulary.words.size() - 2, ids.shape().toArray()).toInt();
      Tensor seen = dice.lt(0.12).where(vocabulary.mask(), dice.lt(0.135).where(others, ids));
      return new Blanks(seen, dice.lt(0.15).where(ids, NOT_ASKED));
    }

    Tensor loss(Encoder encoder) {
      return encoder.forward(ids).flatten(0, 1).crossEntropy(answers.flatten(), NOT_ASKED, LossReduction.MEAN, 0);
    }

    /// The share of words that `guesses` has right where they are asked for.
    double accuracy(Tensor guesses) {
      Tensor asked = answers.ne(NOT_ASKED);
      return guesses.eq(answers).logicalAnd(asked).toDouble().sum().div(asked.toDouble().sum()).itemDouble();
    }
  }

  @Override
  public void run(Page page) {
    List<String> text = WORD.matcher(page.data().map(TextFile::read).orElseGet(StoryCorpus::text)).results().map(MatchResult::group)
        .map(word -> word.toLowerCase(Locale.ROOT)).toList();
    Vocabulary vocabulary = Vocabulary.of(text);
    TokenDataset.Split tokens = TokenDataset.split("the text", vocabulary.encode(text)).requireBlocksOf(time);
    Encoder encoder = new Encoder(Embedding.of(vocabulary.words.size(), width, Init.normal(0.05)),
        Embedding.of(time, width, Init.normal(0.05)),
        Stream.generate(() -> Block.of(width)).limit(blocks).toList(), LayerNorm.of(width));
    page.say("%,d words, %,d of them distinct; the last tenth is held out. %,d parameters.", text.size(), vocabulary.words.size() - 2,
        encoder.parameterCount());

    Tensor heldOut = passages(tokens.validation());
    Blanks blanks = Blanks.of(heldOut, vocabulary);
    blanks = new Blanks(blanks.ids.realize(), blanks.answers.realize());
    train(page, encoder, vocabulary, tokens.train(), blanks);
    page.keep(encoder, encoder::forward, Tensor.zeros(DType.INT64, 1, time));
    double learned = blanks.accuracy(guesses(encoder, blanks.ids));
    double unigram = blanks.accuracy(Tensor.zeros(DType.INT32, blanks.ids.shape().toArray())); // word 0 is the most frequent
    fillIn(page, encoder, vocabulary, heldOut);
    page.say("%nAlways guessing '%s', the most frequent word, is right for %.1f %% of the blanks.", vocabulary.words.getFirst(),
        100 * unigram);
    page.claim("masked words found in held-out text (%)", 100 * learned).isAtLeast(100 * 3 * unigram);
  }

  /// A text in passages side by side: (passages, time).
  private Tensor passages(TokenDataset text) {
    int[] starts = IntStream.iterate(0, at -> at + time < text.size(), at -> at + time).toArray();
    return DataLoader.of(text.windows(time).subset(starts), starts.length).iterator().next().inputs();
  }

  private void train(Page page, Encoder encoder, Vocabulary vocabulary, TokenDataset text, Blanks heldOut) {
    Optimizer adam = new AdamW(ParameterGroup.decayingMatrices(encoder.namedParameters(), learningRate, 0.1), 0.9, 0.98, 1e-8).clipNorm(1);
    CosineSchedule rates = new CosineSchedule(learningRate, learningRate / 50, steps / 10, steps);
    Iterator<Batch> batches = DataLoader.of(text.windows(time), batchSize).withReplacement(1337).iterator();
    for (int step = 0; step < steps; step++) {
      adam.learningRate(rates.at(step));
      Tensor loss = Blanks.of(batches.next().inputs(), vocabulary).loss(encoder);
      adam.step(loss);
      if ((step + 1) % Math.max(1, steps / 5) == 0) {
        page.say("  after %,5d steps: %4.1f %% of the blanks", step + 1, 100 * heldOut.accuracy(guesses(encoder, heldOut.ids)));
      }
    }
  }

  private static Tensor guesses(Encoder encoder, Tensor ids) {
    return Tensor.cat(ids.split(64, 0).stream().map(part -> encoder.forward(part).argmax(-1).toInt().realize()).toList(), 0);
  }

  /// Takes the middle word out of some passages, says what the model would put there, and draws where the blank of the first looks for it.
  private void fillIn(Page page, Encoder encoder, Vocabulary vocabulary, Tensor heldOut) {
    page.say("%nSome blanks in text that it has not seen:");
    int middle = time / 2;
    boolean drawn = false;
    for (int passage = 0, shown = 0; passage < heldOut.size(0) && shown < 5; passage += 7) {
      int[] ids = heldOut.select(0, passage).toIntArray();
      String answer = vocabulary.words.get(ids[middle]);
      if (answer.length() > 3 && ids[middle] < vocabulary.words.size() - 2) {
        ids[middle] = vocabulary.mask();
        Tensor seen = Tensor.of(ids, 1, time);
        double[] p = encoder.forward(seen).select(0, 0).select(0, middle).softmax(-1).toDoubleArray();
        String words = IntStream.range(Math.max(0, middle - 6), Math.min(time, middle + 6))
            .mapToObj(at -> at == middle ? "____" : vocabulary.words.get(ids[at])).collect(Collectors.joining(" "));
        String guesses = IntStream.range(0, p.length).boxed().sorted(Comparator.comparing(word -> -p[word])).limit(3)
            .map(word -> String.format(Locale.ROOT, "%s %.0f %%", vocabulary.words.get(word), 100 * p[word]))
            .collect(Collectors.joining(", "));
        page.say("  %s%n    was %s; guessed %s", words, answer, guesses);
        shown++;
        if (!drawn) {
          draw(page, encoder, seen, Arrays.stream(ids).mapToObj(vocabulary.words::get).toList());
          drawn = true;
        }
      }
    }
  }

  private void draw(Page page, Encoder encoder, Tensor seen, List<String> words) {
    int from = time / 2 - 7;
    List<String> near = words.subList(from, from + 14);
    Block last = encoder.blocks.getLast();
    Tensor weights = last.attention.weights(last.norm1.forward(encoder.stream(seen, blocks - 1))).select(0, 0).slice(1, from, from + 14)
        .slice(2, from, from + 14);
    List<Plot> heads = IntStream.range(0, HEADS).mapToObj(head -> Plot.of("head " + (head + 1)).x("looked at").y("looks").heatMap(
        weights.select(0, head).toDoubleMatrix(), near, near)).toList();
    page.picture("bert", new Panels("Where the words of a passage look in the last block", 2, heads)::write);
  }
}
