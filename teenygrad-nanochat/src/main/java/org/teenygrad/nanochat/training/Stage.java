package org.teenygrad.nanochat.training;

import java.util.Locale;

/// What a model is trained for, one after the other.
public enum Stage {
  /// To continue documents.
  BASE,
  /// To answer, by conversations: supervised fine-tuning.
  SFT,
  /// To answer rightly, by its own answers and what they are worth: reinforcement learning.
  RL;

  /// As it is written in commands and files: `sft`.
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
