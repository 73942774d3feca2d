package org.teenygrad.bench;

import java.util.List;
import java.util.function.UnaryOperator;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.bench.Case.Unit;
import org.teenygrad.bench.KernelCase.Input;
import org.teenygrad.bench.KernelCase.Sample;

/// What memory bounds: elementwise operations, rows, sums. Bytes count each tensor once.
final class RowCases {
  private RowCases() {}

  static List<ComparedCase> all() {
    return List.of(
        rows("copy_1GiB", 131072, 4096, 0, x -> List.of(x.getFirst().contiguous())),
        rows("softmax_16384x50304", 16384, 50304, Rounding.ONCE, x -> List.of(x.getFirst().softmax(-1))),
        layerNorm("layer_norm_65536x4096", 65536, 4096),
        rows("gelu_1GiB", 131072, 4096, Rounding.ONCE, x -> List.of(x.getFirst().gelu())),
        sum("sum_axis0_32768x768", 32768, 768),
        transpose("transpose_16384", 16384),
        addTransposed("add_transposed_16384", 16384),
        channelsLast("channels_last_256x256x3136", 256, 256, 3136),
        biasGeluAdd("bias_gelu_add_65536x3072", 65536, 3072));
  }

  /// Row by row, from memory to memory.
  static KernelCase rows(String name, int rows, int columns, double bound, UnaryOperator<List<Tensor>> expression) {
    List<Integer> some = List.of(Sample.step(rows, 16), 1);
    return new KernelCase(name, Unit.TERABYTES, 4.0 * rows * columns, DType.BFLOAT16, 1, bound, List.of(Input.of(rows, columns)),
        expression, List.of(Sample.of(List.of(some), some)));
  }

  static KernelCase layerNorm(String name, int rows, int columns) {
    List<Integer> some = List.of(Sample.step(rows, 16), 1);
    return new KernelCase(name, Unit.TERABYTES, 4.0 * rows * columns, DType.BFLOAT16, 1, Rounding.ONCE,
        List.of(Input.of(rows, columns), Input.of(columns), Input.of(columns)), x -> List.of(x.get(0).layerNorm(x.get(1), x.get(2))),
        List.of(Sample.of(List.of(some, List.of(1), List.of(1)), some)));
  }

  /// Eight at a time, so that caches hold none of it.
  static KernelCase sum(String name, int rows, int columns) {
    int step = Sample.step(columns, 48);
    return new KernelCase(name, Unit.TERABYTES, 4.0 * rows * columns, DType.FLOAT32, 8, Rounding.FLOAT32,
        List.of(Input.of(rows, columns)), x -> List.of(x.getFirst().sum(0)),
        List.of(Sample.of(List.of(List.of(1, step)), List.of(step))));
  }

  static KernelCase transpose(String name, int size) {
    int step = Sample.step(size, 16);
    return new KernelCase(name, Unit.TERABYTES, 4.0 * size * size, DType.BFLOAT16, 2, 0, List.of(Input.of(size, size)),
        x -> List.of(x.getFirst().transpose(0, 1).contiguous()), List.of(Sample.of(List.of(List.of(step, step)), List.of(step, step))));
  }

  static KernelCase addTransposed(String name, int size) {
    int step = Sample.step(size, 16);
    return new KernelCase(name, Unit.TERABYTES, 6.0 * size * size, DType.BFLOAT16, 2, Rounding.ONCE, List.of(Input.of(size, size), Input.of(size, size)),
        x -> List.of(x.get(0).add(x.get(1).transpose(0, 1))), List.of(Sample.of(List.of(List.of(step, step), List.of(step, step)), List.of(step, step))));
  }

  /// Images, from all pixels of a channel side by side to all channels of a pixel.
  static KernelCase channelsLast(String name, int batch, int channels, int pixels) {
    List<Integer> some = List.of(Sample.step(batch, 16), Sample.step(channels, 16), 1);
    return new KernelCase(name, Unit.TERABYTES, 4.0 * batch * channels * pixels, DType.BFLOAT16, 2, 0, List.of(Input.of(batch, channels, pixels)),
        x -> List.of(x.getFirst().transpose(1, 2).contiguous()), List.of(Sample.of(List.of(some), List.of(some.get(0), 1, some.get(1)))));
  }

  static KernelCase biasGeluAdd(String name, int rows, int columns) {
    List<Integer> some = List.of(Sample.step(rows, 16), 1);
    return new KernelCase(name, Unit.TERABYTES, 6.0 * rows * columns, DType.BFLOAT16, 2, Rounding.ONCE,
        List.of(Input.of(rows, columns), Input.of(columns), Input.of(rows, columns)),
        x -> List.of(x.get(0).add(x.get(1)).gelu().add(x.get(2))),
        List.of(Sample.of(List.of(some, List.of(1), some), some)));
  }
}
