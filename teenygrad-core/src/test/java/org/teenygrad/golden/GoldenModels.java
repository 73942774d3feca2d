package org.teenygrad.golden;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.teenygrad.AttentionOptions;
import org.teenygrad.Gradient;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.optim.Adagrad;
import org.teenygrad.optim.Adam;
import org.teenygrad.optim.AdamW;
import org.teenygrad.optim.Optimizer;
import org.teenygrad.optim.ParameterGroup;
import org.teenygrad.optim.RMSprop;
import org.teenygrad.optim.SGD;

/// The cases that are small programs: optimizers, second derivatives, GPTs.
final class GoldenModels {
  private GoldenModels() {}

  /// First and second derivative of sum(exp(x) sin(x)).
  static List<Tensor> secondOrder(List<Tensor> in, GoldenCase c) {
    Tensor x = in.get(0).requiresGrad();
    Tensor first = Gradient.of(x.exp().mul(x.sin()).sum(), x);
    return List.of(first, Gradient.of(first.sum(), x));
  }

  /// The parameter after each of six steps on mean((p A - b)²).
  static List<Tensor> optimize(List<Tensor> in, GoldenCase c) {
    Tensor p = in.get(0).requiresGrad();
    Map<String, Tensor> parameters = Map.of("p", p);
    Optimizer optimizer = optimizer(parameters, c);
    List<Tensor> results = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      optimizer.step(p.matmul(in.get(1)).mseLoss(in.get(2)));
      results.add(Tensor.of(p.toFloatArray(), p.shape(), p.device()));
    }
    return results;
  }

  private static Optimizer optimizer(Map<String, Tensor> parameters, GoldenCase c) {
    var groups = List.of(new ParameterGroup(parameters, c.number("lr", 0), c.number("weight_decay", 0)));
    double eps = c.number("eps", 1e-8);
    return switch (c.text("kind", "")) {
      case "sgd" -> new SGD(groups, c.number("momentum", 0), c.number("dampening", 0), c.flag("nesterov"));
      case "adam" -> new Adam(groups, c.numbers("betas")[0], c.numbers("betas")[1], eps);
      case "adamw" -> new AdamW(groups, c.numbers("betas")[0], c.numbers("betas")[1], eps);
      case "rmsprop" -> new RMSprop(groups, c.number("alpha", 0.99), eps);
      case "adagrad" -> new Adagrad(groups, eps);
      default -> throw new UnsupportedOperationException("optimizer " + c.text("kind", ""));
    };
  }

  /// The logits of the first forward pass, the gradient of each parameter, then the loss before each step of training.
  static List<Tensor> gpt(List<Tensor> in, GoldenCase c, int steps) {
    Map<String, Tensor> parameters = new LinkedHashMap<>();
    List<String> names = c.texts("params");
    for (int i = 0; i < names.size(); i++) {
      parameters.put(names.get(i), in.get(2 + i).requiresGrad());
    }
    Gpt gpt = new Gpt(parameters, c.integer("layers", 0), c.integer("heads", 0));
    Tensor tokens = in.get(0);
    Tensor targets = in.get(1);

    Tensor logits = gpt.forward(tokens);
    List<Tensor> results = new ArrayList<>(List.of(logits));
    results.addAll(Gradient.of(logits.crossEntropy(targets), List.copyOf(parameters.values())));
    Tensor.realize(results);

    double[] betas = c.numbers("betas");
    var groups = ParameterGroup.decayingMatrices(parameters, c.number("lr", 0), c.number("weight_decay", 0));
    var optimizer = new AdamW(groups, betas[0], betas[1], 1e-8).clipNorm(c.number("clip", 1));
    for (int i = 0; i < steps; i++) {
      Tensor loss = gpt.forward(tokens).crossEntropy(targets);
      optimizer.step(loss);
      results.add(loss);
    }
    return results;
  }

  /// nanoGPT's layers over parameters by name.
  private record Gpt(Map<String, Tensor> parameters, int layers, int heads) {
    private Tensor parameter(String name) {
      Tensor parameter = optional(name);
      if (parameter == null) {
        throw new IllegalArgumentException("no parameter " + name);
      }
      return parameter;
    }

    private @Nullable Tensor optional(String name) {
      return parameters.get(name);
    }

    private Tensor linear(Tensor x, String name) {
      return x.linear(parameter(name + ".w"), optional(name + ".b"));
    }

    private Tensor norm(Tensor x, String name) {
      return x.layerNorm(parameter(name + ".w"), optional(name + ".b"));
    }

    Tensor forward(Tensor tokens) {
      int time = tokens.size(1);
      Tensor x = parameter("wte").embedding(tokens).add(parameter("wpe").slice(0, 0, time));
      for (int layer = 0; layer < layers; layer++) {
        String h = "h" + layer + ".";
        x = x.add(linear(attention(norm(x, h + "ln1"), h), h + "proj"));
        x = x.add(linear(linear(norm(x, h + "ln2"), h + "fc").gelu(), h + "fcp"));
      }
      return norm(x, "lnf").linear(parameter("wte"));
    }

    private Tensor attention(Tensor x, String h) {
      Shape shape = x.shape();
      List<Tensor> qkv =
          linear(x, h + "qkv").chunk(3, -1).stream()
              .map(t -> t.reshape(shape.size(0), shape.size(1), heads, -1).transpose(1, 2))
              .toList();
      return qkv.get(0)
          .scaledDotProductAttention(qkv.get(1), qkv.get(2), AttentionOptions.CAUSAL)
          .transpose(1, 2)
          .reshape(shape);
    }
  }
}
