package org.teenygrad.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.teenygrad.AttentionOptions;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.bench.Case.Unit;
import org.teenygrad.bench.KernelCase.Input;
import org.teenygrad.bench.KernelCase.Sample;

/// Attention of one query for each sequence, as in generating text, measured in bytes of the keys and values that it has to read.
final class DecodeCases {
  /// Places of a page.
  private static final int PAGE = 16;

  private DecodeCases() {}

  static List<ComparedCase> all() {
    return List.of(full("decode", 16, 32, 8192, 128), lengths("decode_lengths", 16, 32, 8192, 128), pages("decode_pages", 16, 32, 8192, 128));
  }

  /// Every sequence has all keys.
  static ComparedCase full(String name, int batch, int heads, int places, int headDim) {
    Input key = Input.of(batch, heads, places, headDim);
    return measured(name, batch, heads, headDim, (long) batch * places, key, List.of(), List.of(batch, heads, 1, 1),
        x -> attend(x.get(0), x.get(1), x.get(2), AttentionOptions.DEFAULT));
  }

  /// Sequences have from one part to all of the places that there are.
  static ComparedCase lengths(String name, int batch, int heads, int places, int headDim) {
    Input key = Input.of(batch, heads, places, headDim);
    return measured(name, batch, heads, headDim, places * (batch + 1L) / 2, key, List.of(positions(batch, places)), List.of(1, heads, 1, 1),
        x -> attend(x.get(0), x.get(1), x.get(2), seen(x.get(3), places)));
  }

  /// The same, their keys and values in pages in any order: (pages, places of a page, heads, headDim).
  static ComparedCase pages(String name, int batch, int heads, int places, int headDim) {
    int pages = batch * places / PAGE;
    Input table = Input.drawn(() -> Tensor.randperm(pages).cast(DType.INT32));
    return measured(name, batch, heads, headDim, places * (batch + 1L) / 2, Input.of(pages, PAGE, heads, headDim), List.of(positions(batch, places), table),
        List.of(1, 1, heads, 1), x -> attend(x.get(0), paged(x.get(1), x.get(4), batch), paged(x.get(2), x.get(4), batch), seen(x.get(3), places)));
  }

  /// Row i is at the end of the first i + 1 of as many parts of its places as there are rows.
  private static Input positions(int batch, int places) {
    return Input.drawn(() -> Tensor.of(IntStream.rangeClosed(1, batch).map(part -> part * (places / batch) - 1).toArray()));
  }

  private static AttentionOptions seen(Tensor positions, int places) {
    return AttentionOptions.DEFAULT.withMask(Tensor.arange(places, DType.INT32).le(positions.reshape(positions.size(0), 1, 1, 1)));
  }

  private static Tensor paged(Tensor pool, Tensor table, int batch) {
    return pool.indexSelect(0, table).reshape(batch, -1, pool.size(2), pool.size(3)).transpose(1, 2);
  }

  private static Tensor attend(Tensor query, Tensor keys, Tensor values, AttentionOptions options) {
    return query.scaledDotProductAttention(keys, values, options);
  }

  /// @param keys that all sequences have together
  /// @param sampled of each axis of keys and values how far apart the compared elements are: one head
  private static ComparedCase measured(
      String name, int batch, int heads, int headDim, long keys, Input key, List<Input> positions, List<Integer> sampled, Function<List<Tensor>, Tensor> result) {
    List<Input> inputs = new ArrayList<>(List.of(Input.of(batch, heads, 1, headDim), key, key));
    inputs.addAll(positions);
    List<Integer> query = List.of(sampled.getFirst(), heads, 1, 1);
    List<List<Integer>> steps = new ArrayList<>(List.of(query, sampled, sampled));
    positions.forEach(position -> steps.add(List.of(1)));
    double bytes = 2.0 * DType.BFLOAT16.bytes() * keys * heads * headDim;
    return new KernelCase(name, Unit.TERABYTES, bytes, DType.BFLOAT16, 2, Rounding.TWICE, inputs, x -> List.of(result.apply(x)), List.of(Sample.of(steps, query)));
  }
}
