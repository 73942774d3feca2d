package org.teenygrad.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.teenygrad.DType;
import org.teenygrad.Gradient;
import org.teenygrad.Tensor;
import org.teenygrad.bench.Case.Unit;

/// The cases of a single operation. Bytes count what it must touch: the input once and, where that is as large, the output once.
final class Operations {
  private static final int FLOATS = 1 << 24;

  private Operations() {}

  private static Tensor randn(int... shape) {
    return Tensor.randn(shape).realize();
  }

  /// Products of square matrices of three types, and those of a small GPT's layers: x Wᵀ forward, and the two of its derivatives.
  static List<Case> gemm() {
    List<Case> cases = new ArrayList<>();
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
  static List<Case> layers() {
    List<Case> cases = new ArrayList<>();
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
  private static Case product(String name, int m, int n, int k, String form, DType type) {
    return new Case(name, Unit.GIGAFLOPS, 2.0 * m * n * k, () -> {
      Tensor a = (form.charAt(0) == 'N' ? randn(m, k) : randn(k, m)).cast(type).realize();
      Tensor b = (form.charAt(1) == 'N' ? randn(k, n) : randn(n, k)).cast(type).realize();
      Tensor left = form.charAt(0) == 'N' ? a : a.transpose(0, 1);
      Tensor right = form.charAt(1) == 'N' ? b : b.transpose(0, 1);
      return Repeated.of(a, left.matmul(right));
    });
  }

  static List<Case> elementwise() {
    return List.of(new Case("gelu_chain_16M", Unit.GIGABYTES, 8.0 * FLOATS, () -> {
      Tensor x = randn(FLOATS);
      return Repeated.of(x, x.mul(1.25).add(0.5).geluTanh().add(x));
    }));
  }

  static List<Case> rows() {
    return List.of(
        new Case("softmax_4096x1024", Unit.GIGABYTES, 8.0 * 4096 * 1024, () -> {
          Tensor x = randn(4096, 1024);
          return Repeated.of(x, x.softmax(-1));
        }),
        new Case("layer_norm_4096x1024", Unit.GIGABYTES, 8.0 * 4096 * 1024, () -> {
          Tensor x = randn(4096, 1024);
          return Repeated.of(x, x.layerNorm(randn(1024), randn(1024)));
        }),
        new Case("cross_entropy_768x50304", Unit.GIGABYTES, 4.0 * 768 * 50304, () -> {
          Tensor x = randn(768, 50304);
          return Repeated.of(x, x.crossEntropy(Tensor.randint(0, 50304, 768).realize()));
        }),
        new Case("cross_entropy_gradient_768x50304", Unit.GIGABYTES, 8.0 * 768 * 50304, () -> {
          Tensor x = randn(768, 50304);
          Tensor loss = x.crossEntropy(Tensor.randint(0, 50304, 768).realize());
          return Repeated.of(x, loss, Gradient.of(loss, x));
        }));
  }

  static List<Case> sums() {
    return List.of(sum(0), sum(1));
  }

  private static Case sum(int axis) {
    return new Case("sum_axis" + axis + "_4096x4096", Unit.GIGABYTES, 4.0 * 4096 * 4096, () -> {
      Tensor x = randn(4096, 4096);
      return Repeated.of(x, x.sum(axis));
    });
  }

  /// Fourier transforms of one long row and of many short ones: a power of two, small primes, a large prime, and real numbers.
  static List<Case> fourier() {
    List<Case> cases = new ArrayList<>();
    for (int[] shape : new int[][] {{1, 1 << 20}, {4096, 256}, {1000, 1000}, {1, 1000003}}) {
      cases.add(new Case(String.format(Locale.ROOT, "fft_%dx%d", shape[0], shape[1]), Unit.MILLIS, 0, () -> {
        Tensor x = randn(shape[0], shape[1], 2);
        return Repeated.of(x, x.fft());
      }));
    }
    cases.add(new Case("rfft_1x1048576", Unit.MILLIS, 0, () -> {
      Tensor x = randn(1, 1 << 20);
      return Repeated.of(x, x.rfft());
    }));
    return cases;
  }
}
