package org.teenygrad.nanochat.training;

import org.teenygrad.models.settings.Limits;
import org.teenygrad.nanochat.model.Gpt;
import org.teenygrad.train.ComputeType;

/// What the settings of all stages have; each is a record of [org.teenygrad.models.settings.Setting]s.
public interface StageSettings {
  /// The type to compute in.
  ComputeType dtype();

  /// Iterations between two evaluations, each with a checkpoint.
  int evalEvery();

  /// Iterations between two lines of progress.
  int logEvery();

  /// How many of the newest checkpoints are kept.
  int keep();

  /// The model in the type to compute in, through which gradients flow to it.
  default Gpt computing(Gpt model) {
    return model.in(dtype().dtype());
  }

  /// Checks them, for constructors.
  /// @throws IllegalArgumentException if one makes no sense; the message names it
  static void check(ComputeType dtype, int evalEvery, int logEvery, int keep) {
    Limits.atLeast(1, "eval_every", evalEvery);
    Limits.atLeast(1, "log_every", logEvery);
    Limits.atLeast(1, "keep", keep);
    if (dtype == ComputeType.FLOAT16 || dtype == ComputeType.FLOAT64) {
      throw new IllegalArgumentException("dtype must be float32, tf32 or bfloat16, not " + dtype);
    }
  }
}
