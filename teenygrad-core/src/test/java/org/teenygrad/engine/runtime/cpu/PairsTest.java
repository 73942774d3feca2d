package org.teenygrad.engine.runtime.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.MatmulPrecision;
import org.teenygrad.Tensor;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.Target.Pairs;

/// Products of bfloat16 by each kind of instruction that this processor has, as if it had none that are better.
class PairsTest {
  /// A product of matrices whose tiles end within rows, columns, blocks of steps and pairs.
  ///
  /// @param left whether the left factor lies in memory column by column, right the right one
  private record Product(int m, int k, int n, boolean left, boolean right) {}

  private static final List<Product> PRODUCTS = List.of(
      new Product(64, 64, 64, false, false), new Product(17, 33, 50, false, true), new Product(40, 31, 17, true, false), new Product(100, 70, 41, true, true),
      new Product(40, 1610, 50, true, false), new Product(29, 1553, 70, false, true));

  private static Device device(Pairs pairs) {
    return device(pairs, 2);
  }

  private static Device device(Pairs pairs, int threads) {
    HostCpu host = HostCpu.host();
    assumeTrue(pairs.compareTo(host.pairs()) <= 0, () -> "this processor has no " + pairs);
    String name = "pairs-" + pairs.name().toLowerCase(Locale.ROOT) + threads;
    Devices.register(name, device -> Cpu.open(device, new HostCpu(host.vectors(), host.l1Bytes(), host.l2Bytes(), host.cores(), pairs, host.bytes()).target(threads)));
    return Device.of(name);
  }

  private static Tensor random(Device device, long seed, int rows, int columns) {
    Random random = new Random(seed);
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return Tensor.of(values, rows, columns).to(device).cast(DType.BFLOAT16).realize();
  }

  private static double[] doubles(Tensor tensor) {
    return tensor.cast(DType.FLOAT64).toDoubleArray();
  }

  /// The same values, lying in memory column by column.
  private static Tensor byColumns(Tensor x) {
    return x.transpose(0, 1).contiguous().realize().transpose(0, 1);
  }

  @ParameterizedTest
  @EnumSource
  void sumsAreThoseOfFloat64(Pairs pairs) {
    Device device = device(pairs);
    for (Product product : PRODUCTS) {
      Tensor a = random(device, 1, product.m, product.k);
      Tensor b = random(device, 2, product.k, product.n);
      double[] expected = product(doubles(a), doubles(b), product.m, product.k, product.n);
      Tensor left = product.left ? byColumns(a) : a;
      Tensor right = product.right ? byColumns(b) : b;
      double[] sums = doubles(left.cast(DType.FLOAT32).matmul(right.cast(DType.FLOAT32)));
      for (int i = 0; i < sums.length; i++) {
        assertThat(sums[i]).as("%s, sum %d", product, i).isCloseTo(expected[i], offset(1e-6 * (product.k + 10)));
      }
    }
  }

  /// What is computed on the way to a pair is that, in either half of it; where there are no pairs it is not rounded.
  @ParameterizedTest
  @EnumSource
  void computedFactorsAreThoseThatWouldLieInMemory(Pairs pairs) {
    Device device = device(pairs);
    for (Product product : PRODUCTS) {
      Tensor a = random(device, 3, product.m, product.k).mul(random(device, 4, 1, 1));
      Tensor b = random(device, 5, product.k, product.n).add(random(device, 6, 1, product.n));
      double[] sums = doubles(a.cast(DType.FLOAT32).matmul(b.cast(DType.FLOAT32)));
      double[] expected = doubles(a.contiguous().realize().cast(DType.FLOAT32).matmul(b.contiguous().realize().cast(DType.FLOAT32)));
      for (int i = 0; i < sums.length; i++) {
        assertThat(sums[i]).as("%s, sum %d", product, i).isCloseTo(expected[i], offset(0.01 * Math.sqrt(product.k)));
      }
    }
  }

  private static double[] product(double[] a, double[] b, int m, int k, int n) {
    double[] result = new double[m * n];
    for (int i = 0; i < m; i++) {
      for (int j = 0; j < n; j++) {
        for (int l = 0; l < k; l++) {
          result[i * n + j] += a[i * k + l] * b[l * n + j];
        }
      }
    }
    return result;
  }

  /// What stands before and behind a product in a layer, in batches and in one kernel with it.
  private static Tensor layer(Tensor x, Tensor w) {
    Tensor bias = w.narrow(0, 0, 1).reshape(-1);
    return x.geluTanh().linear(w, bias).geluTanh().add(x).pad(new int[][] {{0, 0}, {1, 2}}, 0).matmul(w.pad(new int[][] {{0, 0}, {2, 1}}, 0).transpose(0, 1)).mul(0.1);
  }

  @ParameterizedTest
  @EnumSource
  void layersAreThoseOfFloat64(Pairs pairs) {
    Device device = device(pairs);
    Tensor x = random(device, 3, 70, 48).mul(0.5).realize();
    Tensor w = random(device, 4, 48, 48).mul(0.2).realize();
    assertClose(layer(x, w), layer(x.cast(DType.FLOAT64), w.cast(DType.FLOAT64)));
  }

  @ParameterizedTest
  @EnumSource
  void batchesAndSumsOverSeveralLoopsAreThoseOfFloat64(Pairs pairs) {
    Device device = device(pairs);
    Tensor x = random(device, 5, 3 * 40, 35).reshape(3, 40, 35).narrow(1, 1, 37);
    Tensor y = random(device, 6, 3 * 40, 50).reshape(3, 40, 50).narrow(1, 2, 37);
    for (String sum : new String[] {"btm,btn->mn", "btm,btn->bmn", "btm,bsm->bts"}) {
      Tensor other = sum.equals("btm,bsm->bts") ? y.narrow(2, 0, 35) : y;
      assertClose(Tensor.einsum(sum, x, other), Tensor.einsum(sum, x.cast(DType.FLOAT64), other.cast(DType.FLOAT64)));
    }
  }

  /// Two roundings to 8 bits, or three, of numbers around 1.
  private static void assertClose(Tensor actual, Tensor expected) {
    double[] right = doubles(expected);
    double[] given = doubles(actual);
    double largest = 0;
    for (double value : right) {
      largest = Math.max(largest, Math.abs(value));
    }
    for (int i = 0; i < right.length; i++) {
      assertThat(given[i]).as("element %d", i).isCloseTo(right[i], offset(largest / 64));
    }
  }

  @ParameterizedTest
  @EnumSource
  void bitsDoNotDependOnThreads(Pairs pairs) {
    Device many = device(pairs, 7);
    for (int depth : new int[] {200, 1610}) {
      double[] two = doubles(random(device(pairs), 7, 300, depth).matmul(random(device(pairs), 8, depth, 260)));
      assertThat(doubles(random(many, 7, 300, depth).matmul(random(many, 8, depth, 260)))).as("sums of %d products", depth).isEqualTo(two);
    }
  }

  /// Of rows of few or many, whose tiles differ, and of sums of one or several blocks of products.
  @ParameterizedTest
  @EnumSource
  void bitsDoNotDependOnRows(Pairs pairs) {
    Device device = device(pairs);
    for (int depth : new int[] {200, 1610}) {
      for (boolean columns : new boolean[] {false, true}) {
        Tensor x = random(device, 9, 130, depth);
        Tensor weight = random(device, 10, depth, 70);
        double[] all = doubles((columns ? byColumns(x) : x).matmul(weight));
        for (int rows : new int[] {16, 29, 48}) {
          Tensor some = x.slice(0, 0, rows).contiguous().realize();
          assertThat(doubles((columns ? byColumns(some) : some).matmul(weight))).as("%d rows of %d products", rows, depth).isEqualTo(Arrays.copyOf(all, rows * 70));
        }
      }
    }
  }

  /// Factors of float32 are rounded where that is allowed, and where more rows are multiplied than memory is the limit for.
  @ParameterizedTest
  @EnumSource
  void floatsAreRoundedWhereThatIsAllowed(Pairs pairs) {
    Device device = device(pairs);
    Tensor x = random(device, 4, 80, 64).toFloat().mul(1 + 0x1p-12).realize();
    Tensor weight = random(device, 5, 48, 64).toFloat().mul(1 - 0x1p-12).realize();
    float[] exact = x.linear(weight, null).toFloatArray();
    Tensor same = x.neg().realize().neg().realize();
    float[] allowed = MatmulPrecision.MEDIUM.call(() -> same.linear(weight, null).toFloatArray());
    float[] few = MatmulPrecision.MEDIUM.call(() -> x.slice(0, 0, 64).contiguous().realize().linear(weight, null).toFloatArray());
    assertThat(few).containsExactly(Arrays.copyOf(exact, few.length));
    float[] rounded = x.cast(DType.BFLOAT16).toFloat().realize().linear(weight.cast(DType.BFLOAT16).toFloat().realize(), null).toFloatArray();
    assertThat(allowed).usingComparatorWithPrecision(1e-4f).containsExactly(pairs == Pairs.NONE ? exact : rounded);
    assertThat(Arrays.equals(allowed, exact)).isEqualTo(pairs == Pairs.NONE);
  }
}
