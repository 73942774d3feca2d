package org.teenygrad.models.inference;

import java.util.ArrayList;
import java.util.List;
import org.teenygrad.AttentionOptions;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// Keys and values of all tokens that were read, in blocks of [BlockPool#TOKENS] that any sequence may have: a token's keys and
/// values have a *slot*, and a sequence a table of the blocks that its tokens are in.
///
/// Memory doubles when more blocks are used than there were, so that few expressions, and thereby schedules, are ever seen.
final class PagedCache {
  /// Blocks at the start.
  private static final int FEWEST_BLOCKS = 32;

  /// Attention of fewer queries is another kernel, which adds in another order. On a processor a lone query is computed several
  /// times over, for little, and its bits are those of attention over the whole text, unless weights are computed from less: then
  /// those of no product are. A GPU's kernel for a lone query reads keys as fast as memory gives them.
  private static final int FEWEST_QUERIES = 4;

  /// The slot of a token that nothing is kept of: what is written outside is dropped.
  static final int NOWHERE = -1;

  private final CausalModel.KeyValueShape shape;

  /// By layer the keys, then by layer the values: (slots, heads headDim).
  private List<Tensor> tensors = new ArrayList<>();

  private int blocks;

  private final boolean repeatsQueries;

  /// @param repeatsQueries whether attention of a lone query has to have the bits of attention over the whole text
  PagedCache(CausalModel.KeyValueShape shape, boolean repeatsQueries) {
    this.shape = shape;
    this.repeatsQueries = repeatsQueries;
  }

  int slots() {
    return blocks * BlockPool.TOKENS;
  }

  /// Makes room, keeping what is there.
  /// @param least blocks to begin with
  void reserve(int wanted, int least) {
    int more = Math.max(blocks, Math.max(FEWEST_BLOCKS, least));
    while (more < wanted) {
      more *= 2;
    }
    if (more == blocks) {
      return;
    }
    Shape size = Shape.of(more * BlockPool.TOKENS, shape.heads() * shape.headDim());
    int added = (more - blocks) * BlockPool.TOKENS;
    if (tensors.isEmpty()) {
      for (int i = 0; i < 2 * shape.layers(); i++) {
        tensors.add(Tensor.full(size, 0, shape.dtype()).assign(Tensor.full(size, 0, shape.dtype())).realize());
      }
    } else {
      // One after the other: only one layer is there twice.
      tensors.replaceAll(old -> Tensor.full(size, 0, shape.dtype()).assign(old.padAxis(0, 0, added)).realize());
    }
    blocks = more;
  }

  /// All keys and values; after a step those that it has left.
  List<Tensor> tensors() {
    return tensors;
  }

  void become(List<Tensor> changed) {
    tensors = new ArrayList<>(changed);
  }

  /// Where the tokens of a pass are, all of it data.
  ///
  /// @param positions of each token in its text (rows, time), int32
  /// @param slots that the tokens' keys and values go to, or [#NOWHERE] (rows time), int32
  /// @param tables for each row the blocks of its text, in order (rows, blocks), int32
  record Pass(Tensor positions, Tensor slots, Tensor tables) {}

  /// Attention of tokens to themselves and those before them, whose keys and values are kept.
  /// @param all keys and values, changed in place
  KeyValues reading(List<Tensor> all, Pass pass) {
    int places = pass.tables.size(1) * BlockPool.TOKENS;
    int rows = pass.tables.size(0);
    Tensor slots = pass.tables.unsqueeze(2).mul(BlockPool.TOKENS).add(Tensor.arange(BlockPool.TOKENS, DType.INT32)).reshape(rows, places);
    Tensor place = Tensor.arange(places, DType.INT32);
    Tensor position = pass.positions.unsqueeze(1).unsqueeze(3); // (rows, 1, time, 1)
    return (layer, someQ, someK, someV, window, cap) -> {
      // Held as they are found: what reads a value in another order than it is made in might be computed with it, and round otherwise.
      Tensor q = someQ.contiguous();
      Tensor k = someK.contiguous();
      Tensor v = someV.contiguous();
      Tensor keys = all.get(layer);
      Tensor values = all.get(shape.layers() + layer);
      keys.update(written(keys, pass.slots, tokens(k)));
      values.update(written(values, pass.slots, tokens(v)));
      Tensor seen = place.le(position); // (rows, 1, time, places)
      seen = window >= places ? seen : seen.and(position.le(place.add(window)));
      boolean isFew = q.size(2) == 1 && repeatsQueries;
      Tensor queries = isFew ? q.expand(q.size(0), q.size(1), FEWEST_QUERIES, q.size(3)).contiguous() : q;
      Tensor found = queries.scaledDotProductAttention(heads(keys.embedding(slots)), heads(values.embedding(slots)), KeyValues.capped(AttentionOptions.DEFAULT.withMask(seen), cap));
      return isFew ? found.contiguous().narrow(2, 0, 1) : found;
    };
  }

  private static Tensor written(Tensor kept, Tensor slots, Tensor tokens) {
    return kept.scatter(0, slots.unsqueeze(1).expand(tokens.size(0), tokens.size(1)), tokens);
  }

  /// (rows, heads, time, headDim) as (rows time, heads headDim).
  private static Tensor tokens(Tensor x) {
    return x.transpose(1, 2).reshape(-1, x.size(1) * x.size(3)).contiguous();
  }

  /// (rows, places, heads headDim) as (rows, heads, places, headDim).
  private Tensor heads(Tensor x) {
    return x.reshape(x.size(0), x.size(1), shape.heads(), shape.headDim()).transpose(1, 2);
  }
}
