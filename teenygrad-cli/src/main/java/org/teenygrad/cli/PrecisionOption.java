package org.teenygrad.cli;

import org.teenygrad.MatmulPrecision;
import picocli.CommandLine.Option;

/// How exactly a model that others trained computes.
@SuppressWarnings("NullAway.Init") // picocli sets the field
final class PrecisionOption {
  @Option(
      names = "--precision",
      paramLabel = "PRECISION",
      defaultValue = "HIGHEST",
      description = {
        "Of a model that others trained: HIGHEST; MEDIUM, which rounds to bfloat16 while the prompt is read; or LOW, which rounds to blocks of 8 bits",
        "what quantised weights are multiplied by, as llama.cpp does (default: ${DEFAULT-VALUE})."
      })
  private MatmulPrecision precision;

  MatmulPrecision precision() {
    return precision;
  }
}
