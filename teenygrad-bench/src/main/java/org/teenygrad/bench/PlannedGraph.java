package org.teenygrad.bench;

import static org.teenygrad.DType.BFLOAT16;
import static org.teenygrad.DType.BOOL;
import static org.teenygrad.DType.FLOAT32;
import static org.teenygrad.DType.INT32;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.teenygrad.AttentionOptions;
import org.teenygrad.DType;
import org.teenygrad.Gradient;
import org.teenygrad.MatmulPrecision;
import org.teenygrad.Tensor;
import org.teenygrad.models.nanogpt.Gpt;
import org.teenygrad.nn.Module;
import org.teenygrad.optim.AdamW;
import org.teenygrad.optim.ParameterGroup;

/// A graph of `teenygrad bench kernels`: each way in which the compiler makes a kernel is in some of them.
///
/// @param action computes it on the tensors of a device
record PlannedGraph(String name, Consumer<PlanningDevice> action) {
  void run(PlanningDevice device) {
    action.accept(device);
  }

  /// The graphs of these names, all if there are none.
  /// @throws IllegalArgumentException if there is no graph of a name
  static List<PlannedGraph> of(List<String> names) {
    List<PlannedGraph> all = all();
    return names.isEmpty() ? all : names.stream()
        .map(name -> all.stream().filter(graph -> graph.name.equals(name)).findFirst().orElseThrow(() ->
        new IllegalArgumentException("no graph '" + name + "'; there are " + String.join(", ",
            all.stream().map(PlannedGraph::name).toList())))).toList();
  }

  private static List<PlannedGraph> all() {
    List<PlannedGraph> all = new ArrayList<>();
    elementwise(all);
    rows(all);
    products(all);
    attention(all);
    convolutions(all);
    indexing(all);
    all.add(new PlannedGraph("adamw", PlannedGraph::adamW));
    for (GptStep step : List.of(GptStep.CHAR_CPU, GptStep.BABY.onGpu(), GptStep.GPT2.onGpu())) {
      all.add(new PlannedGraph("step_" + step.text(), device -> training(device, step)));
    }
    return all;
  }

  private static void elementwise(List<PlannedGraph> all) {
    all.add(new PlannedGraph("map_float32",
        d -> d.tensor(FLOAT32, 4096, 1024).mul(d.tensor(FLOAT32, 4096, 1024)).add(d.tensor(FLOAT32, 1024)).realize()));
    all.add(new PlannedGraph("gelu", d -> d.tensor(BFLOAT16, 16384, 4096).gelu().realize()));
    all.add(new PlannedGraph("bias_gelu_add", d ->
        d.tensor(BFLOAT16, 65536, 3072).add(d.tensor(BFLOAT16, 3072)).gelu().add(d.tensor(BFLOAT16, 65536, 3072)).realize()));
    all.add(new PlannedGraph("transpose", d -> d.tensor(BFLOAT16, 16384, 16384).transpose(0, 1).contiguous().realize()));
    all.add(new PlannedGraph("transpose_heads", d -> d.tensor(BFLOAT16, 16, 1024, 12, 64).transpose(1, 2).contiguous().realize()));
    all.add(new PlannedGraph("cat", d -> Tensor.cat(List.of(d.tensor(BFLOAT16, 4096, 768), d.tensor(BFLOAT16, 4096, 256)),
        1).contiguous().realize()));
    all.add(new PlannedGraph("pad", d -> d.tensor(FLOAT32, 63, 65).pad(new int[][] {{1, 2}, {3, 4}}).sin().realize()));
  }

  private static void rows(List<PlannedGraph> all) {
    all.add(new PlannedGraph("softmax", d -> d.tensor(BFLOAT16, 16384, 50304).softmax(-1).realize()));
    all.add(new PlannedGraph("softmax_float32", d -> d.tensor(FLOAT32, 4096, 1024).softmax(-1).realize()));
    all.add(withGradient("layer_norm", x -> x.get(0).layerNorm(x.get(1), x.get(2)), new int[] {32768, 768}, new int[] {768},
        new int[] {768}));
    all.add(withGradient("rms_norm", x -> x.get(0).mul(x.get(0).cast(FLOAT32).square().mean(-1, true).add(1e-6).rsqrt().cast(BFLOAT16)),
        new int[] {32768, 768}));
    all.add(new PlannedGraph("sum_0", d -> d.tensor(FLOAT32, 32768, 768).sum(0).realize()));
    all.add(new PlannedGraph("sum_1", d -> d.tensor(FLOAT32, 32768, 768).sum(1).realize()));
    all.add(new PlannedGraph("sum_all", d -> d.tensor(FLOAT32, 32768, 768).sum().realize()));
    all.add(new PlannedGraph("cross_entropy", d -> {
      Tensor logits = d.tensor(BFLOAT16, 4096, 50304);
      Tensor loss = logits.crossEntropy(d.tensor(INT32, 4096));
      Tensor.realize(loss, Gradient.of(loss, logits));
    }));
  }

  private static void products(List<PlannedGraph> all) {
    for (DType type : List.of(FLOAT32, BFLOAT16)) {
      for (int[] size : new int[][] {{4096, 4096, 4096}, {1000, 5000, 3000}, {333, 77, 203}, {16, 8192, 8192}}) {
        all.add(product("", type, size, false, false));
      }
      all.add(product("_nt", type, new int[] {3072, 4096, 768}, false, true));
      all.add(product("_tn", type, new int[] {3072, 768, 65536}, true, false));
      all.add(product("_tt", type, new int[] {512, 768, 4096}, true, true));
    }
    all.add(new PlannedGraph("matmul_tf32",
        d -> MatmulPrecision.HIGH.run(() -> d.tensor(FLOAT32, 2048, 2048).matmul(d.tensor(FLOAT32, 2048, 2048)).realize())));
    all.add(withGradient("linear_gelu", x -> x.get(0).linear(x.get(1), x.get(2)).gelu(), new int[] {4096, 768}, new int[] {3072, 768},
        new int[] {3072}));
    all.add(new PlannedGraph("batched", d -> d.tensor(BFLOAT16, 24, 512, 64).matmul(d.tensor(BFLOAT16, 24, 64, 512)).realize()));
  }

  private static PlannedGraph product(String form, DType type, int[] size, boolean leftAcross, boolean rightAcross) {
    int m = size[0];
    int n = size[1];
    int k = size[2];
    return new PlannedGraph("matmul_" + type.toString().toLowerCase(Locale.ROOT) + "_" + m + "x" + n + "x" + k + form, d -> {
      Tensor a = leftAcross ? d.tensor(type, k, m).transpose(0, 1) : d.tensor(type, m, k);
      Tensor b = rightAcross ? d.tensor(type, n, k).transpose(0, 1) : d.tensor(type, k, n);
      a.matmul(b).realize();
    });
  }

  private static void attention(List<PlannedGraph> all) {
    AttentionOptions causal = AttentionOptions.CAUSAL;
    all.add(attention("attention", causal, 16, 12, 12, 1024, 64));
    all.add(attention("attention_full", AttentionOptions.DEFAULT, 16, 12, 12, 1024, 64));
    all.add(attention("attention_128", causal, 4, 16, 16, 4096, 128));
    all.add(attention("attention_grouped", causal, 2, 32, 8, 2048, 128));
    all.add(attention("attention_96", causal, 4, 16, 16, 2048, 96));
    all.add(attention("attention_256", causal, 4, 8, 8, 2048, 256));
    all.add(attention("attention_1000", causal, 16, 12, 12, 1000, 64));
    all.add(attention("attention_dropout", causal.withDropout(0.1), 2, 4, 4, 256, 64));
    all.add(new PlannedGraph("attention_mask", d -> attend(d, AttentionOptions.DEFAULT.withMask(d.tensor(BOOL, 1024, 1024)), 16, 12, 12,
        1024, 64)));
    all.add(new PlannedGraph("attention_bias", d -> attend(d, AttentionOptions.DEFAULT.withMask(d.tensor(FLOAT32, 12, 1024, 1024)), 16,
        12, 12, 1024, 64)));
    all.add(new PlannedGraph("decode", d ->
        d.tensor(BFLOAT16, 16, 32, 1, 128).scaledDotProductAttention(d.tensor(BFLOAT16, 16, 32, 8192, 128),
            d.tensor(BFLOAT16, 16, 32, 8192, 128)).realize()));
  }

  private static PlannedGraph attention(String name, AttentionOptions options, int batch, int heads, int keyHeads, int time, int headDim) {
    return new PlannedGraph(name, d -> attend(d, options, batch, heads, keyHeads, time, headDim));
  }

  private static void attend(PlanningDevice d, AttentionOptions options, int batch, int heads, int keyHeads, int time, int headDim) {
    List<Tensor> inputs = List.of(d.tensor(BFLOAT16, batch, heads, time, headDim), d.tensor(BFLOAT16, batch, keyHeads, time, headDim),
        d.tensor(BFLOAT16, batch, keyHeads, time, headDim));
    Tensor result = inputs.get(0).scaledDotProductAttention(inputs.get(1), inputs.get(2), options);
    List<Tensor> all = new ArrayList<>(List.of(result));
    all.addAll(Gradient.vjp(result, d.tensor(BFLOAT16, batch, heads, time, headDim), inputs));
    Tensor.realize(all);
  }

  private static void convolutions(List<PlannedGraph> all) {
    all.add(withGradient("conv_3x3", x -> x.get(0).conv2d(x.get(1)), new int[] {64, 64, 58, 58}, new int[] {64, 64, 3, 3}));
    all.add(withGradient("conv_1x1", x -> x.get(0).conv2d(x.get(1)), new int[] {64, 256, 56, 56}, new int[] {64, 256, 1, 1}));
    all.add(withGradient("max_pool", x -> x.get(0).maxPool2d(2), new int[] {64, 64, 28, 28}));
  }

  private static void indexing(List<PlannedGraph> all) {
    all.add(new PlannedGraph("embedding", d -> {
      Tensor table = d.tensor(FLOAT32, 50304, 768);
      Tensor rows = table.embedding(d.tensor(INT32, 16, 1024));
      Tensor.realize(rows, Gradient.of(rows.mul(d.tensor(FLOAT32, 16, 1024, 768)).sum(), table));
    }));
    all.add(new PlannedGraph("sort", d -> Tensor.realize(d.tensor(FLOAT32, 64, 4096).sort(-1, false).values())));
    all.add(new PlannedGraph("top_k", d -> Tensor.realize(d.tensor(FLOAT32, 256, 50304).topk(50, -1).values())));
    all.add(new PlannedGraph("cumsum", d -> d.tensor(FLOAT32, 64, 1 << 16).cumsum(1).realize()));
  }

  /// An expression of bfloat16 with its gradients by all inputs.
  private static PlannedGraph withGradient(String name, Function<List<Tensor>, Tensor> expression, int[]... shapes) {
    return new PlannedGraph(name, d -> {
      List<Tensor> inputs = Arrays.stream(shapes).map(shape -> d.tensor(BFLOAT16, shape)).toList();
      Tensor result = expression.apply(inputs);
      List<Tensor> all = new ArrayList<>(List.of(result));
      all.addAll(Gradient.vjp(result, d.tensor(BFLOAT16, result.shape().toArray()), inputs));
      Tensor.realize(all);
    });
  }

  private static void adamW(PlanningDevice d) {
    Map<String, Tensor> parameters = new LinkedHashMap<>();
    for (int layer = 1; layer <= 4; layer++) {
      parameters.put("weight" + layer, d.tensor(FLOAT32, 768 * layer, 768).requiresGrad());
      parameters.put("bias" + layer, d.tensor(FLOAT32, 768 * layer).requiresGrad());
    }
    AdamW optimizer = new AdamW(ParameterGroup.decayingMatrices(parameters, 1e-3, 0.1), 0.9, 0.99, 1e-8);
    optimizer.clipNorm(1);
    parameters.values().forEach(parameter -> parameter.setGrad(d.tensor(FLOAT32, parameter.shape().toArray())));
    optimizer.step();
  }

  private static void training(PlanningDevice d, GptStep step) {
    UnaryOperator<Tensor> here = weights -> d.tensor(weights.dtype(), weights.shape().toArray());
    Gpt model = Module.map(Gpt.of(step.config()), here);
    AdamW optimizer = new AdamW(ParameterGroup.decayingMatrices(model.namedParameters(), 1e-3, 0.1), 0.9, 0.99, 1e-8);
    optimizer.clipNorm(1);
    Tensor loss = GptStep.computing(model, step.dtype()).loss(d.tensor(INT32, step.batch(), step.time()),
        d.tensor(INT32, step.batch(), step.time()));
    optimizer.step(loss);
    loss.realize();
  }
}
