package org.teenygrad.models.inference;

import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.teenygrad.MatmulPrecision;
import org.teenygrad.Tensor;
import org.teenygrad.nn.Mode;

/// Continues texts, several at a time: each step of the device reads one token of every row and chooses the next, which stays there
/// as the next step's input; the host learns of it while that step runs. A row that ends makes place for a request that waits,
/// whose text is read in parts between the others' tokens.
///
/// Keys and values are in blocks that texts with the same beginning share, also later ones: a conversation that goes on is not read
/// again (but for its answers on a GPU or by quantised weights, where a token that is read alone is computed by other kernels than
/// a text). Where blocks run out, the sequence that came last gives its own back and begins anew later.
///
/// What a request gets depends on none of that: rows are computed by kernels that add in the same order however many there are, and
/// draw from random numbers of their own. Nor on what was [guessed][Request#drafts]: a guess is read as further rows of the same
/// step, and each of them counts only where the row before has chosen what it took for granted.
///
/// ```java
/// Engine engine = Engine.of(model, 8);
/// Generation answer = engine.submit(Request.of(prompt, 100, Sampling.GREEDY));
/// while (engine.step()) {}
/// answer.completion().text();
/// ```
/// One thread at a time may step; any may [#submit] and [cancel][Generation#cancel]. The model's parameters may change while nobody
/// is served.
public final class Engine {
  /// What a seed is increased by for another sequence of random numbers: the golden ratio's bits, so that seeds that people choose
  /// stay apart.
  public static final long SEED_STEP = 0x9E3779B97F4A7C15L;

  private final CausalModel model;
  private final DeviceRows device;
  private final Batch batch;
  private final Launches launches;
  private final Admission admission;
  private final Prefill prefill;
  private final Speculation speculation;
  private final Decode decode;

  private Engine(CausalModel model, int mostRows, int wantedBlocks, MatmulPrecision precision) {
    this.model = model;
    device = new DeviceRows(model, wantedBlocks, precision);
    batch = new Batch(model.vocabSize());
    launches = new Launches(batch, device);
    admission = new Admission(batch, launches, device, mostRows);
    prefill = new Prefill(batch, admission, launches, device);
    speculation = new Speculation(batch, admission, launches, device);
    decode = new Decode(batch, admission, launches, device);
  }

  /// An engine whose cache has room for every row's longest text, as far as a GPU has memory for that; on a processor it is made
  /// only as it is needed.
  /// @param mostRows how many texts are continued at once at most
  /// @throws IllegalArgumentException if there is no row
  public static Engine of(CausalModel model, int mostRows) {
    return of(model, mostRows, MatmulPrecision.HIGHEST);
  }

  /// The same, [less exactly][#of(CausalModel, int, long, MatmulPrecision)].
  /// @throws IllegalArgumentException if there is no row
  public static Engine of(CausalModel model, int mostRows, MatmulPrecision precision) {
    return of(model, mostRows, (long) Math.max(1, mostRows) * Math.ceilDiv(model.maxPositions(), BlockPool.TOKENS) * BlockPool.TOKENS, precision);
  }

  /// An engine with a bound for its cache's memory, of which a token takes [CausalModel.KeyValueShape#bytes()].
  /// @param cacheTokens of how many tokens keys and values are kept at most; a single text cannot be longer
  /// @throws IllegalArgumentException if there is no row, or no room for 16 tokens
  public static Engine of(CausalModel model, int mostRows, long cacheTokens) {
    return of(model, mostRows, cacheTokens, MatmulPrecision.HIGHEST);
  }

  /// An engine that may compute less exactly.
  ///
  /// [MatmulPrecision#MEDIUM] is for prompts: it about doubles how fast a processor reads them where it has instructions for
  /// bfloat16; scores after the prompt are then apart by some 1e-2 of the largest. A row's bits still depend on no other row, as
  /// long as at most 64 prompts are read at once: the scores of more are rounded, too.
  ///
  /// [MatmulPrecision#LOW] is for quantised weights on a processor, in prompts and in what follows: what they are multiplied by is
  /// rounded to blocks of 8 bits, as llama.cpp does, which moves scores by some 1e-2 of the largest, too. A row's bits depend on no
  /// other row.
  ///
  /// @param cacheTokens as above
  /// @param precision what is allowed of products of float32
  /// @throws IllegalArgumentException if there is no row, or no room for 16 tokens
  public static Engine of(CausalModel model, int mostRows, long cacheTokens, MatmulPrecision precision) {
    if (mostRows < 1) {
      throw new IllegalArgumentException("an engine needs at least 1 row, not " + mostRows);
    }
    if (cacheTokens < BlockPool.TOKENS) {
      throw new IllegalArgumentException("a cache needs room for at least " + BlockPool.TOKENS + " tokens, not " + cacheTokens);
    }
    return new Engine(model, mostRows, (int) Math.min(cacheTokens / BlockPool.TOKENS, Integer.MAX_VALUE / BlockPool.TOKENS), precision);
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
    BlockPool pool = admission.pool();
    long used = (long) (pool.most() - pool.available()) * BlockPool.TOKENS;
    return new Load(batch.size(), admission.waiting(), (long) pool.most() * BlockPool.TOKENS, used, admission.promptTokens(), prefill.sharedTokens(),
        speculation.draftedTokens(), launches.acceptedTokens());
  }

  /// Which blocks of the cache have the tokens of those who are served, in their order; a block may have several users. Asked in
  /// the thread that steps.
  public Map<Generation, List<Integer>> blocks() {
    return batch.running().stream().collect(Collectors.toMap(Sequence::generation, sequence -> List.copyOf(sequence.blocks())));
  }

  /// How long a text may get that the model reads.
  private int mostPositions() {
    return (int) Math.min(model.maxPositions(), (long) device.mostBlocks() * BlockPool.TOKENS);
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
    admission.add(generation);
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

  /// A request's life, from its row to its last token.
  private boolean stepped() {
    admission.dropCancelled();
    admission.admit();
    prefill.read();
    boolean speculates = speculation.isWanted();
    if (speculates || batch.running().stream().anyMatch(sequence -> sequence.generation().isConstrained())) {
      launches.tellBut(0);
    }
    admission.reserveNext();
    Set<Sequence> verified = speculates ? speculation.verify() : Set.of();
    boolean goesOn = decode.append(verified, speculates) || !verified.isEmpty();
    launches.tellBut(goesOn ? 1 : 0);
    return goesOn || !batch.isEmpty() || admission.waiting() > 0;
  }
}
