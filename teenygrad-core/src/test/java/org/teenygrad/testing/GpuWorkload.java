package org.teenygrad.testing;

import static org.teenygrad.DType.BFLOAT16;
import static org.teenygrad.DType.BOOL;
import static org.teenygrad.DType.FLOAT32;
import static org.teenygrad.DType.INT32;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.teenygrad.AttentionOptions;
import org.teenygrad.DType;
import org.teenygrad.Gradient;
import org.teenygrad.Sorted;
import org.teenygrad.Tensor;
import org.teenygrad.Window;
import org.teenygrad.engine.runtime.cuda.AbsentGpu;
import org.teenygrad.engine.runtime.cuda.PtxKernel;
import org.teenygrad.optim.AdamW;
import org.teenygrad.optim.ParameterGroup;

/// The kernels whose code for GPUs is looked at: what training a language model takes, and shapes that fit no tile.
enum GpuWorkload {
  SUM_OF_PRODUCTS_F32(gpu -> gpu.tensor(FLOAT32, 4096, 1024).mul(gpu.tensor(FLOAT32, 4096, 1024)).add(gpu.tensor(FLOAT32, 4096, 1024)).realize()),
  GELU_BF16(gpu -> gpu.tensor(BFLOAT16, 16384, 4096).gelu().realize()),
  TRANSPOSE_F32(gpu -> gpu.tensor(FLOAT32, 2048, 1024).transpose(0, 1).contiguous().realize()),
  TRANSPOSE_BF16(gpu -> gpu.tensor(BFLOAT16, 16, 1024, 12, 64).transpose(1, 2).contiguous().realize()),
  TRANSPOSE_ODD(gpu -> gpu.tensor(BFLOAT16, 333, 203).transpose(0, 1).contiguous().realize()),
  TRANSPOSE_TO_CHANNELS_LAST(gpu -> gpu.tensor(BFLOAT16, 16, 64, 56, 56).permute(0, 2, 3, 1).contiguous().realize()),
  SUM_WITH_A_TRANSPOSE(gpu -> gpu.tensor(FLOAT32, 2048, 1024).transpose(0, 1).add(gpu.tensor(FLOAT32, 1024, 2048)).realize()),
  RUNNING_SUM(gpu -> gpu.tensor(FLOAT32, 1 << 26).cumsum(0).realize()),
  RUNNING_SUM_OF_ROWS(gpu -> gpu.tensor(FLOAT32, 4096, 1024).cumsum(1).realize()),
  RUNNING_SUM_OF_COLUMNS(gpu -> gpu.tensor(FLOAT32, 4096, 4096).cumsum(0).realize()),
  RUNNING_SUM_OF_EQUAL_COLUMNS(gpu -> gpu.tensor(FLOAT32, 64, 1).expand(64, 64).cumsum(0).contiguous().realize()),
  SORTED_ROWS(gpu -> {
    Sorted sorted = gpu.tensor(FLOAT32, 4096, 4096).sort(-1, false);
    Tensor.realize(sorted.values(), sorted.indices());
  }),
  FIRST_OF_ROWS(gpu -> {
    Sorted first = gpu.tensor(FLOAT32, 256, 50304).topk(50, -1);
    Tensor.realize(first.values(), first.indices());
  }),
  SOFTMAX(gpu -> gpu.tensor(BFLOAT16, 16384, 50304).softmax(-1).realize()),
  LAYER_NORM(gpu -> gpu.tensor(BFLOAT16, 65536, 4096).layerNorm(gpu.tensor(BFLOAT16, 4096), gpu.tensor(BFLOAT16, 4096)).realize()),
  LAYER_NORM_GRADIENT(gpu -> {
    List<Tensor> inputs = List.of(gpu.tensor(BFLOAT16, 32768, 768), gpu.tensor(BFLOAT16, 768), gpu.tensor(BFLOAT16, 768));
    Tensor.realize(Gradient.vjp(inputs.get(0).layerNorm(inputs.get(1), inputs.get(2)), gpu.tensor(BFLOAT16, 32768, 768), inputs));
  }),
  COLUMN_SUM(gpu -> gpu.tensor(FLOAT32, 32768, 768).sum(0).realize()),
  DOT_PRODUCTS(gpu -> {
    Tensor shared = gpu.tensor(BFLOAT16, 32, 2048, 768);
    Tensor.realize(Stream.generate(() -> gpu.tensor(BFLOAT16, 32, 2048, 768).mul(shared).sum()).limit(8).toArray(Tensor[]::new));
  }),
  EMBEDDING(gpu -> table(gpu).embedding(gpu.tensor(INT32, 16, 1024)).realize()),
  EMBEDDING_GRADIENT(gpu -> {
    Tensor table = table(gpu);
    Gradient.of(table.embedding(gpu.tensor(INT32, 4, 1024)).mul(gpu.tensor(FLOAT32, 4, 1024, 768)).sum(), table).realize();
  }),
  EMBEDDING_GRADIENT_OF_MANY(gpu -> {
    Tensor table = table(gpu);
    Gradient.of(table.embedding(gpu.tensor(INT32, 16, 1024)).mul(gpu.tensor(FLOAT32, 16, 1024, 768)).sum(), table).realize();
  }),
  JOINED_GRADIENTS(gpu -> {
    Tensor qkv = gpu.tensor(BFLOAT16, 8, 1024, 2304);
    Tensor sum = Stream.of(0, 768, 1536).map(first -> qkv.slice(2, first, first + 768).reshape(8, 1024, 12, 64).transpose(1, 2).mul(gpu.tensor(BFLOAT16, 8, 12, 1024, 64)))
        .reduce(Tensor::add).orElseThrow().sum();
    Gradient.of(sum, qkv).realize();
  }),
  CONCATENATION(gpu -> Tensor.cat(List.of(gpu.tensor(BFLOAT16, 4096, 768), gpu.tensor(BFLOAT16, 4096, 256)), 1).contiguous().realize()),
  MATMUL_F32(gpu -> gpu.tensor(FLOAT32, 2048, 1024).matmul(gpu.tensor(FLOAT32, 1024, 2048)).realize()),
  MATMUL_F32_ODD(gpu -> gpu.tensor(FLOAT32, 333, 203).matmul(gpu.tensor(FLOAT32, 203, 77)).realize()),
  MATMUL_NN(gpu -> gpu.tensor(BFLOAT16, 4096, 1024).matmul(gpu.tensor(BFLOAT16, 1024, 2048)).realize()),
  MATMUL_NT(gpu -> gpu.tensor(BFLOAT16, 4096, 1024).matmul(gpu.tensor(BFLOAT16, 2048, 1024).transpose(0, 1)).realize()),
  MATMUL_TN(gpu -> gpu.tensor(BFLOAT16, 1024, 4096).transpose(0, 1).matmul(gpu.tensor(BFLOAT16, 1024, 2048)).realize()),
  MATMUL_TT(gpu -> gpu.tensor(BFLOAT16, 1024, 4096).transpose(0, 1).matmul(gpu.tensor(BFLOAT16, 2048, 1024).transpose(0, 1)).realize()),
  MATMUL_ODD(gpu -> gpu.tensor(BFLOAT16, 333, 203).matmul(gpu.tensor(BFLOAT16, 203, 77)).realize()),
  MATMUL_EPILOGUE(gpu -> gpu.tensor(BFLOAT16, 4096, 768).linear(gpu.tensor(BFLOAT16, 3072, 768), gpu.tensor(BFLOAT16, 3072)).gelu()
      .add(gpu.tensor(BFLOAT16, 4096, 3072)).realize()),
  MATMUL_BY_ITS_TRANSPOSE(gpu -> {
    Tensor x = gpu.tensor(BFLOAT16, 48, 768, 768);
    x.mul(2).add(x.matmul(x.transpose(1, 2)).mul(3)).realize();
  }),
  SCALED_MATMUL_E4M3(gpu -> scaledMatmul(gpu, DType.FLOAT8_E4M3)),
  SCALED_MATMUL_E5M2(gpu -> scaledMatmul(gpu, DType.FLOAT8_E5M2)),
  CONVOLUTION_GRADIENT(gpu -> {
    List<Tensor> inputs = List.of(gpu.tensor(BFLOAT16, 16, 64, 28, 28), gpu.tensor(BFLOAT16, 128, 64, 3, 3));
    Tensor result = inputs.get(0).conv2d(inputs.get(1), null, Window.DEFAULT.stride(2).padding(1));
    List<Tensor> gradients = Gradient.vjp(result, gpu.tensor(BFLOAT16, result.shape().toArray()), inputs);
    Tensor.realize(result, gradients.getFirst(), gradients.getLast());
  }),
  ATTENTION(gpu -> attention(qkv(gpu), AttentionOptions.CAUSAL).realize()),
  ATTENTION_GRADIENT(gpu -> attentionGradient(gpu, 4, 12, 64, AttentionOptions.CAUSAL)),
  /// Values that a product and a gate make, by as many operations as kernels do not compute twice.
  ATTENTION_OF_COMPUTED_VALUES(gpu -> {
    Tensor x = gpu.tensor(BFLOAT16, 4, 1024, 256);
    Tensor gate = x.matmul(gpu.tensor(BFLOAT16, 256, 256)).sigmoid().mul(3);
    Tensor values = x.matmul(gpu.tensor(BFLOAT16, 256, 256)).mul(gpu.tensor(FLOAT32, 1)).mul(gpu.tensor(FLOAT32, 1)).add(gate.mul(gpu.tensor(BFLOAT16, 4, 1024, 256)).tanh()).cast(BFLOAT16);
    Tensor v = values.reshape(4, 1024, 4, 64).transpose(1, 2);
    Tensor q = gpu.tensor(BFLOAT16, 4, 4, 1024, 64);
    Tensor k = gpu.tensor(BFLOAT16, 4, 4, 1024, 64);
    Tensor result = q.scaledDotProductAttention(k, v, AttentionOptions.CAUSAL);
    List<Tensor> gradients = Gradient.vjp(result, gpu.tensor(BFLOAT16, 4, 4, 1024, 64), List.of(q, k, v));
    Tensor.realize(result, gradients.get(0), gradients.get(1), gradients.get(2));
  }),
  ATTENTION_OF_WIDE_HEADS(gpu -> attentionGradient(gpu, 4, 12, 128, AttentionOptions.CAUSAL)),
  ATTENTION_OF_WIDEST_HEADS(gpu -> attentionGradient(gpu, 4, 12, 256, AttentionOptions.CAUSAL)),
  ATTENTION_GRADIENT_OF_ONE_HEAD(gpu -> attentionGradient(gpu, 1, 1, 64, AttentionOptions.CAUSAL)),
  ATTENTION_OF_CUT_TILES(gpu -> attentionGradient(gpu, 2, 4, 64, 1000, AttentionOptions.CAUSAL)),
  ATTENTION_IN_A_WINDOW(gpu -> attentionGradient(gpu, 2, 4, 128, AttentionOptions.CAUSAL.withWindow(256).withSoftCap(15))),
  ATTENTION_UNDER_A_MASK(gpu -> attentionGradient(gpu, 2, 4, 64, AttentionOptions.CAUSAL.withMask(gpu.tensor(BOOL, 1024, 1024)))),
  ATTENTION_WITH_A_BIAS(gpu -> attentionGradient(gpu, 2, 4, 64, AttentionOptions.DEFAULT.withMask(gpu.tensor(FLOAT32, 4, 1024, 1024)))),
  DECODE(gpu -> decode(gpu, BFLOAT16, 32, 32, 128, false)),
  DECODE_F32(gpu -> decode(gpu, FLOAT32, 8, 8, 64, false)),
  DECODE_OF_GROUPED_QUERIES(gpu -> decode(gpu, BFLOAT16, 32, 8, 128, false)),
  DECODE_OF_MANY_GROUPED_QUERIES(gpu -> decode(gpu, BFLOAT16, 32, 4, 128, true)),
  DECODE_FROM_PAGES(gpu -> decode(gpu, BFLOAT16, 32, 32, 128, true)),
  CROSS_ENTROPY_GRADIENT(gpu -> {
    Tensor logits = gpu.tensor(BFLOAT16, 4096, 50304);
    Tensor loss = logits.crossEntropy(gpu.tensor(INT32, 4096));
    Tensor.realize(loss, Gradient.of(loss, logits));
  }),
  ADAMW(GpuWorkload::adamW),
  MANY_TENSORS(GpuWorkload::manyTensors);

  /// Of the attention.
  static final int BATCH = 4;
  static final int HEADS = 12;
  static final int TIME = 1024;
  static final int HEAD_DIM = 64;

  private final Consumer<AbsentGpu> action;

  GpuWorkload(Consumer<AbsentGpu> action) {
    this.action = action;
  }

  private static void scaledMatmul(AbsentGpu gpu, DType dtype) {
    gpu.tensor(dtype, 4096, 1024).scaledMatmul(gpu.tensor(FLOAT32), gpu.tensor(dtype, 2048, 1024).transpose(0, 1), gpu.tensor(FLOAT32, 1, 2048)).cast(BFLOAT16).realize();
  }

  /// The kernel of each launch.
  List<PtxKernel> launches(AbsentGpu gpu) {
    return gpu.launches(() -> action.accept(gpu));
  }

  private static Tensor table(AbsentGpu gpu) {
    return gpu.tensor(FLOAT32, 50304, 768);
  }

  private static Tensor qkv(AbsentGpu gpu) {
    return gpu.tensor(BFLOAT16, 3, BATCH, HEADS, TIME, HEAD_DIM);
  }

  private static Tensor attention(Tensor qkv, AttentionOptions options) {
    return qkv.select(0, 0).scaledDotProductAttention(qkv.select(0, 1), qkv.select(0, 2), options);
  }

  /// One query for each of 16 sequences of their own lengths, their keys and values perhaps in pages of 16 places.
  private static void decode(AbsentGpu gpu, DType dtype, int heads, int keyHeads, int headDim, boolean pages) {
    int batch = 16;
    int places = 4096;
    Tensor seen = Tensor.arange(places, INT32).le(gpu.tensor(INT32, batch, 1, 1, 1));
    Supplier<Tensor> keys = () -> pages
        ? gpu.tensor(dtype, batch * places / 16, 16, keyHeads, headDim).indexSelect(0, gpu.tensor(INT32, batch * places / 16))
            .reshape(batch, places, keyHeads, headDim).transpose(1, 2)
        : gpu.tensor(dtype, batch, keyHeads, places, headDim);
    gpu.tensor(dtype, batch, heads, 1, headDim).scaledDotProductAttention(keys.get(), keys.get(), AttentionOptions.DEFAULT.withMask(seen)).realize();
  }

  private static void attentionGradient(AbsentGpu gpu, int batch, int heads, int headDim, AttentionOptions options) {
    attentionGradient(gpu, batch, heads, headDim, TIME, options);
  }

  private static void attentionGradient(AbsentGpu gpu, int batch, int heads, int headDim, int time, AttentionOptions options) {
    Tensor qkv = gpu.tensor(BFLOAT16, 3, batch, heads, time, headDim).requiresGrad();
    Tensor attention = attention(qkv, options);
    Tensor.realize(attention, Gradient.of(attention.mul(gpu.tensor(BFLOAT16, batch, heads, time, headDim)).sum(), qkv));
  }

  /// Parameters of different sizes, of which matrices shrink and the others do not.
  private static void adamW(AbsentGpu gpu) {
    Map<String, Tensor> parameters = new LinkedHashMap<>();
    for (int layer = 0; layer < 4; layer++) {
      parameters.put("weight" + layer, gpu.tensor(FLOAT32, 768 * (layer + 1), 768).requiresGrad());
      parameters.put("bias" + layer, gpu.tensor(FLOAT32, 768 * (layer + 1)).requiresGrad());
    }
    AdamW optimizer = new AdamW(ParameterGroup.decayingMatrices(parameters, 1e-3, 0.1), 0.9, 0.99, 1e-8);
    parameters.values().forEach(parameter -> parameter.setGrad(gpu.tensor(FLOAT32, parameter.shape().toArray())));
    optimizer.step();
  }

  /// The same of tensors of two sizes and two types.
  private static void manyTensors(AbsentGpu gpu) {
    Tensor.realize(Stream.of(gpu.tensor(BFLOAT16, 512, 768), gpu.tensor(FLOAT32, 768), gpu.tensor(BFLOAT16, 768), gpu.tensor(FLOAT32, 300, 768))
        .map(x -> x.cast(FLOAT32).sqrt()).toList());
  }
}
