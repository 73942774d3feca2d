package org.teenygrad.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.teenygrad.AttentionOptions;
import org.teenygrad.DType;
import org.teenygrad.Gradient;
import org.teenygrad.Shape;
import org.teenygrad.Sorted;
import org.teenygrad.Tensor;
import org.teenygrad.Window;
import org.teenygrad.bench.Case.Unit;

/// The cases of a single operation. Bytes count what it must touch: the input once and, where that is as large, the output once.
final class Operations {
  private static final int FLOATS = 1 << 24;
  private static final int MILLION = 1 << 20;

  private Operations() {}

  private static Tensor randn(int... shape) {
    return Tensor.randn(shape).realize();
  }

  /// Products of square matrices of three types, and those of a small GPT's layers: x Wᵀ forward, and the two of its derivatives.
  static List<CpuCase> gemm() {
    List<CpuCase> cases = new ArrayList<>();
    for (DType type : List.of(DType.FLOAT32, DType.FLOAT64, DType.BFLOAT16)) {
      for (int n : new int[] {256, 512, 1024, 2048}) {
        cases.add(product("gemm_" + n + suffix(type), n, n, n, "NN", type));
      }
    }
    for (int[] shape : new int[][] {{768, 384, 128}, {768, 512, 128}, {768, 128, 512}}) {
      for (String form : List.of("NT", "NN", "TN")) {
        cases.add(product(String.format(Locale.ROOT, "gemm_%dx%dx%d_%s",
            shape[0], shape[1], shape[2], form), shape[0], shape[1], shape[2], form, DType.FLOAT32));
      }
    }
    return cases;
  }

  /// The products of GPT-2's layers for 256 and 1024 tokens: forward, and the gradients of what came in and of the weight.
  static List<CpuCase> layers() {
    List<CpuCase> cases = new ArrayList<>();
    for (DType type : List.of(DType.FLOAT32, DType.BFLOAT16)) {
      for (int rows : new int[] {256, 1024}) {
        for (int[] layer : new int[][] {{768, 768}, {768, 2304}, {768, 3072}, {3072, 768}, {768, 50304}}) {
          String name = String.format(Locale.ROOT, "layer_%d_%dto%d", rows, layer[0], layer[1]);
          cases.add(product(name + "_forward" + suffix(type), rows, layer[1], layer[0], "NT", type));
          cases.add(product(name + "_input_gradient" + suffix(type), rows, layer[0], layer[1], "NN", type));
          cases.add(product(name + "_weight_gradient" + suffix(type), layer[1], layer[0], rows, "TN", type));
        }
      }
    }
    return cases;
  }

  private static String suffix(DType type) {
    return type == DType.FLOAT32 ? "" : "_" + type.name().toLowerCase(Locale.ROOT);
  }

  /// @param form for each factor N if it lies in memory as it is multiplied, T if transposed
  private static CpuCase product(String name, int m, int n, int k, String form, DType type) {
    boolean left = form.charAt(0) == 'N';
    boolean right = form.charAt(1) == 'N';
    return CpuCase.of(name, Unit.GIGAFLOPS, 2.0 * m * n * k, type.bytes() * ((double) m * k + (double) k * n + (double) m * n), type,
        () -> List.of((left ? randn(m, k) : randn(k, m)).cast(type).realize(), (right ? randn(k, n) : randn(n, k)).cast(type).realize()),
        x -> List.of((left ? x.get(0) : x.get(0).transpose(0, 1)).matmul(right ? x.get(1) : x.get(1).transpose(0, 1))));
  }

  /// What memory bounds.
  private static CpuCase memory(
      String name, double flops, double bytes, Supplier<List<Tensor>> inputs, UnaryOperator<List<Tensor>> expression) {
    return CpuCase.of(name, Unit.GIGABYTES, flops, bytes, DType.FLOAT32, inputs, expression);
  }

  static List<CpuCase> elementwise() {
    return List.of(memory("gelu_chain_16M", 12.0 * FLOATS, 8.0 * FLOATS, () -> List.of(randn(FLOATS)),
        x -> List.of(x.getFirst().mul(1.25).add(0.5).geluTanh().add(x.getFirst()))));
  }

  static List<CpuCase> rows() {
    Supplier<List<Tensor>> scores = () -> List.of(randn(768, 50304), Tensor.randint(0, 50304, 768).realize());
    return List.of(
        memory("softmax_4096x1024", 5.0 * 4096 * 1024, 8.0 * 4096 * 1024, () -> List.of(randn(4096, 1024)),
            x -> List.of(x.getFirst().softmax(-1))),
        memory("layer_norm_4096x1024", 8.0 * 4096 * 1024, 8.0 * 4096 * 1024, () -> List.of(randn(4096, 1024), randn(1024), randn(1024)),
            x -> List.of(x.get(0).layerNorm(x.get(1), x.get(2)))),
        memory("cross_entropy_768x50304", 4.0 * 768 * 50304, 4.0 * 768 * 50304, scores, x -> List.of(x.get(0).crossEntropy(x.get(1)))),
        memory("cross_entropy_gradient_768x50304", 6.0 * 768 * 50304, 8.0 * 768 * 50304, scores, x -> {
          Tensor loss = x.get(0).crossEntropy(x.get(1));
          return List.of(loss, Gradient.of(loss, x.get(0)));
        }));
  }

  static List<CpuCase> sums() {
    return List.of(sum(0), sum(1));
  }

  private static CpuCase sum(int axis) {
    return memory("sum_axis" + axis + "_4096x4096", 4096.0 * 4096, 4.0 * 4096 * 4096, () -> List.of(randn(4096, 4096)),
        x -> List.of(x.getFirst().sum(axis)));
  }

  /// Fourier transforms of one long row and of many short ones: a power of two, small primes, a large prime, and real numbers.
  static List<CpuCase> fourier() {
    List<CpuCase> cases = new ArrayList<>();
    for (int[] shape : new int[][] {{1, 1 << 20}, {4096, 256}, {1000, 1000}, {1, 1000003}}) {
      cases.add(millis(String.format(Locale.ROOT, "fft_%dx%d", shape[0], shape[1]), transform(shape[0], shape[1]),
          16.0 * shape[0] * shape[1],
          () -> List.of(randn(shape[0], shape[1], 2)), x -> List.of(x.getFirst().fft())));
    }
    cases.add(millis("rfft_1x1048576", transform(1, MILLION) / 2, 8.0 * MILLION, () -> List.of(randn(1, MILLION)),
        x -> List.of(x.getFirst().rfft())));
    return cases;
  }

  /// Operations of complex transforms as they are counted for all algorithms: five for each number and halving.
  private static double transform(int rows, int size) {
    return 5.0 * rows * size * Math.log(size) / Math.log(2);
  }

  private static CpuCase millis(
      String name, double flops, double bytes, Supplier<List<Tensor>> inputs, UnaryOperator<List<Tensor>> expression) {
    return CpuCase.of(name, Unit.MILLIS, flops, bytes, DType.FLOAT32, inputs, expression);
  }

  /// Causal attention of (batch, heads, time, headDim), half of whose products a mask hides, and with it the derivatives by all three.
  static List<CpuCase> attention() {
    List<CpuCase> cases = new ArrayList<>();
    for (int[] shape : new int[][] {{8, 6, 256, 64}, {1, 12, 1024, 64}}) {
      String name = String.format(Locale.ROOT, "attention_b%dh%dt%dd%d", shape[0], shape[1], shape[2], shape[3]);
      double flops = 2.0 * shape[0] * shape[1] * shape[2] * shape[2] * shape[3];
      double bytes = 4.0 * Shape.of(shape).elements();
      Supplier<List<Tensor>> inputs = () -> List.of(randn(shape), randn(shape), randn(shape), randn(shape));
      cases.add(millis(name, flops, 4 * bytes, inputs, x -> List.of(attention(x))));
      cases.add(millis(name + "_backward", 3.5 * flops, 8 * bytes, inputs, x -> {
        Tensor result = attention(x);
        List<Tensor> results = new ArrayList<>(List.of(result));
        results.addAll(Gradient.vjp(result, x.get(3), x.subList(0, 3)));
        return results;
      }));
    }
    return cases;
  }

  private static Tensor attention(List<Tensor> x) {
    return x.get(0).scaledDotProductAttention(x.get(1), x.get(2), AttentionOptions.CAUSAL);
  }

  /// Layers of ResNet-50 and a small one: images (batch, from, size, size) and filters (to, from, kernel, kernel), padded so that a stride of 1 keeps the size; and with
  /// it both derivatives.
  static List<CpuCase> convolution() {
    return Stream.of(
        new ImageLayer(64, 16, 32, 28, 3, 1), new ImageLayer(8, 3, 64, 224, 7, 2),
        new ImageLayer(8, 64, 64, 56, 3, 1), new ImageLayer(8, 128, 128, 28, 3, 1), new ImageLayer(8, 256, 256, 14, 3, 1), new ImageLayer(8, 512, 512, 7, 3, 1),
        new ImageLayer(8, 128, 128, 56, 3, 2), new ImageLayer(8, 512, 512, 14, 3, 2),
        new ImageLayer(8, 64, 256, 56, 1, 1), new ImageLayer(8, 1024, 256, 14, 1, 1), new ImageLayer(8, 256, 512, 56, 1, 2))
        .flatMap(layer -> Stream.of(layer.forward(), layer.backward())).toList();
  }

  /// Images (batch, from, size, size) and filters (to, from, kernel, kernel).
  private record ImageLayer(int batch, int from, int to, int size, int kernel, int stride) {
    private String name() {
      return String.format(Locale.ROOT, "conv%dx%d%s_%dx%d_%d_%d", kernel, kernel, stride == 1 ? "" : "s" + stride, batch, from, to, size);
    }

    private int places() {
      return (size + 2 * (kernel / 2) - kernel) / stride + 1;
    }

    private double flops() {
      return 2.0 * batch * to * places() * places() * from * kernel * kernel;
    }

    private List<Tensor> inputs() {
      return List.of(randn(batch, from, size, size), randn(to, from, kernel, kernel), randn(batch, to, places(), places()));
    }

    private double bytes(int times) {
      double filters = (double) to * from * kernel * kernel;
      return Float.BYTES * times * ((double) batch * from * size * size + (double) batch * to * places() * places() + filters);
    }

    private Tensor convolved(List<Tensor> x) {
      return x.get(0).conv2d(x.get(1), null, Window.DEFAULT.padding(kernel / 2).stride(stride));
    }

    CpuCase forward() {
      return millis(name(), flops(), bytes(1), this::inputs, x -> List.of(convolved(x)));
    }

    CpuCase backward() {
      return millis(name() + "_backward", 3 * flops(), bytes(2), this::inputs, x -> {
        Tensor result = convolved(x);
        return Stream.concat(Stream.of(result), Gradient.vjp(result, x.get(2), x.subList(0, 2)).stream()).toList();
      });
    }
  }

  /// Order, places and running sums of a million numbers, and rows of a table of words with their gradient.
  static List<CpuCase> index() {
    Supplier<List<Tensor>> numbers = () -> List.of(randn(MILLION));
    Supplier<List<Tensor>> words = () -> List.of(randn(50304, 768), Tensor.randint(0, 50304, 8192).realize(), randn(8192, 768));
    return List.of(
        millis("sort_1M", 20.0 * MILLION, 16.0 * MILLION, numbers, x -> {
          Sorted sorted = x.getFirst().sort(-1, false);
          return List.of(sorted.values(), sorted.indices());
        }),
        millis("topk_1M_50", MILLION, 4.0 * MILLION, numbers, x -> {
          Sorted largest = x.getFirst().topk(50, -1);
          return List.of(largest.values(), largest.indices());
        }),
        millis("cumsum_1M", MILLION, 8.0 * MILLION, numbers, x -> List.of(x.getFirst().cumsum(0))),
        millis("searchsorted_1M_in_1024", 10.0 * MILLION, 12.0 * MILLION, () -> List.of(Tensor.linspace(-3, 3,
            1024).contiguous().realize(), randn(MILLION)),
            x -> List.of(x.get(0).searchsorted(x.get(1), false))),
        millis("searchsorted_1M_in_1M", 20.0 * MILLION, 16.0 * MILLION,
            () -> List.of(randn(MILLION).sort(0, false).values().realize(), randn(MILLION)),
            x -> List.of(x.get(0).searchsorted(x.get(1), false))),
        millis("embedding_8192x768", 8192.0 * 768, 8.0 * 8192 * 768, words, x -> List.of(x.get(0).embedding(x.get(1)))),
        millis("embedding_gradient_8192x768", 8192.0 * 768, 4.0 * 768 * (8192 + 50304), words,
            x -> Gradient.vjp(x.get(0).embedding(x.get(1)), x.get(2), List.of(x.get(0)))));
  }

  /// A step of AdamW (Loshchilov and Hutter, 2019) over ten million parameters, as the optimizer computes it: weights, both moments and
  /// gradients are read, all but the last changed.
  static List<CpuCase> optimizer() {
    int size = 10_000_000;
    return List.of(CpuCase.inPlace("adamw_10M", 14.0 * size, 7 * 4.0 * size, () -> List.of(randn(size), randn(size), randn(size),
        Tensor.rand(size).realize()), x -> {
      Tensor gradient = x.get(1);
      Tensor mean = x.get(2).update(x.get(2).mul(0.9).add(gradient.mul(0.1)));
      Tensor square = x.get(3).update(x.get(3).mul(0.99).add(gradient.square().mul(0.01)));
      Tensor scaled = mean.mul(1e-3 / (1 - Math.pow(0.9, 10)));
      Tensor step = scaled.div(square.sqrt().div(Math.sqrt(1 - Math.pow(0.99, 10))).add(1e-8));
      return List.of(x.get(0).update(x.get(0).mul(1 - 1e-3 * 0.1).sub(step)), mean, square);
    }));
  }
}
