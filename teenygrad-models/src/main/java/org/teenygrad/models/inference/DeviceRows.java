package org.teenygrad.models.inference;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.MatmulPrecision;
import org.teenygrad.Recorded;
import org.teenygrad.Tensor;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.Runtime;
import org.teenygrad.engine.runtime.Target;
import org.teenygrad.models.inference.CausalModel.Past;
import org.teenygrad.models.inference.TokenSampler.Choice;
import org.teenygrad.models.inference.TokenSampler.Scores;
import org.teenygrad.nn.Module;

/// What the device knows of the rows: keys and values, the token each will read next, and the one it has read last. A pass through
/// the model is recorded once for each size and played again; a choice by what was found is another schedule, so that the bits of
/// scores do not depend on how is chosen.
final class DeviceRows {
  /// On a GPU a product of fewer rows is another kernel, which adds in another order; a text that is continued alone is computed
  /// four times over.
  private static final int FEWEST_ROWS_ON_GPU = 4;

  /// Texts are padded to at least this. On a GPU attention of a shorter one, or to fewer keys, is other kernels, which add in
  /// another order.
  private static final int SHORTEST_TEXT = 32;
  private static final int SHORTEST_ON_GPU = 256;

  /// Where weights are computed from less, as quantised ones are, or factors may be rounded, a processor adds up the products of up
  /// to 64 rows in another order, too.
  private static final int SHORTEST_OF_COMPUTED = 72;

  /// Tables of blocks have at least so many columns.
  private static final int FEWEST_COLUMNS = 8;
  private static final int FEWEST_ON_GPU = SHORTEST_ON_GPU / BlockPool.TOKENS;

  /// A GPU's cache has at most this part of the memory that is left, or room for one text: the rest is for what passes compute.
  private static final int SHARE_OF_ROOM = 2;

  private final CausalModel model;
  private final PagedCache cache;
  private final boolean isGpu;
  private final boolean computesWeights;
  private final MatmulPrecision precision;

  /// Blocks that there are from the start: a GPU's cache never grows, as passes would be planned anew.
  private final int fixedBlocks;

  private final int mostBlocks;
  private final Map<List<Integer>, Recorded> passes = new HashMap<>();
  private @Nullable Choosing choosing;
  private int count;

  /// How tokens that continue texts are chosen, which is recorded for as long as the rows' requests are the same.
  /// @param constrains whether not all tokens are allowed
  private record Choosing(TokenSampler sampler, boolean constrains, Recorded recorded) {}

  /// What the weights were when the last texts began.
  private List<OpNode> weights = List.of();

  /// The token to be read next (rows), int32.
  private Tensor next = none(0);

  /// The token before it (rows), int32.
  private Tensor before = none(0);

  /// How often each token is in a row's answer, and whether it is in its prompt (rows, vocab), as [ScoreBias] has it; null while nobody
  /// needs it.
  private @Nullable Tensor counts;

  /// @param wantedBlocks that texts may ever need
  /// @param precision what is allowed of products of float32 while texts are read, and, if it is LOW, while they are continued
  DeviceRows(CausalModel model, int wantedBlocks, MatmulPrecision precision) {
    this.model = model;
    this.precision = precision;
    Runtime runtime = Devices.runtime(next.device());
    isGpu = runtime.target() instanceof Target.Gpu;
    long room = runtime.allocator().roomBytes();
    long bytes = Math.max(1, model.keyValueShape().bytes() * BlockPool.TOKENS);
    boolean isCounted = isGpu && room < Long.MAX_VALUE;
    long least = Math.ceilDiv(model.maxPositions(), BlockPool.TOKENS);
    mostBlocks = isCounted ? (int) Math.min(wantedBlocks, Math.max(least, room / SHARE_OF_ROOM / bytes)) : wantedBlocks;
    fixedBlocks = isCounted ? mostBlocks : 0;
    computesWeights = !isGpu && model instanceof Module module && module.stateDict().values().stream().anyMatch(DeviceRows::isComputedFromLess);
    cache = new PagedCache(model.keyValueShape(), leavesTheSame());
  }

  private static boolean isComputedFromLess(Tensor weight) {
    OpNode node = weight.node();
    List<OpNode> stored = Graph.topological(List.of(node)).stream().filter(below -> below.is(OpCode.BUFFER)).toList();
    return node.realized() == null && !stored.contains(node) && bytes(stored) < bytes(List.of(node));
  }

  private static long bytes(List<OpNode> nodes) {
    return nodes.stream().mapToLong(node -> node.shape().elements() * node.dtype().bytes()).sum();
  }

  /// Whether a token that is read alone leaves the same bits behind as in a text.
  boolean leavesTheSame() {
    return !isGpu && !computesWeights && precision == MatmulPrecision.HIGHEST;
  }

  private static Tensor none(int rows) {
    return Tensor.zeros(DType.INT32, rows);
  }

  /// Rows are doubled until there are as many as wanted, but for no more than `most`.
  int rounded(int wanted, int most) {
    return Math.max(fewestRows(), Math.min(powerOfTwo(wanted), most));
  }

  private int fewestRows() {
    return isGpu ? FEWEST_ROWS_ON_GPU : 1;
  }

  static int powerOfTwo(int atLeast) {
    return atLeast <= 1 ? 1 : Integer.highestOneBit(atLeast - 1) << 1;
  }

  /// The length that a part of a text is padded to.
  int padded(int length) {
    return Math.max(isGpu ? SHORTEST_ON_GPU : leavesTheSame() ? SHORTEST_TEXT : SHORTEST_OF_COMPUTED, powerOfTwo(length));
  }

  /// How many blocks there can ever be.
  int mostBlocks() {
    return mostBlocks;
  }

  /// Makes room, keeping what is there.
  void reserve(int rows, int blocks) {
    int more = rows - count;
    if (more > 0) {
      next = next.padAxis(0, 0, more).realize();
      before = before.padAxis(0, 0, more).realize();
      Tensor counted = counts;
      counts = counted == null ? null : counted.padAxis(0, 0, more).realize();
      count = rows;
    }
    cache.reserve(blocks, fixedBlocks);
  }

  /// Keeps some rows in another order.
  /// @param from for each row the one that it was before
  void keep(int[] from) {
    Tensor rows = Tensor.of(from, from.length);
    next = next.index(rows).realize();
    before = before.index(rows).realize();
    Tensor counted = counts;
    counts = counted == null ? null : counted.index(rows).realize();
    count = from.length;
  }

  /// Forgets all rows, but not their keys and values.
  void clear() {
    count = 0;
    next = none(0);
    before = next;
    counts = null;
  }

  /// Looks at the model's weights, and forgets what was recorded with others.
  /// @return whether any is another than it was: what is kept of texts is then worth nothing
  boolean noticesNewWeights() {
    List<OpNode> now = model.weights().stream().map(Tensor::node).toList();
    boolean isNew = now.size() != weights.size() || IntStream.range(0, now.size()).anyMatch(i -> !isSame(weights.get(i), now.get(i)));
    weights = now;
    if (isNew) {
      passes.clear();
    }
    return isNew;
  }

  /// A weight that was first needed meanwhile is the same, though its expression has become its value.
  private static boolean isSame(OpNode before, OpNode now) {
    return before == now || before.realized() == now;
  }

  /// A part of a text that a pass reads.
  ///
  /// @param row whose text it is
  /// @param tokens of the text up to the part's end
  /// @param from where the part begins
  /// @param isLast whether the row goes on with the token that is chosen
  /// @param blocks of the text, the part's included
  record Part(int row, int[] tokens, int from, boolean isLast, List<Integer> blocks) {
    int length() {
      return tokens.length - from;
    }
  }

  /// Reads parts of texts, and chooses the token that follows each.
  /// @param parts of one [length][#padded]
  /// @param sampler has a row for each part, and [rows][#choices] that nobody has behind them
  /// @param allowed what may follow, as [ScoreBias#packed] has it, by part; null where all may
  Choice read(List<Part> parts, TokenSampler sampler, @Nullable Tensor allowed) {
    int time = padded(parts.getFirst().length());
    int rows = powerOfTwo(parts.size());
    int choices = choices(parts.size());
    int[] ids = new int[rows * time];
    int[] earlier = new int[rows * time];
    int[] positions = new int[rows * time];
    int[] slots = nowhere(rows * time);
    int[] last = new int[choices];
    int[] following = new int[choices];
    int[] source = new int[count];
    Arrays.fill(source, -1);
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      for (int j = 0; j < time; j++) {
        int at = part.from + j;
        positions[i * time + j] = Math.min(at, model.maxPositions() - 1);
        if (at < part.tokens.length) {
          ids[i * time + j] = part.tokens[at];
          earlier[i * time + j] = at == 0 ? 0 : part.tokens[at - 1];
          slots[i * time + j] = slot(part.blocks, at);
        }
      }
      last[i] = i * time + part.length() - 1;
      following[i] = part.tokens.length;
      source[part.row] = part.isLast ? i : -1;
    }
    int[] tables = tables(parts.stream().map(Part::blocks).toList(), rows);
    Tensor lasts = Tensor.of(last, choices);
    List<Tensor> found = pass(
        precision, List.of(rows, time, choices), this::reading, Tensor.of(ids, rows, time), Tensor.of(earlier, rows, time),
        Tensor.of(positions, rows, time), lasts, Tensor.of(tables, rows, tables.length / rows), Tensor.of(slots, slots.length));
    Tensor counted = sampler.bias().penalties() == null ? null : counts(parts, choices);
    Choice choice = sampler.choose(new Scores(found.get(0), found.get(1)), Tensor.of(following, choices, 1), counted, allowed);
    Tensor sources = Tensor.of(source, count);
    Tensor begun = sources.ge(0);
    Tensor from = sources.clampMin(0);
    next = begun.where(choice.token().index(from), next).contiguous();
    before = begun.where(Tensor.of(lastTokens(parts, choices), choices).index(from), before).contiguous();
    counts = counted == null ? counts : begun.unsqueeze(1).where(counted.index(from), counts()).contiguous();
    computed(choice);
    return choice;
  }

  private void computed(Choice choice) {
    List<Tensor> results = new ArrayList<>(choice.tensors());
    results.add(next);
    results.add(before);
    if (counts != null) {
      results.add(counts);
    }
    Tensor.realize(results);
  }

  /// How many texts are chosen for where there are so many parts.
  int choices(int parts) {
    return Math.max(fewestRows(), powerOfTwo(parts));
  }

  private static int[] lastTokens(List<Part> parts, int choices) {
    return IntStream.range(0, choices).map(i -> i < parts.size() ? parts.get(i).tokens[parts.get(i).tokens.length - 1] : 0).toArray();
  }

  /// @param in ids, the tokens before them, positions, the number of each text's last token, tables, slots, keys and values
  private List<Tensor> reading(List<Tensor> in) {
    PagedCache.Pass pass = new PagedCache.Pass(in.get(2), in.get(5), in.get(4));
    List<Tensor> kept = in.subList(6, in.size());
    Tensor hidden = model.hidden(in.get(0), new Past(in.get(1), in.get(2)), cache.reading(kept, pass));
    return results(hidden.reshape(-1, hidden.size(2)).embedding(in.get(3)), kept);
  }

  private List<Tensor> results(Tensor hidden, List<Tensor> others) {
    Scores scores = Scores.of(model.scores(hidden));
    return Stream.of(scores.tensors(), others).flatMap(List::stream).toList();
  }

  /// Each row reads its token, and the one that follows is chosen.
  /// @param positions of the token that is read, by row; 0 for rows that nobody has
  /// @param tokens what is read instead of the token that was chosen before, or -1
  /// @param blocks by row, those that the token's own key and value go to included; empty for rows that read nothing
  /// @param allowed as for [#read]
  Choice append(int[] positions, int[] tokens, List<List<Integer>> blocks, TokenSampler sampler, @Nullable Tensor allowed) {
    int[] slots = nowhere(count);
    for (int row = 0; row < count; row++) {
      if (!blocks.get(row).isEmpty()) {
        slots[row] = slot(blocks.get(row), positions[row]);
      }
    }
    int[] tables = tables(blocks, count);
    Tensor position = Tensor.of(positions, count, 1);
    List<Tensor> found = pass(
        continuing(), List.of(count), this::appending, Tensor.of(tokens, count), before, position, Tensor.of(tables, count, tables.length / count),
        Tensor.of(slots, count), next);
    before = found.get(2);
    boolean isCounted = sampler.bias().penalties() != null;
    List<Tensor> in = new ArrayList<>(List.of(found.get(0), found.get(1), position, before));
    if (isCounted) {
      in.add(counts());
    }
    if (allowed != null) {
      in.add(allowed);
    }
    List<Tensor> chosen = choosing(sampler, allowed != null).callAll(in.toArray(Tensor[]::new));
    Choice choice = Choice.of(isCounted ? chosen.subList(0, chosen.size() - 1) : chosen);
    counts = isCounted ? chosen.getLast() : null;
    next = choice.token();
    return choice;
  }

  private Recorded choosing(TokenSampler sampler, boolean constrains) {
    Choosing known = choosing;
    if (known == null || known.sampler != sampler || known.constrains != constrains) {
      choosing = known = new Choosing(sampler, constrains, Recorded.several(in -> chosen(sampler, constrains, in)));
    }
    return known.recorded;
  }

  /// @param in scores, their normalizers, positions of the tokens that were read, those tokens, then how often each token is in a
  ///     text before it, if that counts, and what is allowed, if not all is
  /// @return the choice's, then how often each token is in a text now, if that counts
  private List<Tensor> chosen(TokenSampler sampler, boolean constrains, List<Tensor> in) {
    Tensor counted = sampler.bias().penalties() == null ? null
        : in.get(4).add(Tensor.arange(model.vocabSize(), DType.INT32).eq(in.get(3).unsqueeze(1)).cast(DType.INT32)).contiguous();
    Choice choice = sampler.choose(new Scores(in.get(0), in.get(1)), in.get(2).add(1), counted, constrains ? in.getLast() : null);
    return Stream.concat(choice.tensors().stream(), Stream.ofNullable(counted)).toList();
  }

  /// Reads known tokens, each as a row of its own, though several follow each other in a text: what is chosen after each is what
  /// [#append] chooses.
  /// @param tokens to read
  /// @param earlier the tokens before them
  /// @param positions of the tokens; 0 for rows that nobody has
  /// @param blocks by row; empty for rows that nobody has
  Choice verify(int[] tokens, int[] earlier, int[] positions, List<List<Integer>> blocks, TokenSampler sampler) {
    int rows = tokens.length;
    int[] slots = nowhere(rows);
    for (int row = 0; row < rows; row++) {
      if (!blocks.get(row).isEmpty()) {
        slots[row] = slot(blocks.get(row), positions[row]);
      }
    }
    int[] tables = tables(blocks, rows);
    Tensor position = Tensor.of(positions, rows, 1);
    List<Tensor> found = pass(
        continuing(), List.of(rows), this::appending, Tensor.of(tokens, rows), Tensor.of(earlier, rows), position, Tensor.of(tables, rows, tables.length / rows),
        Tensor.of(slots, rows), none(rows));
    Choice choice = sampler.choose(new Scores(found.get(0), found.get(1)), position.add(1), null, null);
    Tensor.realize(choice.tensors());
    return choice;
  }

  /// Rows have read tokens elsewhere.
  /// @param earlier by row the token before the one that it reads next; -1 where that is known here
  void remember(int[] earlier) {
    Tensor known = Tensor.of(earlier, count);
    before = known.ge(0).where(known, before).realize();
  }

  /// @param in tokens where they are not those that were chosen, those before them, positions, tables, slots, the chosen tokens,
  ///     keys and values
  /// @return with the tokens that were read
  private List<Tensor> appending(List<Tensor> in) {
    PagedCache.Pass pass = new PagedCache.Pass(in.get(2), in.get(4), in.get(3));
    List<Tensor> kept = in.subList(6, in.size());
    Tensor read = in.get(0).ge(0).where(in.get(0), in.get(5)).contiguous();
    Tensor hidden = model.hidden(read.unsqueeze(1), new Past(in.get(1).unsqueeze(1), in.get(2)), cache.reading(kept, pass));
    return results(hidden.reshape(-1, hidden.size(2)), Stream.concat(Stream.of(read), kept.stream()).toList());
  }

  /// What is allowed while texts are continued: MEDIUM rounds where there are many rows only.
  private MatmulPrecision continuing() {
    return precision == MatmulPrecision.LOW ? precision : MatmulPrecision.HIGHEST;
  }

  /// Scores, their normalizers, and last keys and values, which become the cache's.
  /// @param sizes what tells passes with tensors of the same sizes apart
  private List<Tensor> pass(MatmulPrecision allowed, List<Integer> sizes, Function<List<Tensor>, List<Tensor>> expression, Tensor... data) {
    List<Integer> key = Stream.of(sizes.stream(), Arrays.stream(data).map(tensor -> tensor.size(-1)), Stream.of(cache.slots()))
        .flatMap(each -> each).toList();
    Tensor[] all = Stream.concat(Arrays.stream(data), cache.tensors().stream()).toArray(Tensor[]::new);
    List<Tensor> found = allowed.call(() -> passes.computeIfAbsent(key, any -> Recorded.several(expression)).callAll(all));
    cache.become(found.subList(found.size() - cache.tensors().size(), found.size()));
    return found;
  }

  private static int[] nowhere(int tokens) {
    int[] slots = new int[tokens];
    Arrays.fill(slots, PagedCache.NOWHERE);
    return slots;
  }

  private static int slot(List<Integer> blocks, int position) {
    return blocks.get(position / BlockPool.TOKENS) * BlockPool.TOKENS + position % BlockPool.TOKENS;
  }

  /// (rows, columns)
  private int[] tables(List<List<Integer>> blocks, int rows) {
    int columns = powerOfTwo(Math.max(isGpu ? FEWEST_ON_GPU : FEWEST_COLUMNS, blocks.stream().mapToInt(List::size).max().orElseThrow()));
    int[] tables = new int[rows * columns];
    for (int row = 0; row < blocks.size(); row++) {
      for (int i = 0; i < blocks.get(row).size(); i++) {
        tables[row * columns + i] = blocks.get(row).get(i);
      }
    }
    return tables;
  }

  private Tensor counts() {
    return counts == null ? Tensor.zeros(DType.INT32, count, model.vocabSize()) : counts;
  }

  /// Of texts that rows begin with (choices, vocab).
  private Tensor counts(List<Part> parts, int choices) {
    int vocabSize = model.vocabSize();
    int[] all = new int[choices * vocabSize];
    for (int i = 0; i < parts.size(); i++) {
      Part part = parts.get(i);
      for (int token : part.tokens) {
        all[i * vocabSize + token] = ScoreBias.IN_PROMPT;
      }
    }
    return Tensor.of(all, choices, vocabSize);
  }
}
