package org.teenygrad.models.inference;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Tensor;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.models.inference.DeviceRows.Part;
import org.teenygrad.models.inference.GeneratedToken.Alternative;
import org.teenygrad.models.inference.TokenSampler.Choice;
import org.teenygrad.nn.Mode;

/// Continues texts, several at a time: each step of the device reads one token of every row and chooses the next, which stays there as the
/// next step's input; the host learns of it while that step runs. A row that ends makes place for a request that waits, whose text is read in
/// parts between the others' tokens.
///
/// Keys and values are in blocks that texts with the same beginning share, also later ones: a conversation that goes on is not read again (but for
/// its answers on a GPU or by quantised weights, where a token that is read alone is computed by other kernels than a text).
/// Where blocks run out, the sequence that came last gives its own back and begins anew later.
///
/// What a request gets depends on none of that: rows are computed by kernels that add in the same order however many there are, and draw from
/// random numbers of their own. Nor on what was [guessed][Request#drafts]: a guess is read as further rows of the same step, and each of them counts
/// only where the row before has chosen what it took for granted.
///
/// ```java
/// Engine engine = Engine.of(model, 8);
/// Generation answer = engine.submit(Request.of(prompt, 100, Sampling.GREEDY));
/// while (engine.step()) {}
/// answer.completion().text();
/// ```
/// One thread at a time may step; any may [#submit] and [cancel][Generation#cancel]. The model's parameters may change while nobody is served.
public final class Engine {
  /// What a seed is increased by for another sequence of random numbers: the golden ratio's bits, so that seeds that people choose stay apart.
  public static final long SEED_STEP = 0x9E3779B97F4A7C15L;

  /// A pass over texts reads at most so many tokens of each, and so many in all between two tokens of the others.
  private static final int LONGEST_PART = 512;

  private static final int MOST_TOKENS = 2048;

  private final CausalModel model;
  private final int mostRows;
  private final DeviceRows device;
  private final int mostBlocks;
  private BlockPool pool;
  private final Deque<Generation> waiting = new ConcurrentLinkedDeque<>();

  /// What was handed to the device and not yet looked at.
  private final Deque<Launched> launched = new ArrayDeque<>();

  /// Who has which row of the device.
  private @Nullable Sequence[] rows = new @Nullable Sequence[0];

  /// Sequences in the order in which they got their rows.
  private final List<Sequence> running = new ArrayList<>();

  private @Nullable TokenSampler sampler;

  /// What the weights were when the last texts began.
  private List<OpNode> weights = List.of();

  private long promptTokens;
  private long sharedTokens;
  private long draftedTokens;
  private long acceptedTokens;

  private Engine(CausalModel model, int mostRows, int mostBlocks) {
    this.model = model;
    this.mostRows = mostRows;
    this.mostBlocks = mostBlocks;
    device = new DeviceRows(model);
    pool = new BlockPool(mostBlocks);
  }

  /// An engine whose cache has room for every row's longest text, but is made only as it is needed.
  /// @param mostRows how many texts are continued at once at most
  /// @throws IllegalArgumentException if there is no row
  public static Engine of(CausalModel model, int mostRows) {
    return of(model, mostRows, (long) Math.max(1, mostRows) * Math.ceilDiv(model.maxPositions(), BlockPool.TOKENS) * BlockPool.TOKENS);
  }

  /// An engine with a bound for its cache's memory, of which a token takes [CausalModel.KeyValueShape#bytes()].
  /// @param cacheTokens of how many tokens keys and values are kept at most; a single text cannot be longer
  /// @throws IllegalArgumentException if there is no row, or no room for 16 tokens
  public static Engine of(CausalModel model, int mostRows, long cacheTokens) {
    if (mostRows < 1) {
      throw new IllegalArgumentException("an engine needs at least 1 row, not " + mostRows);
    }
    if (cacheTokens < BlockPool.TOKENS) {
      throw new IllegalArgumentException("a cache needs room for at least " + BlockPool.TOKENS + " tokens, not " + cacheTokens);
    }
    return new Engine(model, mostRows, (int) Math.min(cacheTokens / BlockPool.TOKENS, Integer.MAX_VALUE / BlockPool.TOKENS));
  }

  /// How busy an engine is.
  ///
  /// @param running texts that have a row
  /// @param waiting requests that have none yet
  /// @param cacheTokens of how many tokens keys and values can be kept
  /// @param usedTokens what of that running texts have
  /// @param promptTokens tokens of all prompts so far
  /// @param sharedTokens tokens of prompts that did not have to be read, as the cache had them
  /// @param draftedTokens tokens that were guessed so far
  /// @param acceptedTokens those of them that were right
  public record Load(
      int running, int waiting, long cacheTokens, long usedTokens, long promptTokens, long sharedTokens, long draftedTokens, long acceptedTokens) {}

  /// Asked in the thread that steps.
  public Load load() {
    long used = (long) (pool.most() - pool.available()) * BlockPool.TOKENS;
    return new Load(running.size(), waiting.size(), (long) pool.most() * BlockPool.TOKENS, used, promptTokens, sharedTokens, draftedTokens, acceptedTokens);
  }

  /// Which blocks of the cache have the tokens of those who are served, in their order; a block may have several users. Asked in the thread that steps.
  public Map<Generation, List<Integer>> blocks() {
    return running.stream().collect(Collectors.toMap(Sequence::generation, sequence -> List.copyOf(sequence.blocks())));
  }

  /// Tokens that the device chooses.
  /// @param concerned who gets them, by row of the choice
  /// @param drafts by row the token that was read as a guess, for which the row before must have chosen it; -1 where it was none
  private record Launched(Choice choice, @Nullable Sequence[] concerned, int[] drafts) {
    static Launched of(Choice choice, @Nullable Sequence[] concerned) {
      int[] none = new int[concerned.length];
      Arrays.fill(none, -1);
      return new Launched(choice, concerned, none);
    }

    /// Whether the device has not kept what rows read next.
    boolean isVerifying() {
      return Arrays.stream(drafts).anyMatch(draft -> draft >= 0);
    }
  }

  /// How long a text may get that the model reads.
  private int mostPositions() {
    return Math.min(model.maxPositions(), mostBlocks * BlockPool.TOKENS);
  }

  /// Adds a request to those that wait.
  /// @throws IllegalArgumentException if its prompt leaves no position for another token, or it names a token that is none of the model's
  public Generation submit(Request request) {
    int[] prompt = request.prompt();
    int left = mostPositions() - prompt.length + 1; // the last token needs no position: it is never read
    if (left < 1) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "a prompt of %d tokens cannot be continued: the model has %d positions", prompt.length, mostPositions()));
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
    read();
    boolean speculates = launched.stream().anyMatch(Launched::isVerifying)
        || running.stream().anyMatch(sequence -> sequence.generation().request().drafts() > 0);
    if (speculates || running.stream().anyMatch(sequence -> sequence.generation().isConstrained())) {
      tellBut(0);
    }
    reserve();
    Set<Sequence> verified = speculates ? verify() : Set.of();
    boolean goesOn = append(verified, speculates) || !verified.isEmpty();
    tellBut(goesOn ? 1 : 0);
    return goesOn || !running.isEmpty() || !waiting.isEmpty();
  }

  /// Tells of what the device was handed, but for the last steps.
  private void tellBut(int steps) {
    while (launched.size() > steps) {
      tell(launched.remove());
    }
  }

  private void dropCancelled() {
    for (Sequence sequence : List.copyOf(running)) {
      if (sequence.generation().isCancelled()) {
        sequence.generation().finish(Completion.Reason.CANCELLED);
        release(sequence);
      }
    }
    waiting.removeIf(generation -> {
      if (generation.isCancelled()) {
        generation.finish(Completion.Reason.CANCELLED);
      }
      return generation.isCancelled();
    });
  }

  private void release(Sequence sequence) {
    sequence.release();
    running.remove(sequence);
    rows[row(sequence)] = null;
    sampler = null;
  }

  private int row(Sequence sequence) {
    return IntStream.range(0, rows.length).filter(row -> rows[row] == sequence).findFirst().orElseThrow();
  }

  /// Gives free rows to those that wait.
  private void admit() {
    if (waiting.isEmpty()) {
      return;
    }
    if (running.isEmpty()) {
      tellBut(0);
      device.clear();
      rows = new @Nullable Sequence[0];
      List<OpNode> now = model.weights().stream().map(Tensor::node).toList();
      if (!now.equals(weights)) {
        weights = now;
        pool = new BlockPool(mostBlocks);
        device.forgetPasses();
      }
    }
    int wanted = DeviceRows.rounded(running.size() + waiting.size(), mostRows);
    if (wanted > rows.length) {
      rows = Arrays.copyOf(rows, wanted);
      sampler = null;
    }
    for (int row = 0; row < Math.min(rows.length, mostRows) && !waiting.isEmpty(); row++) {
      if (rows[row] == null) {
        Sequence sequence = new Sequence(waiting.remove(), pool);
        promptTokens += sequence.unread();
        rows[row] = sequence;
        running.add(sequence);
        sampler = null;
      }
    }
  }

  /// A part of a sequence's beginning that is read at once.
  private record Reading(Sequence sequence, int length) {}

  /// Has parts of texts read whose beginning is not read yet.
  private void read() {
    Map<Integer, List<Reading>> byLength = new LinkedHashMap<>();
    List<Sequence> chosen = new ArrayList<>();
    int tokens = 0;
    for (Sequence sequence : List.copyOf(running)) {
      boolean waits = !running.contains(sequence) || sequence.unread() == 0 || chosen.stream().anyMatch(sequence::beginsAs);
      if (!waits && tokens < MOST_TOKENS) {
        sharedTokens += sequence.read() == 0 ? sequence.share() : 0;
        int length = Math.min(Math.min(sequence.unread(), LONGEST_PART), MOST_TOKENS - tokens);
        if (reserved(sequence, sequence.read() + length)) {
          chosen.add(sequence);
          tokens += length;
          byLength.computeIfAbsent(device.padded(length), any -> new ArrayList<>()).add(new Reading(sequence, length));
        }
      }
    }
    byLength.values().forEach(this::read);
  }

  private void read(List<Reading> readings) {
    device.reserve(rows.length, pool.size());
    int choices = DeviceRows.choices(readings.size());
    @Nullable Sequence[] beginning = new @Nullable Sequence[choices];
    @Nullable Sequence[] concerned = new @Nullable Sequence[choices];
    List<Part> parts = new ArrayList<>();
    for (int i = 0; i < readings.size(); i++) {
      Sequence sequence = readings.get(i).sequence();
      Generation generation = sequence.generation();
      int end = sequence.read() + readings.get(i).length();
      parts.add(new Part(
          row(sequence), generation.text(end), sequence.read(), end == generation.request().prompt().length, List.copyOf(sequence.blocks())));
      sequence.advance(readings.get(i).length());
      if (sequence.unread() == 0) {
        beginning[i] = sequence;
        if (!generation.hasBegun()) {
          generation.launch();
          concerned[i] = sequence;
        }
      }
    }
    launched.add(Launched.of(device.read(parts, sampler(beginning), allowed(concerned)), concerned));
  }

  /// Takes blocks for a text, from those that came later if none is left.
  /// @return whether it has them; else it has ended meanwhile, or has given its own back and waits
  private boolean reserved(Sequence sequence, int length) {
    while (!sequence.reserve(length)) {
      tellBut(0); // nothing that is known by then is lost, and who has ended has given blocks back
      if (!running.contains(sequence)) {
        return false;
      }
      if (sequence.reserve(length)) {
        return true;
      }
      Sequence last = running.stream().filter(each -> !each.blocks().isEmpty()).reduce(sequence, (one, other) -> other);
      Sequence loses = running.indexOf(last) > running.indexOf(sequence) ? last : sequence;
      release(loses);
      waiting.addFirst(loses.generation());
      if (loses == sequence) {
        return false;
      }
    }
    return true;
  }

  /// Takes a block for each token that is read next.
  private void reserve() {
    for (Sequence sequence : List.copyOf(running)) {
      if (running.contains(sequence) && sequence.appends()) {
        reserved(sequence, sequence.position() + 1);
      }
    }
  }

  /// Has rows read their tokens and what is guessed to follow them, if anything is for any.
  /// @return which rows have
  private Set<Sequence> verify() {
    Map<Sequence, int[]> drafts = new LinkedHashMap<>();
    for (Sequence sequence : running) {
      Generation generation = sequence.generation();
      if (sequence.appends() && sequence.isNew() && !generation.isConstrained() && !generation.request().sampling().hasPenalties()) {
        int[] draft = generation.draft();
        drafts.put(sequence, sequence.reserve(sequence.position() + 1 + draft.length) ? draft : new int[0]);
      }
    }
    int guessed = drafts.values().stream().mapToInt(draft -> draft.length).sum();
    if (guessed == 0) {
      return Set.of();
    }
    draftedTokens += guessed;
    int count = DeviceRows.choices(drafts.size() + guessed);
    int[] tokens = new int[count];
    int[] earlier = new int[count];
    int[] positions = new int[count];
    List<List<Integer>> blocks = new ArrayList<>(Collections.nCopies(count, List.of()));
    @Nullable Sequence[] concerned = new @Nullable Sequence[count];
    int[] guesses = new int[count];
    Arrays.fill(guesses, -1);
    int row = 0;
    for (Map.Entry<Sequence, int[]> each : drafts.entrySet()) {
      Sequence sequence = each.getKey();
      int position = sequence.position();
      int[] text = IntStream.concat(IntStream.of(sequence.generation().text(position + 1)), IntStream.of(each.getValue())).toArray();
      for (int at = position; at < text.length; at++, row++) {
        tokens[row] = text[at];
        earlier[row] = text[at - 1];
        positions[row] = at;
        blocks.set(row, sequence.blocks());
        concerned[row] = sequence;
        guesses[row] = at == position ? -1 : text[at];
      }
      sequence.append();
    }
    device.reserve(rows.length, pool.size());
    launched.add(new Launched(device.verify(tokens, earlier, positions, blocks, sampler(concerned)), concerned, guesses));
    return drafts.keySet();
  }

  /// Has every other row that wants more read its token.
  /// @return whether any does
  private boolean append(Set<Sequence> verified, boolean speculates) {
    int[] positions = new int[rows.length];
    int[] tokens = new int[rows.length];
    int[] earlier = new int[rows.length];
    Arrays.fill(tokens, -1);
    Arrays.fill(earlier, -1);
    List<List<Integer>> blocks = new ArrayList<>();
    @Nullable Sequence[] concerned = new @Nullable Sequence[rows.length];
    boolean any = false;
    for (int row = 0; row < rows.length; row++) {
      Sequence sequence = rows[row];
      boolean reads = sequence != null && sequence.appends() && !verified.contains(sequence);
      blocks.add(reads ? Objects.requireNonNull(sequence).blocks() : List.of());
      if (sequence != null && reads) {
        positions[row] = sequence.position();
        tokens[row] = sequence.next().orElse(-1);
        earlier[row] = speculates ? sequence.generation().token(sequence.position() - 1) : -1;
        concerned[row] = sequence.isNew() ? sequence : null;
        sequence.append();
        any = true;
      }
    }
    if (any) {
      device.reserve(rows.length, pool.size());
      if (speculates) {
        device.remember(earlier);
      }
      launched.add(Launched.of(device.append(positions, tokens, blocks, sampler(), allowed(concerned)), concerned));
    }
    return any;
  }

  /// Of all rows.
  private TokenSampler sampler() {
    TokenSampler known = sampler;
    if (known == null) {
      known = sampler(rows);
      sampler = known;
    }
    return known;
  }

  private TokenSampler sampler(@Nullable Sequence[] sequences) {
    // Few different numbers of alternatives, as each is a schedule.
    int alternatives = Stream.of(sequences).filter(Objects::nonNull).mapToInt(each -> each.generation().request().alternatives()).max().orElse(0);
    return TokenSampler.of(
        Stream.of(sequences).map(each -> each == null ? Sampling.GREEDY : each.generation().request().sampling()).toList(),
        model.vocabSize(),
        alternatives == 0 ? 0 : DeviceRows.powerOfTwo(alternatives));
  }

  /// The tokens that may come; null if all may.
  private @Nullable Tensor allowed(@Nullable Sequence[] concerned) {
    List<@Nullable BitSet> allowed = new ArrayList<>();
    for (Sequence sequence : concerned) {
      allowed.add(sequence != null && sequence.generation().isConstrained() ? sequence.generation().allowed() : null);
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
    boolean isRight = true; // what was guessed so far of the text
    for (int i = 0; i < tokens.length; i++) {
      Sequence sequence = done.concerned()[i];
      int draft = done.drafts()[i];
      isRight = draft < 0 || sequence != null && isRight && !sequence.generation().isFinished() && sequence.generation().last() == draft;
      if (sequence != null && isRight && !sequence.generation().isFinished()) {
        if (draft >= 0) {
          acceptedTokens++;
          sequence.append();
        }
        int first = i * each;
        List<Alternative> alternatives = IntStream.range(first, first + Math.min(each, sequence.generation().request().alternatives()))
            .mapToObj(at -> new Alternative(likeliest[at], theirs[at])).toList();
        sequence.generation().accept(tokens[i], logProbabilities[i], alternatives);
        if (device.leavesTheSame()) {
          sequence.remember(sequence.generation().length() - 1);
        }
        if (sequence.generation().isFinished()) {
          release(sequence);
        }
      }
    }
  }
}
