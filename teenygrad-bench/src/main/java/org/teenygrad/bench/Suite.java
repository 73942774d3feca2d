package org.teenygrad.bench;

import java.util.List;
import java.util.stream.Stream;
import org.teenygrad.DType;

/// The names that `teenygrad bench` knows.
enum Suite {
  GEMM("gemm"),
  LAYERS("layers"),
  ELEMENTWISE("elementwise"),
  ROWS("rows"),
  SUMS("sums"),
  FFT("fft"),
  ATTENTION("attention"),
  CONV("conv"),
  LINALG("linalg"),
  INDEX("index"),
  OPTIMIZER("optimizer"),
  GPT_STEP("gpt-step"),
  DECODE("decode"),
  COMPILE("compile"),
  STARTUP("startup"),
  MEMORY("memory");

  final String text;

  Suite(String text) {
    this.text = text;
  }

  static Suite of(String text) {
    for (Suite suite : values()) {
      if (suite.text.equals(text)) {
        return suite;
      }
    }
    throw new IllegalArgumentException("there is no benchmark '" + text + "'; there are " + String.join(", ",
        List.of(values()).stream().map(suite -> suite.text).toList()));
  }

  /// Whether each sample is a JVM of its own, and no peer has the like.
  boolean isFresh() {
    return this == COMPILE || this == STARTUP || this == MEMORY;
  }

  /// Measures everything; each figure is given to `out` when it is known.
  void run(String config, Sampler sampler, java.util.function.Consumer<Figure> out) {
    switch (this) {
      case COMPILE -> Fresh.compile().forEach(out);
      case STARTUP -> Fresh.startup(config).forEach(out);
      case MEMORY -> Fresh.memory(config).forEach(out);
      default -> cases(config).forEach(what -> out.accept(sampler.measure(what)));
    }
  }

  private List<Case> cases(String config) {
    return switch (this) {
      case GPT_STEP -> Stream.of(DType.FLOAT32, DType.BFLOAT16).map(GptStep.of(config)::in).map(GptStep::measured).toList();
      case DECODE -> DecodingCase.of(GptStep.of(config)).stream().map(DecodingCase::measured).toList();
      default -> operations().stream().map(CpuCase::measured).toList();
    };
  }

  /// The cases that are a single operation each; none where there are others.
  List<CpuCase> operations() {
    return switch (this) {
      case GEMM -> Operations.gemm();
      case LAYERS -> Operations.layers();
      case ELEMENTWISE -> Operations.elementwise();
      case ROWS -> Operations.rows();
      case SUMS -> Operations.sums();
      case FFT -> Operations.fourier();
      case ATTENTION -> Operations.attention();
      case CONV -> Operations.convolution();
      case LINALG -> LinearAlgebraCases.all();
      case INDEX -> Operations.index();
      case OPTIMIZER -> Operations.optimizer();
      case GPT_STEP, DECODE, COMPILE, STARTUP, MEMORY -> List.of();
    };
  }
}
