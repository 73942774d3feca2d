package org.teenygrad.models.nanogpt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.teenygrad.models.settings.Setting;
import org.teenygrad.train.ComputeType;

class SettingTest {
  private static final TrainSettings SETTINGS = Preset.SHAKESPEARE_CHAR_CPU.settings();

  @Test
  void optionsAndKeysAreNanoGpts() {
    assertThat(Setting.of(TrainSettings.class).stream().map(Setting::option)).contains(
        "--n-layer", "--n-head", "--n-embd", "--block-size", "--batch-size", "--dropout", "--bias", "--learning-rate",
        "--max-iters", "--lr-decay-iters", "--min-lr", "--warmup-iters", "--weight-decay", "--beta1", "--beta2", "--grad-clip",
        "--gradient-accumulation-steps", "--eval-interval", "--eval-iters", "--seed", "--dtype");
    assertThat(Setting.values(SETTINGS)).containsEntry("n_layer", 4).containsEntry("min_lr", 1e-4).containsEntry("bias", false);
  }

  @Test
  void textBecomesTheValueItWas() {
    for (Setting setting : Setting.of(TrainSettings.class)) {
      Object value = setting.value(SETTINGS);
      assertThat(setting.parse(value.toString())).isEqualTo(value);
    }
  }

  @Test
  void changesOnlyWhatIsNamed() {
    TrainSettings changed = SETTINGS.with(Map.of("nLayer", 2, "dtype", ComputeType.BFLOAT16));
    assertThat(changed.nLayer()).isEqualTo(2);
    assertThat(changed.dtype()).isEqualTo(ComputeType.BFLOAT16);
    assertThat(changed.with(Map.of("nLayer", 4, "dtype", ComputeType.FLOAT32))).isEqualTo(SETTINGS);
  }

  @ParameterizedTest
  @CsvSource({
    "nEmbd, 130, n_embd (130) must be a multiple of n_head (4)",
    "learningRate, NaN, 'learning_rate must be a finite number of 0 or more, not NaN'",
    "learningRate, -1, 'learning_rate must be'",
    "beta2, 1, 'beta2 must be at least 0 and below 1, not 1.0'",
    "dropout, 1, 'dropout must be'",
    "maxIters, -1, 'max_iters must be at least 0'",
    "batchSize, 0, 'batch_size must be at least 1'",
    "nLayer, 0, 'n_layer must be at least 1'",
    "nEmbd, 100000, 'matrices of more than 2^31'",
  })
  void refusesNonsense(String name, String value, String message) {
    Setting setting = Setting.of(TrainSettings.class).stream().filter(s -> s.name().equals(name)).findFirst().orElseThrow();
    assertThatThrownBy(() -> SETTINGS.with(Map.of(name, setting.parse(value))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }

  @Test
  void refusesTextOfAnotherType() {
    Setting layers = Setting.of(TrainSettings.class).getFirst();
    assertThatThrownBy(() -> layers.parse("4.5")).hasMessage("'4.5' is no value of n_layer, which is an integer");
    Setting type = Setting.of(TrainSettings.class).getLast();
    assertThat(type.parse("tf32")).isEqualTo(ComputeType.TF32);
    assertThatThrownBy(() -> type.parse("int32")).hasMessage("'int32' is no value of dtype, which is float32, tf32, bfloat16, float16 or float64");
  }

  @Test
  void presetsAreNamedAsInNanoGpt() {
    assertThat(Preset.values()).extracting(Preset::toString).containsExactly("shakespeare-char-cpu", "shakespeare-char", "gpt2");
    assertThat(SETTINGS.schedule().at(100)).isEqualTo(1e-3);
    assertThat(SETTINGS.schedule().at(2000)).isEqualTo(1e-4);
  }
}
