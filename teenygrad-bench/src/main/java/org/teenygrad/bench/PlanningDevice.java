package org.teenygrad.bench;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Target;
import org.teenygrad.engine.runtime.nulldevice.NullDevice;
import org.teenygrad.engine.schedule.Recording;

/// A machine that is not there: kernels are written for it, none runs, and its tensors take no room.
enum PlanningDevice {
  /// With AVX-512 and two cores.
  CPU("cpu", new Target.Cpu(64, 32, 48 << 10, 2 << 20, 2)),

  /// An A100.
  SM_80("sm_80", new Target.Gpu(108, 163 << 10, Target.Rung.WARP)),

  /// An H100 or H200.
  SM_90("sm_90", new Target.Gpu(132, 227 << 10, Target.Rung.TENSOR_MEMORY));

  private final String text;
  private final Device device;
  private final Map<Written, Program> programs = new ConcurrentHashMap<>();

  /// Kernels of one code that differ in how often it runs are told apart by their graphs.
  private record Written(String name, OpNode graph) {}

  PlanningDevice(String text, Target target) {
    this.text = text;
    device = Device.of("planned-" + text);
    Devices.register(device.name(),
        d -> NullDevice.open(d, target, program -> programs.put(new Written(program.name(), program.graph()), program)));
  }

  /// A tensor without contents.
  Tensor tensor(DType dtype, int... shape) {
    Shape sizes = Shape.of(shape);
    return Tensor.ofMemory(NullDevice.memory(Math.max(1, sizes.elements()) * dtype.bytes()), dtype, sizes, device);
  }

  /// A line for each kernel of a graph, sorted: the order of launches that are independent may differ from process to process.
  List<String> kernels(PlannedGraph graph) {
    Map<Written, Integer> launches = new HashMap<>();
    Recording.of(() -> graph.run(this)).launches()
        .forEach(launch -> launches.merge(new Written(launch.facts().name(), launch.kernel()), 1, Integer::sum));
    // What other devices compute for it, such as constants, has no program here.
    launches.keySet().retainAll(programs.keySet());
    return launches.entrySet().stream().map(entry -> line(graph, Objects.requireNonNull(programs.get(entry.getKey())), entry.getValue()))
        .sorted().toList();
  }

  private String line(PlannedGraph graph, Program program, int times) {
    Program.Launch launch = program.launch();
    return String.format(Locale.ROOT, "%s %s %s %dx, %dx%d threads, %d bytes: %s",
        text, graph.name(), program.name(), times, launch.items(), launch.threads(), launch.scratchBytes(), program.description());
  }
}
