package org.teenygrad.nanochat.base;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.teenygrad.nanochat.model.GptConfig;
import org.teenygrad.nanochat.model.ParameterCounts;

/// What nanochat's own base_train.py says for a vocabulary of 32768.
class TrainingPlanTest {
  private static TrainingPlan plan(Map<String, ?> settings) {
    return TrainingPlan.of(BaseSettings.DEFAULT.with(settings), 32768);
  }

  @ParameterizedTest
  @CsvSource(delimiter = ' ', textBlock = """
      4 256 2 8388608 16777216 8388608 3145776 34 36700242 80216496 138412608 262144 528 0.7071067812 1.889903129
      6 384 3 12582912 37748736 12582912 10616940 38 73531538 167510808 278398224 262144 1062 0.7071067812 0.9396123914
      8 512 4 16777216 67108864 16777216 25166016 42 125829354 295699728 503318784 262144 1920 0.7071067812 0.5197231443
      10 640 5 20971520 104857600 20971520 49152300 46 195952986 495454104 841485840 524288 1605 1 0.4396260124
      12 768 6 25165824 150994944 25165824 84935088 50 286261730 759696048 1321210944 524288 2520 1 0.28
      14 896 7 29360128 205520896 29360128 134873676 54 399114882 1128533592 1970805648 524288 3759 1 0.1877095617
      16 1024 8 33554432 268435456 33554432 201327360 58 536871738 1585451664 2818581504 524288 5376 1 0.1312500858
      18 1152 9 37748736 339738624 37748736 286655436 62 701891594 2179995480 3892850064 1048576 3712 1.414213562 0.134393268
      20 1280 10 41943040 419430400 41943040 393217200 66 896533746 2886212784 5221922880 1048576 4980 1.414213562 0.1001877764
      22 1408 11 46137344 507510784 46137344 523371948 70 1123157490 3763085976 6834111504 1048576 6517 1.414213562 0.07655316155
      24 1536 12 50331648 603979776 50331648 679478976 74 1384122122 4775225616 8757727488 1048576 8352 1.414213562 0.05973842446
      26 1664 13 54525952 708837376 54525952 863897580 78 1681786938 5991051288 11021082384 1048576 10510 1.414213562 0.04747018703
      """)
  void theDialSetsWhatItSetsInNanochat(
      int depth, int dim, int heads, long wte, long valueEmbeds, long head, long matrices, long scalars, long total, long flops, long tokens,
      int batch, long iterations, double rateScale, double decay) {
    TrainingPlan plan = plan(Map.of("depth", depth));
    assertThat(plan.config()).isEqualTo(new GptConfig(2048, 32768, depth, heads, heads, dim, "SSSL"));
    assertThat(plan.config().parameterCounts()).isEqualTo(new ParameterCounts(wte, valueEmbeds, head, matrices, scalars));
    assertThat(plan.config().parameterCounts().total()).isEqualTo(total);
    assertThat(plan.config().flopsPerToken()).isEqualTo(flops);
    assertThat(plan.targetTokens()).isEqualTo(tokens);
    assertThat(plan.totalBatchSize()).isEqualTo(batch);
    assertThat(plan.iterations()).isEqualTo(iterations);
    assertThat(plan.learningRateScale()).isCloseTo(rateScale, within(1e-9));
    assertThat(plan.weightDecay()).isCloseTo(decay, within(1e-9));
  }

  @ParameterizedTest
  @CsvSource(delimiter = ' ', textBlock = """
      0 0.025 0.85 0.28
      10 0.275 0.853 0.27998912094733647
      39 1.0 0.8616999999999999 0.27983456005994456
      40 1.0 0.862 0.27982596897064915
      100 1.0 0.8799999999999999 0.2789134889240241
      399 1.0 0.9697 0.2630343957726752
      400 1.0 0.97 0.26295102027183204
      840 1.0 0.97 0.21000000000000002
      882 1.0 0.97 0.20355866996353655
      883 0.9994200244200244 0.969957264957265 0.20340311063828087
      1260 0.7807692307692308 0.9538461538461538 0.14
      2519 0.05057997557997558 0.900042735042735 1.0879192154478191e-07
      """)
  void schedulesAreNanochats(long iteration, double rate, double momentum, double decay) {
    TrainingPlan plan = plan(Map.of("depth", 12));
    assertThat(plan.learningRateFactor(iteration)).isCloseTo(rate, within(1e-12));
    assertThat(plan.momentum(iteration)).isCloseTo(momentum, within(1e-12));
    assertThat(plan.weightDecay(iteration)).isCloseTo(decay, within(1e-12));
  }

  @Test
  void iterationsMayBeGivenOrFollowFromOperations() {
    TrainingPlan given = plan(Map.of("depth", 5, "numIterations", 1000));
    assertThat(given.config().nEmbd()).as("5 x 64, up to a multiple of the head").isEqualTo(384);
    assertThat(given.iterations()).isEqualTo(1000);
    assertThat(given.totalBatchSize()).isEqualTo(262144);
    assertThat(given.accumulatedBatches()).isEqualTo(4);
    assertThat(plan(Map.of("depth", 6, "targetFlops", 1e18)).iterations()).isEqualTo(22773);
  }

  @Test
  void saysWhatDoesNotFit() {
    assertThatThrownBy(() -> plan(Map.of("totalBatchSize", 1000)))
        .hasMessage("total_batch_size (1000) must be a multiple of device_batch_size x max_seq_len, 32 x 2048 = 65,536");
    assertThatThrownBy(() -> plan(Map.of("maxSeqLen", 1000, "evalTokens", 100_000L))).hasMessageContaining("--total-batch-size");
    assertThatThrownBy(() -> plan(Map.of("targetParamDataRatio", -1.0))).hasMessageContaining("how long to train?");
    assertThatThrownBy(() -> plan(Map.of("windowPattern", "LONG"))).hasMessageContaining("window_pattern");
  }
}
