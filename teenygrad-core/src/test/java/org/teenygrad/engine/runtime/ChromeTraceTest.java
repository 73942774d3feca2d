package org.teenygrad.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Profile;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.engine.runtime.nulldevice.NullDevice;

class ChromeTraceTest {
  /// Its schedules run faster as a whole, if they ran.
  private static final Device GPU = Device.of("null-h200");

  /// Two launches.
  private static void compute(int size) {
    Tensor x = Tensor.ofMemory(NullDevice.memory(4L * size * size), DType.FLOAT32, Shape.of(size, size), GPU);
    x.matmul(x).exp().sum().realize();
  }

  /// The kinds of what a device did, run by run.
  private static List<List<String>> kindsOfRuns(int runs, int size) {
    List<TraceEvent> events = new ArrayList<>();
    List<List<String>> kinds = new ArrayList<>();
    try (Activity.Watching _ = Activity.watch(new ChromeTrace(events::add))) {
      for (int i = 0; i < runs; i++) {
        events.clear();
        compute(size);
        kinds.add(events.stream().map(TraceEvent::category).filter(kind -> kind.equals("kernel") || kind.equals("run")).toList());
      }
    }
    return kinds;
  }

  @Test
  void onAGpuTheLaunchesOfTheFirstRunsAndOfOneInSixteenAreTimed() {
    List<List<String>> kinds = kindsOfRuns(50, 1031);
    List<Integer> timed = IntStream.rangeClosed(1, 50).filter(run -> !kinds.get(run - 1).contains("run")).boxed().toList();
    assertThat(timed).containsExactly(1, 2, 16, 32, 48);
    assertThat(timed).allSatisfy(run -> assertThat(kinds.get(run - 1)).hasSizeGreaterThan(1).containsOnly("kernel"));
    assertThat(kinds.get(2)).containsExactly("run");
  }

  @Test
  void aWholeRunHasTheWorkOfItsLaunches() {
    List<Activity.Ran> whole = new ArrayList<>();
    Activity.Watcher watcher = new Activity.Watcher() {
      @Override
      public void happened(Activity.Event event) {
        if (event instanceof Activity.Ran ran) {
          whole.add(ran);
        }
      }

      @Override
      public boolean wantsLaunches(long schedule) {
        return false;
      }
    };
    try (Activity.Watching _ = Activity.watch(watcher)) {
      compute(1033);
    }
    List<Profile.Launch> launches = Profile.of(() -> compute(1033)).launches();
    assertThat(whole).singleElement().satisfies(ran -> {
      assertThat(ran.device()).isEqualTo(GPU);
      assertThat(ran.launches()).isEqualTo(launches.size()).isGreaterThan(1);
      assertThat(ran.flops()).isEqualTo(launches.stream().mapToDouble(Profile.Launch::flops).sum()).isPositive();
      assertThat(ran.bytes()).isEqualTo(launches.stream().mapToDouble(Profile.Launch::bytes).sum()).isPositive();
    });
  }

  @Test
  void whoeverNeedsLaunchesGetsThemBesideATrace() {
    int launches = Profile.of(() -> compute(1039)).launches().size();
    try (Activity.Watching _ = Activity.watch(new ChromeTrace(Objects::requireNonNull))) {
      for (int i = 0; i < 5; i++) {
        assertThat(Profile.of(() -> compute(1039)).launches()).hasSize(launches);
      }
    }
  }
}
