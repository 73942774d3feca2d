package org.teenygrad.bench;

import static org.teenygrad.bench.KernelCase.input;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.teenygrad.AttentionOptions;
import org.teenygrad.DType;
import org.teenygrad.Gradient;
import org.teenygrad.MatmulPrecision;
import org.teenygrad.Tensor;
import org.teenygrad.bench.Case.Unit;

/// The table of `teenygrad bench cuda`. Bytes count each tensor once; attention counts the operations below the diagonal, and its
/// backward pass as two and a half forward ones, since it multiplies five times where that multiplies twice.
final class GpuCases {
  /// Rounding to bfloat16 alone makes a relative error of 0.0017 (8 bits, uniformly spread).
  private static final double ROUNDED_ONCE = 0.004;

  /// Attention's weights are rounded on the way, too; and its backward pass subtracts what is nearly equal.
  private static final double ROUNDED_TWICE = 0.01;

  private static final double ROUNDED_OFTEN = 0.02;
  private static final double FLOAT32 = 1e-5;

  /// A gradient through all layers in bfloat16.
  private static final double MODEL = 0.05;

  private static final AttentionOptions CAUSAL = AttentionOptions.CAUSAL;
  private static final int WINDOW = 1024;

  private static final Pattern PRODUCT = Pattern.compile("gemm_(\\d{1,5})_(\\w+)");

  private GpuCases() {}

  static List<GpuCase> all() {
    return List.of(
        rows("copy_1GiB", 131072, 4096, 0, x -> List.of(x.getFirst().contiguous())),
        rows("softmax_16384x50304", 16384, 50304, ROUNDED_ONCE, x -> List.of(x.getFirst().softmax(-1))),
        layerNorm("layer_norm_65536x4096", 65536, 4096),
        rows("gelu_1GiB", 131072, 4096, ROUNDED_ONCE, x -> List.of(x.getFirst().gelu())),
        sum("sum_axis0_32768x768", 32768, 768),
        matmul("matmul_2048", 2048, DType.BFLOAT16, 16, ROUNDED_ONCE),
        matmul("matmul_4096", 4096, DType.BFLOAT16, 4, ROUNDED_ONCE),
        matmul("matmul_8192", 8192, DType.BFLOAT16, 1, ROUNDED_ONCE),
        matmul("matmul_2048_float32", 2048, DType.FLOAT32, 2, FLOAT32),
        matmul("matmul_1024", 1024, DType.BFLOAT16, 16, ROUNDED_ONCE),
        product("weight_gradient_3072x768x65536", 3072, 768, 65536, true),
        product("matmul_1000x3000x5000", 1000, 3000, 5000, false),
        product("matmul_16x8192x8192", 16, 8192, 8192, false),
        transpose("transpose_16384", 16384),
        biasGeluAdd("bias_gelu_add_65536x3072", 65536, 3072),
        attention("attention", new Heads(16, 12, 1024, 64), CAUSAL),
        attentionBackward("attention_backward", new Heads(16, 12, 1024, 64), CAUSAL),
        attention("attention_128", new Heads(4, 16, 4096, 128), CAUSAL),
        attentionBackward("attention_128_backward", new Heads(4, 16, 4096, 128), CAUSAL),
        attention("attention_t1000", new Heads(16, 12, 1000, 64), CAUSAL),
        attention("attention_window", new Heads(2, 16, 8192, 128), CAUSAL.withWindow(WINDOW)),
        attentionBackward("attention_window_backward", new Heads(2, 16, 8192, 128), CAUSAL.withWindow(WINDOW)),
        attention("attention_soft_cap", new Heads(16, 12, 1024, 64), CAUSAL.withSoftCap(15)),
        maskedAttention("attention_mask", new Heads(16, 12, 1024, 64)),
        new TrainingCase("nanogpt_baby_step", Unit.MILLIS, GptStep.BABY.onGpu(), 256, MODEL),
        new TrainingCase("gpt2_124m_step", Unit.TOKENS, GptStep.GPT2.onGpu(), 256, MODEL));
  }

  /// The cases of these names, of all if there are none.
  /// @throws IllegalArgumentException if a name is none of a case
  static List<GpuCase> of(List<String> names) {
    return names.isEmpty() ? all() : names.stream().map(GpuCases::of).toList();
  }

  private static GpuCase of(String name) {
    Matcher product = PRODUCT.matcher(name);
    if (product.matches()) {
      return product(Integer.parseInt(product.group(1)), ProductType.of(product.group(2)));
    }
    return all().stream().filter(what -> what.name().equals(name)).findFirst().orElseThrow(() -> new IllegalArgumentException(
        "no case '" + name + "'; there are " + String.join(", ", all().stream().map(GpuCase::name).toList()) + " and gemm_SIZE_TYPE"));
  }

  /// What a product of matrices may be asked for in.
  enum ProductType {
    BFLOAT16(DType.BFLOAT16, ROUNDED_ONCE),
    FLOAT16(DType.FLOAT16, ROUNDED_ONCE / 8),
    FLOAT32(DType.FLOAT32, GpuCases.FLOAT32),

    /// Two factors with 11 bits: a relative error of 0.0003.
    TF32(DType.FLOAT32, 0.001);

    private final DType dtype;
    private final double bound;

    ProductType(DType dtype, double bound) {
      this.dtype = dtype;
      this.bound = bound;
    }

    String text() {
      return name().toLowerCase(Locale.ROOT);
    }

    /// @throws IllegalArgumentException if there is none of this name
    static ProductType of(String text) {
      return Arrays.stream(values()).filter(type -> type.text().equals(text)).findFirst().orElseThrow(() -> new IllegalArgumentException(
          "no products of '" + text + "' are measured; there are " + String.join(", ", Arrays.stream(values()).map(ProductType::text).toList())));
    }
  }

  /// A product of square matrices of any size, as many at once as take about as long as four of 4096.
  static KernelCase product(int size, ProductType type) {
    int copies = (int) Math.clamp(4 * Math.pow(4096.0 / size, 3), 1, 16);
    KernelCase exact = matmul(
        String.format(Locale.ROOT, "gemm_%d_%s", size, type.text()), size, type.dtype, copies, type.bound);
    return type == ProductType.TF32 ? exact.in(MatmulPrecision.HIGH) : exact;
  }

  private static int step(int size, int samples) {
    return Math.max(1, size / samples);
  }

  /// Row by row, from memory to memory.
  static KernelCase rows(String name, int rows, int columns, double bound, UnaryOperator<List<Tensor>> expression) {
    int step = step(rows, 16);
    return new KernelCase(name, Unit.TERABYTES, 4.0 * rows * columns, DType.BFLOAT16, 1, bound, List.of(input(new int[] {rows, columns}, step, 1)), expression, List.of(step, 1));
  }

  static KernelCase layerNorm(String name, int rows, int columns) {
    int step = step(rows, 16);
    int[] vector = {columns};
    return new KernelCase(name, Unit.TERABYTES, 4.0 * rows * columns, DType.BFLOAT16, 1, ROUNDED_ONCE,
        List.of(input(new int[] {rows, columns}, step, 1), input(vector, 1), input(vector, 1)), x -> List.of(x.get(0).layerNorm(x.get(1), x.get(2))), List.of(step, 1));
  }

  /// Eight at a time, so that caches hold none of it.
  static KernelCase sum(String name, int rows, int columns) {
    int step = step(columns, 48);
    return new KernelCase(name, Unit.TERABYTES, 4.0 * rows * columns, DType.FLOAT32, 8, FLOAT32, List.of(input(new int[] {rows, columns}, 1, step)), x -> List.of(x.getFirst().sum(0)), List.of(step));
  }

  static KernelCase matmul(String name, int n, DType type, int copies, double bound) {
    int[] square = {n, n};
    int rowStep = step(n, 16);
    int columnStep = step(n, 128);
    return new KernelCase(name, Unit.TERAFLOPS, 2.0 * n * n * n, type, copies, bound,
        List.of(input(square, rowStep, 1), input(square, 1, columnStep)), x -> List.of(x.get(0).matmul(x.get(1))), List.of(rowStep, columnStep));
  }

  /// @param leftAcross whether the left factor is the transpose of what lies in memory, as x in a weight's gradient `xᵀ g`
  static KernelCase product(String name, int m, int n, int k, boolean leftAcross) {
    int rowStep = step(m, 16);
    int columnStep = step(n, 128);
    KernelCase.Input left = leftAcross ? input(new int[] {k, m}, 1, rowStep) : input(new int[] {m, k}, rowStep, 1);
    return new KernelCase(name, Unit.TERAFLOPS, 2.0 * m * n * k, DType.BFLOAT16, 4, ROUNDED_ONCE, List.of(left, input(new int[] {k, n}, 1, columnStep)),
        x -> List.of((leftAcross ? x.get(0).transpose(0, 1) : x.get(0)).matmul(x.get(1))), List.of(rowStep, columnStep));
  }

  static KernelCase transpose(String name, int size) {
    int step = step(size, 16);
    return new KernelCase(name, Unit.TERABYTES, 4.0 * size * size, DType.BFLOAT16, 2, 0, List.of(input(new int[] {size, size}, step, step)),
        x -> List.of(x.getFirst().transpose(0, 1).contiguous()), List.of(step, step));
  }

  static KernelCase biasGeluAdd(String name, int rows, int columns) {
    int step = step(rows, 16);
    KernelCase.Input matrix = input(new int[] {rows, columns}, step, 1);
    return new KernelCase(name, Unit.TERABYTES, 6.0 * rows * columns, DType.BFLOAT16, 2, ROUNDED_ONCE,
        List.of(matrix, input(new int[] {columns}, 1), matrix), x -> List.of(x.get(0).add(x.get(1)).gelu().add(x.get(2))), List.of(step, 1));
  }

  /// The shape of queries, keys and values: (batch, heads, time, headDim).
  record Heads(int batch, int heads, int time, int headDim) {
    /// Two heads of one sequence are sampled.
    private KernelCase.Input input() {
      return KernelCase.input(new int[] {batch, heads, time, headDim}, batch, step(heads, 2), 1, 1);
    }

    /// Of what a causal mask shows: half of all, or within the window.
    private double flops(@Nullable Integer window) {
      double keys = window == null ? time / 2.0 : window;
      return 2.0 * 2 * batch * heads * time * keys * headDim;
    }
  }

  static KernelCase attention(String name, Heads heads, AttentionOptions options) {
    KernelCase.Input heady = heads.input();
    return new KernelCase(name, Unit.TERAFLOPS, heads.flops(options.window()), DType.BFLOAT16, 4, ROUNDED_TWICE,
        List.of(heady, heady, heady), x -> List.of(x.get(0).scaledDotProductAttention(x.get(1), x.get(2), options)), heady.steps());
  }

  /// The result and the gradients of queries, keys and values, the fourth input being the cotangent.
  static KernelCase attentionBackward(String name, Heads heads, AttentionOptions options) {
    KernelCase.Input heady = heads.input();
    return new KernelCase(name, Unit.TERAFLOPS, 3.5 * heads.flops(options.window()), DType.BFLOAT16, 2, ROUNDED_OFTEN,
        List.of(heady, heady, heady, heady), x -> {
          Tensor y = x.get(0).scaledDotProductAttention(x.get(1), x.get(2), options);
          List<Tensor> gradients = Gradient.vjp(y, x.get(3), x.subList(0, 3));
          return List.of(y, gradients.get(0), gradients.get(1), gradients.get(2));
        }, heady.steps());
  }

  /// The fourth input says by its signs which keys each query sees: half of them.
  static KernelCase maskedAttention(String name, Heads heads) {
    KernelCase.Input heady = heads.input();
    KernelCase.Input mask = input(new int[] {heads.time(), heads.time()}, 1, 1);
    return new KernelCase(name, Unit.TERAFLOPS, 2 * heads.flops(null), DType.BFLOAT16, 4, ROUNDED_TWICE, List.of(heady, heady, heady, mask),
        x -> List.of(x.get(0).scaledDotProductAttention(x.get(1), x.get(2), AttentionOptions.DEFAULT.withMask(x.get(3).gt(0)))), heady.steps());
  }
}
