package org.teenygrad.nanochat.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.nanochat.evaluation.EvaluationTable;
import org.teenygrad.nanochat.evaluation.EvaluationTable.Result;
import org.teenygrad.nanochat.rl.RlTrainer;
import org.teenygrad.nanochat.training.ModelFolder;
import org.teenygrad.nanochat.training.Stage;

class ReportCardTest {
  @TempDir Path out;

  @BeforeEach
  void twoStages() throws IOException {
    ModelFolder base = ModelFolder.of(out, Stage.BASE);
    Files.writeString(base.config(), "{\"stage\": \"base\", \"iteration\": 2, \"depth\": 4, \"matrix_lr\": 0.02}");
    Files.writeString(base.log(), """
        iteration,loss,learning_rate,ms,val_loss,val_bpb
        0,6.9,0.1,1500.0,6.93,3.2
        1,5.1,0.1,500.0,,
        2,,,,4.5,2.25
        """);
    Files.writeString(base.picture(), "<svg/>");
    new EvaluationTable(Map.of("copa", Result.of(0.75, 0.5))).write(base.evaluation());
    ModelFolder rl = base.at(Stage.RL);
    Files.createDirectories(rl.path());
    Files.writeString(rl.config(), "{\"stage\": \"rl\", \"iteration\": 3, \"num_samples\": 8}");
    Files.writeString(rl.log(), "iteration,loss,learning_rate,ms,pass@1,pass@2\n0,0.1,0.1,1000.0,0.25,0.5\n1,0.1,0.1,1000.0,,\n2,0.1,0.1,1000.0,,\n3,,,,0.5,0.75\n");
    Files.writeString(RlTrainer.rewards(rl), "iteration,reward,sequence_length\n0,0.2,40\n1,0.3,41\n2,0.4,42\n");
  }

  @Test
  void aColumnAStage() {
    ReportCard card = ReportCard.of(out, List.of());
    card.write();
    assertThat(card.file()).content()
        .contains("| | base | rl |")
        .contains("| iterations | 2 | 3 |")
        .contains("| seconds in iterations | 2 | 3 |")
        .contains("| val_bpb | 2.2500 |  |")
        .contains("| CORE | 0.5000 |  |")
        .contains("| pass@1 |  | 0.5000 |")
        .contains("| pass@1 | 0.2500 | 0.5000 |", "| val_bpb | 3.2000 | 2.2500 |")
        .contains("| accuracy of copa | 0.7500 |  |")
        .contains("| matrix_lr | 0.02 |", "![](loss.svg)", "![](rl/rewards.svg)", "![](rl/pass.svg)")
        .doesNotContain("What it answers");
    assertThat(out.resolve("rl/rewards.svg")).content().contains("<svg");
    assertThat(out.resolve("rl/pass.svg")).content().contains("<svg", "before", "after");
  }

  @Test
  void answersAreOneCellEach() {
    ReportCard card = new ReportCard(out, List.of(StageReport.read(ModelFolder.of(out, Stage.BASE))), Map.of("1 | 2?", "a\n<|b|>"));
    assertThat(card.text()).contains("| 1 \\| 2? | a<br>&lt;\\|b\\|> |");
  }

  @Test
  void saysThatNothingWasTrained() {
    assertThatThrownBy(() -> ReportCard.of(out.resolve("nowhere"), List.of())).hasMessageContaining("nothing was trained in");
  }
}
