package org.teenygrad.engine.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.testing.JavaProcess;

class FlightRecorderTest {
  private static final Device CPU = Device.of("cpu");

  @TempDir Path folder;

  private List<RecordedEvent> recorded(String event, Runnable action) throws IOException {
    Path file = folder.resolve("run.jfr");
    try (Recording recording = new Recording()) {
      recording.enable(event).withoutThreshold();
      recording.start();
      action.run();
      recording.stop();
      recording.dump(file);
    }
    return RecordingFile.readAllEvents(file).stream().filter(e -> e.getEventType().getName().equals(event)).toList();
  }

  private static Tensor rows() {
    return Tensor.of(new float[1000], Shape.of(10, 100), CPU);
  }

  @Test
  void kernelsAreRecordedWithTheirWork() throws IOException {
    List<RecordedEvent> kernels = recorded("org.teenygrad.Kernel", () -> rows().softmax(-1).realize());
    assertThat(kernels).singleElement().satisfies(kernel -> {
      assertThat(kernel.getString("description")).startsWith("reduce max,sum over 100");
      assertThat(kernel.getString("device")).isEqualTo("cpu");
      assertThat(kernel.getInt("runs")).isEqualTo(1);
      assertThat(kernel.getDouble("operations")).isPositive();
      assertThat(kernel.getLong("data")).isEqualTo(2 * 4 * 1000);
      assertThat(kernel.getDuration("time")).isPositive();
    });
  }

  @Test
  void schedulesAreRecordedAndWhetherTheyWereKnown() throws IOException {
    Runnable step = () -> rows().mul(3).sin().realize();
    List<RecordedEvent> schedules = recorded("org.teenygrad.Schedule", () -> {
      step.run();
      step.run();
    });
    assertThat(schedules).hasSize(2).allSatisfy(schedule -> {
      assertThat(schedule.getInt("launches")).isEqualTo(1);
      assertThat(schedule.getInt("kernels")).isEqualTo(1);
      assertThat(schedule.getString("device")).isEqualTo("cpu");
    });
    assertThat(schedules).extracting(schedule -> schedule.getBoolean("cached")).containsExactly(false, true);
    assertThat(schedules).extracting(schedule -> schedule.getInt("compiled")).containsExactly(1, 0);
    assertThat(schedules).extracting(schedule -> schedule.getDuration("compileTime").isZero()).containsExactly(false, true);
  }

  /// To load the first of them takes the JVM half a second.
  @Test
  void withoutARecorderNoEventIsLoaded() {
    String loaded = JavaProcess.run(Step.class, List.of("-Xlog:class+load"), Map.of());
    assertThat(loaded).contains("org.teenygrad.engine.schedule.FlightRecording ").doesNotContain("org.teenygrad.engine.schedule.ScheduleEvent ", "org.teenygrad.engine.schedule.KernelEvent ");
  }

  /// Something that is planned, compiled and run.
  static final class Step {
    public static void main(String[] arguments) {
      Tensor.of(new float[] {1, 2, 3}, Shape.of(3), Device.of("interpreter")).exp().sum().realize();
    }
  }
}
