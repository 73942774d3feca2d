package org.teenygrad.distributed;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the ranks are shell scripts")
class LauncherTest {
  @TempDir private Path folder;

  @Test
  void eachRankIsToldWhichItIs() throws Exception {
    int status = Launcher.run(3, List.of("sh", "-c", "echo $LOCAL_RANK of $WORLD_SIZE at $MASTER_ADDR > " + folder + "/$RANK"));

    assertThat(status).isZero();
    assertThat(folder.resolve("2")).hasContent("2 of 3 at 127.0.0.1");
    assertThat(folder.toFile().list()).containsExactlyInAnyOrder("0", "1", "2");
  }

  @Test
  void theOthersEndWithARankThatFails() throws Exception {
    long start = System.nanoTime();

    int status = Launcher.run(2, List.of("sh", "-c", "if [ $RANK = 1 ]; then exit 7; fi; exec sleep 60"));

    assertThat(status).isEqualTo(7);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
  }
}
