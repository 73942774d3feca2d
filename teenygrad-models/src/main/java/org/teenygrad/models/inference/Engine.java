package org.teenygrad.models.inference;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Tensor;
import org.teenygrad.models.inference.GeneratedToken.Alternative;
import org.teenygrad.models.inference.TokenSampler.Choice;
import org.teenygrad.nn.Mode;

/// Continues texts, several at a time: each step of the device reads one token of every row and chooses the next, which stays there as the
/// next step's input; the host learns of it while that step runs. A row that ends makes place for a request that waits.
///
/// What a request gets does not depend on who else is served: rows are computed by kernels that add in the same order however many there are,
/// and draw from random numbers of their own.
///
/// ```java
/// Engine engine = Engine.of(model, 8);
/// Generation answer = engine.submit(Request.of(prompt, 100, Sampling.GREEDY));
/// while (engine.step()) {}
/// answer.completion().text();
/// ```
/// One thread at a time may step; any may [#submit] and [cancel][Generation#cancel]. The model's parameters may change while nobody is served.
public final class Engine {
  /// Texts that are read in one pass have at most so many tokens together: a pass keeps activations of all of them.
  private static final int MOST_TOKENS = 1 << 14;

  /// What a seed is increased by for another sequence of random numbers: the golden ratio's bits, so that seeds that people choose stay apart.
  public static final long SEED_STEP = 0x9E3779B97F4A7C15L;

  private final CausalModel model;
  private final int mostRows;
  private final DeviceRows device;
  private final Queue<Generation> waiting = new ConcurrentLinkedQueue<>();

  /// What was handed to the device and not yet looked at.
  private final Deque<Launched> launched = new ArrayDeque<>();

  /// Who has which row of the device.
  private @Nullable Generation[] rows = new @Nullable Generation[0];

  private @Nullable TokenSampler sampler;

  private Engine(CausalModel model, int mostRows) {
    this.model = model;
    this.mostRows = mostRows;
    device = new DeviceRows(model);
  }

  /// @param mostRows how many texts are continued at once at most
  /// @throws IllegalArgumentException if there is no row
  public static Engine of(CausalModel model, int mostRows) {
    if (mostRows < 1) {
      throw new IllegalArgumentException("an engine needs at least 1 row, not " + mostRows);
    }
    return new Engine(model, mostRows);
  }

  /// Tokens that the device chooses.
  /// @param concerned who gets them, by row
  private record Launched(Choice choice, @Nullable Generation[] concerned) {}

  /// Adds a request to those that wait.
  /// @throws IllegalArgumentException if its prompt leaves no position for another token, or it names a token that is none of the model's
  public Generation submit(Request request) {
    int[] prompt = request.prompt();
    int left = model.maxPositions() - prompt.length + 1; // the last token needs no position: it is never read
    if (left < 1) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "a prompt of %d tokens cannot be continued: the model has %d positions", prompt.length, model.maxPositions()));
    }
    for (int token : prompt) {
      if (token < 0 || token >= model.vocabSize()) {
        throw new IllegalArgumentException("the prompt has token " + token + ", which is none of the model's " + model.vocabSize());
      }
    }
    for (int token : request.sampling().logitBias().keySet()) {
      if (token < 0 || token >= model.vocabSize()) {
        throw new IllegalArgumentException("a bias is given for token " + token + ", which is none of the model's " + model.vocabSize());
      }
    }
    Generation generation = new Generation(request, Math.min(request.maxNewTokens(), left));
    waiting.add(generation);
    return generation;
  }

  /// Serves requests to their end.
  /// @return what was added to each
  public List<Completion> generate(Collection<Request> requests) {
    List<Generation> generations = requests.stream().map(this::submit).toList();
    while (step()) {
      // until nobody is served
    }
    return generations.stream().map(Generation::completion).toList();
  }

  /// Hands one more step to the device and tells of the tokens of the one before.
  /// @return whether there is more to do
  public boolean step() {
    return Tensor.noGrad(() -> Mode.EVALUATION.call(this::stepped));
  }

  private boolean stepped() {
    dropCancelled();
    admit();
    if (running().anyMatch(Generation::isConstrained)) {
      tellBut(0);
    }
    boolean goesOn = append();
    tellBut(goesOn ? 1 : 0);
    return goesOn || !waiting.isEmpty();
  }

  /// Tells of what the device was handed, but for the last steps.
  private void tellBut(int steps) {
    while (launched.size() > steps) {
      tell(launched.remove());
    }
  }

  private void dropCancelled() {
    for (int row = 0; row < rows.length; row++) {
      Generation generation = rows[row];
      if (generation != null && generation.isCancelled()) {
        generation.finish(Completion.Reason.CANCELLED);
        release(row);
      }
    }
    waiting.removeIf(generation -> {
      if (generation.isCancelled()) {
        generation.finish(Completion.Reason.CANCELLED);
      }
      return generation.isCancelled();
    });
  }

  private void release(int row) {
    rows[row] = null;
    sampler = null;
  }

  private Stream<Generation> running() {
    return Arrays.stream(rows).filter(Objects::nonNull);
  }

  /// Gives free rows to those that wait, and has their texts read.
  private void admit() {
    if (waiting.isEmpty()) {
      return;
    }
    if (running().findAny().isEmpty()) {
      device.clear();
      rows = new @Nullable Generation[0];
    }
    int wanted = DeviceRows.rounded((int) running().count() + waiting.size(), mostRows);
    if (wanted > rows.length) {
      rows = Arrays.copyOf(rows, wanted);
    }
    // Texts by length, with the rows that begin with them.
    Map<Integer, Map<List<Integer>, List<Integer>>> texts = new LinkedHashMap<>();
    for (int row = 0; row < Math.min(rows.length, mostRows); row++) {
      Generation next = rows[row] == null ? waiting.poll() : null;
      if (next != null) {
        rows[row] = next;
        sampler = null;
        List<Integer> text = IntStream.of(next.request().prompt()).boxed().toList();
        texts.computeIfAbsent(device.padded(text.size()), length -> new LinkedHashMap<>())
            .computeIfAbsent(text, any -> new ArrayList<>())
            .add(row);
      }
    }
    texts.forEach((length, byText) -> {
      device.reserve(rows.length, length);
      int atOnce = Math.max(1, MOST_TOKENS / length);
      List<Map.Entry<List<Integer>, List<Integer>>> all = List.copyOf(byText.entrySet());
      for (int i = 0; i < all.size(); i += atOnce) {
        begin(all.subList(i, Math.min(i + atOnce, all.size())));
      }
    });
  }

  private void begin(List<Map.Entry<List<Integer>, List<Integer>>> texts) {
    int[] source = new int[rows.length];
    Arrays.fill(source, -1);
    @Nullable Generation[] concerned = new @Nullable Generation[rows.length];
    for (int i = 0; i < texts.size(); i++) {
      for (int row : texts.get(i).getValue()) {
        source[row] = i;
        concerned[row] = Objects.requireNonNull(rows[row]);
        Objects.requireNonNull(concerned[row]).launch();
      }
    }
    List<int[]> tokens = texts.stream().map(text -> text.getKey().stream().mapToInt(Integer::intValue).toArray()).toList();
    launched.add(new Launched(device.begin(tokens, source, sampler(), allowed(concerned)), concerned));
  }

  /// Has every row that wants more read its token.
  /// @return whether any does
  private boolean append() {
    int[] positions = new int[rows.length];
    int[] tokens = new int[rows.length];
    Arrays.fill(tokens, -1);
    @Nullable Generation[] concerned = new @Nullable Generation[rows.length];
    boolean any = false;
    for (int row = 0; row < rows.length; row++) {
      Generation generation = rows[row];
      if (generation != null && !generation.isLaunched()) {
        positions[row] = generation.position();
        tokens[row] = generation.read().orElse(-1);
        generation.launch();
        concerned[row] = generation;
        any = true;
      }
    }
    if (any) {
      device.reserve(rows.length, Arrays.stream(positions).max().orElseThrow() + 1);
      launched.add(new Launched(device.append(positions, tokens, sampler(), allowed(concerned)), concerned));
    }
    return any;
  }

  private TokenSampler sampler() {
    TokenSampler known = sampler;
    if (known == null) {
      known = TokenSampler.of(
          Arrays.stream(rows).map(generation -> generation == null ? Sampling.GREEDY : generation.request().sampling()).toList(),
          model.vocabSize(),
          alternatives());
      sampler = known;
    }
    return known;
  }

  /// How many of the likeliest tokens are told: few different numbers, as each is a schedule.
  private int alternatives() {
    int most = running().mapToInt(generation -> generation.request().alternatives()).max().orElse(0);
    return most == 0 ? 0 : DeviceRows.powerOfTwo(most);
  }

  /// The tokens that may come; null if all may.
  private @Nullable Tensor allowed(@Nullable Generation[] concerned) {
    List<@Nullable BitSet> allowed = new ArrayList<>();
    for (Generation generation : concerned) {
      allowed.add(generation != null && generation.isConstrained() ? generation.allowed() : null);
    }
    return allowed.stream().allMatch(Objects::isNull) ? null : ScoreBias.packed(allowed, model.vocabSize());
  }

  private void tell(Launched done) {
    Choice choice = done.choice();
    int[] tokens = choice.token().toIntArray();
    float[] logProbabilities = choice.logProbability().toFloatArray();
    int[] likeliest = choice.alternatives() == null ? new int[0] : choice.alternatives().toIntArray();
    float[] theirs = choice.alternativeLogProbabilities() == null ? new float[0] : choice.alternativeLogProbabilities().toFloatArray();
    int each = likeliest.length / tokens.length;
    for (int row = 0; row < tokens.length; row++) {
      Generation generation = done.concerned()[row];
      if (generation != null && !generation.isFinished()) {
        int first = row * each;
        List<Alternative> alternatives = IntStream.range(first, first + Math.min(each, generation.request().alternatives()))
            .mapToObj(i -> new Alternative(likeliest[i], theirs[i])).toList();
        generation.accept(tokens[row], logProbabilities[row], alternatives);
        if (generation.isFinished()) {
          release(row);
        }
      }
    }
  }
}
