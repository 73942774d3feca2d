package org.teenygrad.engine.runtime;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.engine.runtime.cpu.Cpu;
import org.teenygrad.testing.JavaProcess;

class ActivityTest {
  private static final Device CPU = Device.of("cpu");

  @TempDir Path folder;

  private static void compute(int size) {
    Tensor x = Tensor.of(new float[size], Shape.of(size), CPU);
    x.exp().add(1).matmul(x).data();
  }

  private static List<Activity.Event> during(Runnable action) {
    List<Activity.Event> events = new ArrayList<>();
    try (Activity.Watching _ = Activity.watch(events::add)) {
      action.run();
    }
    return events;
  }

  private static <E extends Activity.Event> List<E> only(Class<E> kind, List<Activity.Event> events) {
    return events.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  @Test
  void tellsWhatHappenedWhen() {
    assumeTrue(Cpu.isPresent());
    long before = System.nanoTime();
    List<Activity.Event> events = during(() -> compute(1037));
    long after = System.nanoTime();
    assertThat(events).allSatisfy(event -> {
      assertThat(event.device()).isEqualTo(CPU);
      assertThat(event.start()).isBetween(before, after);
      assertThat(event.start() + event.nanos()).isBetween(event.start(), after);
    });
    List<Activity.Copied> copies = only(Activity.Copied.class, events);
    assertThat(copies).extracting(Activity.Copied::way).containsExactly(Activity.Way.TO_DEVICE, Activity.Way.TO_HOST);
    assertThat(copies).extracting(Activity.Copied::bytes).containsExactly(4148L, 4L);
    Activity.Scheduled scheduled = only(Activity.Scheduled.class, events).getFirst();
    assertThat(scheduled.made()).isNotNull();
    assertThat(only(Activity.Compiled.class, events)).isNotEmpty().allSatisfy(compiled -> assertThat(compiled.start()).isBetween(scheduled.start(), scheduled.start() + scheduled.nanos()));
    assertThat(only(Activity.Launched.class, events)).isNotEmpty().allSatisfy(launched -> {
      assertThat(launched.start()).isGreaterThanOrEqualTo(scheduled.start() + scheduled.nanos());
      assertThat(launched.liveBytes()).isGreaterThanOrEqualTo(4148);
    });
  }

  @Test
  void aScheduleThatWasKnownIsFound() {
    assumeTrue(Cpu.isPresent());
    compute(1038);
    List<Activity.Event> events = during(() -> compute(1038));
    assertThat(only(Activity.Compiled.class, events)).isEmpty();
    assertThat(only(Activity.Scheduled.class, events)).singleElement().satisfies(found -> assertThat(found.made()).isNull());
  }

  @Test
  void aProcessorRunsAScheduleAsAWholeWhereNobodyWantsItsLaunches() {
    assumeTrue(Cpu.isPresent());
    List<Activity.Event> events = new ArrayList<>();
    Activity.Watcher watcher = new Activity.Watcher() {
      @Override
      public void happened(Activity.Event event) {
        events.add(event);
      }

      @Override
      public boolean wantsLaunches(long schedule) {
        return false;
      }
    };
    int launches = only(Activity.Launched.class, during(() -> compute(1039))).size();
    for (int i = 0; i < 3; i++) {
      events.clear();
      try (Activity.Watching _ = Activity.watch(watcher)) {
        compute(1039);
      }
      assertThat(only(Activity.Launched.class, events)).isEmpty();
      assertThat(only(Activity.Ran.class, events)).singleElement().extracting(Activity.Ran::launches).isEqualTo(launches);
    }
  }

  @Test
  void nobodyIsToldAfterwards() {
    List<Activity.Event> events = during(() -> assertThat(Activity.isWatched()).isTrue());
    assertThat(Activity.isWatched()).isFalse();
    assertThat(Activity.begin()).isZero();
    Tensor.of(new float[] {1}, Shape.of(1), Device.of("interpreter")).exp().realize();
    assertThat(events).isEmpty();
  }

  @Test
  void waitingForAnotherThreadIsTold() throws InterruptedException {
    Device device = Device.of("null");
    AtomicReference<Thread> second = new AtomicReference<>();
    List<Activity.Event> waited = new ArrayList<>();
    Activity.Watcher watcher = event -> {
      if (event instanceof Activity.Launched && second.get() == null) { // the first thread has the device's turn
        Thread thread = Thread.ofPlatform().start(() -> Tensor.of(new float[] {2}, Shape.of(1), device).sqrt().realize());
        second.set(thread);
        while (thread.getState() != Thread.State.WAITING) {
          Thread.onSpinWait();
        }
      } else if (event instanceof Activity.Waited) {
        waited.add(event);
      }
    };
    try (Activity.Watching _ = Activity.watch(watcher)) {
      Tensor.of(new float[] {1}, Shape.of(1), device).exp().realize();
      second.get().join();
    }
    assertThat(waited).singleElement().extracting(Activity.Event::device).isEqualTo(device);
  }

  /// Computes a little with a setting that only counts when a process begins.
  static final class Computing {
    public static void main(String[] arguments) {
      Tensor.of(new float[] {1, 2}, Shape.of(2), Device.of(arguments[0])).exp().mul(3).data();
    }
  }

  @Test
  void aTraceIsAFileOfEventsWithTheirTracks() throws IOException {
    Path file = folder.resolve("run.json");
    JavaProcess.run(Computing.class, List.of(), Map.of("TEENYGRAD_TRACE", file.toString()), "interpreter");
    List<String> lines = Files.readAllLines(file);
    assertThat(lines.getFirst()).isEqualTo("[");
    assertThat(lines.getLast()).isEqualTo("]");
    assertThat(lines).anyMatch(line -> line.matches("\\{\"ph\":\"M\",\"name\":\"process_name\",\"pid\":2,.*\"device interpreter\"}},"))
        .anyMatch(line -> line.startsWith("{\"ph\":\"X\",\"name\":\"make schedule\",\"cat\":\"schedule\",\"pid\":1,"))
        .anyMatch(line -> line.matches("\\{\"ph\":\"X\",\"name\":\".*\",\"cat\":\"kernel\",\"pid\":2,\"tid\":1,\"ts\":[\\d.E]+,\"dur\":[\\d.E]+,\"args\":\\{.*\"kernel\":\"graph\",.*}},?"))
        .anyMatch(line -> line.startsWith("{\"ph\":\"X\",\"name\":\"to host\",\"cat\":\"copy\",\"pid\":2,\"tid\":2,"));
  }

  @Test
  void ranksWriteFilesOfTheirOwn() {
    Path file = folder.resolve("run.json");
    JavaProcess.run(Computing.class, List.of(), Map.of("TEENYGRAD_TRACE", file.toString(), "OMPI_COMM_WORLD_RANK", "3"), "interpreter");
    assertThat(folder.resolve("run.rank3.json")).isNotEmptyFile();
    assertThat(file).doesNotExist();
  }

  @Test
  void whatIsMissingForAViewIsSaid() {
    String output = JavaProcess.run(Computing.class, List.of(), Map.of("TEENYGRAD_WEB", "1"), "interpreter");
    assertThat(output).isEqualTo("teenygrad: TEENYGRAD_WEB=1 needs teenygrad-web, which is not on the class path" + System.lineSeparator());
  }

  @Test
  void aTraceThatCannotBeWrittenIsSaid() {
    String output = JavaProcess.run(Computing.class, List.of(), Map.of("TEENYGRAD_TRACE", folder.resolve("none").resolve("run.json").toString()), "interpreter");
    assertThat(output).startsWith("teenygrad: no trace is written: java.nio.file.NoSuchFileException").contains("run.json");
  }
}
