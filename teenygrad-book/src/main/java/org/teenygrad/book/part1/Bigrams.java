package org.teenygrad.book.part1;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.book.Names;
import org.teenygrad.book.Page;
import org.teenygrad.book.Program;
import org.teenygrad.book.Section;
import org.teenygrad.models.settings.Help;
import org.teenygrad.optim.Adam;
import org.teenygrad.plot.Plot;

/// A language model is a conditional probability: which letter comes next, given those before?
///
/// A bigram model looks at one letter only (Markov, 1913). What it says is a table of 27 x 27 probabilities P(b | a): 26 letters and a dot,
/// which stands before and after each name. The table that makes the names most probable is found twice: by counting
/// pairs, and by going down the gradient of the negative log-likelihood from a table that knows nothing. Then the model
/// looks at more letters, until it only knows names by heart.
@Section(number = "1.1", name = "bigrams", title = "Names letter by letter: the same table of probabilities by counting and by gradient",
    data = "a text with a name a line, in the letters a to z")
public record Bigrams(
    @Help("steps of gradient descent") int steps,
    @Help("learning rate of gradient descent") double learningRate,
    @Help("names to sample") int samples,
    @Help("counts that each n-gram has before any is seen, where names are held out") double pseudoCount)
    implements Program {
  private static final String LETTERS = ".abcdefghijklmnopqrstuvwxyz";
  private static final int N = LETTERS.length();

  /// The names with which this model is usually shown, and what the best table then reaches.
  private static final int USUAL_NAMES = 32_033;

  private static final double USUAL_LOSS = 2.4540;

  public Bigrams() {
    this(400, 0.2, 8, 0.1);
  }

  /// @throws IllegalArgumentException if there is no step or the pseudo-count is not positive
  public Bigrams {
    if (steps < 1 || samples < 0 || !(pseudoCount > 0)) {
      throw new IllegalArgumentException("steps must be at least 1, samples 0, and pseudo_count above 0, not " + steps + ", " + samples
          + " and " + pseudoCount);
    }
  }

  @Override
  public void run(Page page) {
    List<String> names = Names.of(page);
    Tensor pairs = ngrams(names, 2); // (pairs, 2): a letter and the next
    page.say("%,d names are %,d pairs of letters, counting the dots around each.", names.size(), pairs.shape().size(0));

    Tensor table = conditional(counts(pairs), 0);
    double counted = loss(table, pairs);
    page.picture("bigrams", heatMap(table)::write);
    page.say("%nDrawn from the table, letter by letter: %s", String.join(" ", sampled(table)));
    page.say("A letter costs %.4f nats; if all were equally probable, ln 27 = %.4f.", counted, Math.log(N));

    Tensor descended = byGradient(page, pairs);
    Tensor shares = counts(pairs).toDouble().sum(1, true).div(pairs.shape().size(0)); // P(a)
    longerContexts(page, names);
    page.claim("negative log-likelihood by gradient", loss(descended, pairs)).isNear(counted, 5e-4);
    page.claim("tables of both ways: largest difference of P(a, b)", table.sub(descended).mul(shares).abs().max().itemDouble())
        .isAtMost(1e-3);
    if (names.size() == USUAL_NAMES) {
      page.claim("negative log-likelihood by counting", counted).isNear(USUAL_LOSS, 5e-4);
    } else {
      page.claim("negative log-likelihood by counting", counted).isAtMost(Math.log(N));
    }
  }

  /// All runs of n letters; before a name stand n - 1 dots, behind it one.
  private static Tensor ngrams(List<String> names, int n) {
    int[] letters = names.stream()
        .map(name -> ".".repeat(n - 1) + name + ".")
        .flatMapToInt(name -> IntStream.rangeClosed(0, name.length() - n).flatMap(at -> name.substring(at, at + n).chars()))
        .map(letter -> LETTERS.indexOf(letter)).toArray();
    return Tensor.of(letters, letters.length / n, n);
  }

  /// How often each n-gram occurs: (27^(n - 1), 27), a row for each context. An n-gram is a number of n digits to the base 27.
  private static Tensor counts(Tensor ngrams) {
    int n = ngrams.shape().size(1);
    Tensor number = Tensor.zeros(DType.INT32, ngrams.shape().size(0));
    for (int i = 0; i < n; i++) {
      number = number.mul(N).add(ngrams.select(1, i));
    }
    return number.bincount((int) Math.pow(N, n)).reshape(-1, N);
  }

  /// P(b | a) = count(a, b) / count(a). With pseudo-counts (a Dirichlet prior) nothing is impossible.
  private static Tensor conditional(Tensor counts, double pseudoCount) {
    Tensor seen = counts.toDouble().add(pseudoCount);
    return seen.div(seen.sum(1, true).clampMin(1e-300));
  }

  /// The mean of -ln P(b | a) over all n-grams.
  private static double loss(Tensor table, Tensor ngrams) {
    Tensor counts = counts(ngrams).toDouble();
    return counts.xlogy(table).sum().neg().div(counts.sum()).itemDouble();
  }

  /// Softmax makes a row of probabilities of any row of numbers, so that gradient descent may go where it wants.
  private Tensor byGradient(Page page, Tensor pairs) {
    Tensor logits = Tensor.zeros(N, N).requiresGrad();
    Adam adam = new Adam(Map.of("logits", logits), learningRate);
    for (int step = 1; step <= steps; step++) {
      Tensor loss = logits.embedding(pairs.select(1, 0)).crossEntropy(pairs.select(1, 1));
      adam.step(loss);
      if (step == 1 || step == 10 || step == steps / 4 || step == steps) {
        page.say("  step %3d of gradient descent: %.4f nats", step, loss.itemDouble());
      }
    }
    return logits.detach().toDouble().softmax(1);
  }

  /// Every tenth name is held out: what a longer context gains on names it has seen, it loses on names it has not.
  private void longerContexts(Page page, List<String> names) {
    List<String> heldOut = IntStream.range(0, names.size()).filter(i -> i % 10 == 9).mapToObj(names::get).toList();
    List<String> seen = IntStream.range(0, names.size()).filter(i -> i % 10 != 9).mapToObj(names::get).toList();
    List<List<Object>> rows = new ArrayList<>();
    for (int n = 1; n <= 4; n++) {
      Tensor table = conditional(counts(ngrams(seen, n)), pseudoCount);
      rows.add(List.of(n, table.shape().size(0), loss(table, ngrams(seen, n)),
          heldOut.isEmpty() ? Double.NaN : loss(table, ngrams(heldOut, n))));
    }
    page.say("%nWith more letters before the next one, every tenth name held out:");
    page.table(List.of("n", "contexts", "names seen", "names held out"), rows);
  }

  private List<String> sampled(Tensor table) {
    return IntStream.range(0, samples).mapToObj(sample -> {
      List<Integer> letters = new ArrayList<>(List.of(0));
      do {
        letters.add((int) table.select(0, letters.getLast()).multinomial(1).itemLong());
      } while (letters.getLast() != 0);
      return letters.stream().filter(letter -> letter != 0).map(letter -> LETTERS.substring(letter, letter + 1))
          .collect(Collectors.joining());
    }).toList();
  }

  private static Plot heatMap(Tensor table) {
    List<String> letters = LETTERS.chars().mapToObj(Character::toString).toList();
    double[][] rows = table.toDoubleMatrix();
    return Plot.of("Which letter comes next").x("next letter").y("letter before").heatMap(rows, letters, letters)
        .colorLabel("P(next | before)");
  }
}
