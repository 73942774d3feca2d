package org.teenygrad.engine.runtime.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Ordering;

/// Launches that the driver holds as a whole: one call hands them all in, and the GPU goes from one to the next by itself. What
/// does not depend on each other may run at once: kernels too small to fill the GPU. A kernel that waits by itself for those before
/// it is set up while they run. Where a buffer has moved since the last time, its kernels get their new pointers first.
///
/// @param exec what is launched
/// @param graph what it was made from; it names the nodes
/// @param kernels keeps the code loaded
record CudaGraph(CudaStream stream, long exec, long graph, List<Node> nodes, List<CudaKernel> kernels) {
  private static final long STRUCT_BYTES = 56;

  static CudaGraph of(CudaStream stream, List<CudaKernel> kernels, Ordering ordering, List<List<List<Buffer>>> arguments) {
    stream.makeCurrent();
    long graph = CudaDriver.graphCreate();
    List<Node> nodes = new ArrayList<>();
    List<List<Long>> ends = new ArrayList<>();
    for (int i = 0; i < kernels.size(); i++) {
      List<Long> before = ordering.waits().get(i).stream().flatMap(earlier -> ends.get(earlier).stream()).distinct().toList();
      if (kernels.get(i).launch().blocks() == 0) {
        ends.add(before);
        continue;
      }
      BitSet unwritten = ordering.unwritten().get(i);
      CudaKernel.Reads reads = kernels.get(i).reads();
      Parameters parameters = Parameters.of(reads, arguments.get(i), reads.prefetched().stream().allMatch(unwritten::get));
      MemorySegment struct = struct(kernels.get(i), parameters);
      boolean early = kernels.get(i).awaitsLaunchesBefore() && CudaDriver.hasProgrammaticDependencies() && !before.isEmpty();
      long handle = CudaDriver.graphAddKernelNode(graph, early ? List.of() : before, struct);
      if (early) {
        CudaDriver.graphAddProgrammaticDependencies(graph, before, handle);
      }
      nodes.add(new Node(handle, i, parameters, struct));
      ends.add(List.of(handle));
    }
    return new CudaGraph(stream, CudaDriver.graphInstantiate(graph), graph, nodes, kernels);
  }

  /// A launch of a kernel.
  ///
  /// @param struct a `CUDA_KERNEL_NODE_PARAMS_v1`, which refers to the parameters
  private record Node(long handle, int kernel, Parameters parameters, MemorySegment struct) {}

  private static MemorySegment struct(CudaKernel kernel, Parameters parameters) {
    MemorySegment struct = Arena.ofAuto().allocate(STRUCT_BYTES, 8);
    struct.set(JAVA_LONG, 0, kernel.function());
    CudaKernel.Launch launch = kernel.launch();
    int[] shape = {(int) launch.blocks(), launch.rows(), 1, launch.threads(), 1, 1, launch.sharedBytes()};
    MemorySegment.copy(shape, 0, struct, JAVA_INT, 8, shape.length);
    struct.set(JAVA_LONG, 40, parameters.addresses().address());
    return struct;
  }

  /// @param arguments as many lists for each kernel as when the graph was made
  void launch(List<List<List<Buffer>>> arguments) {
    stream.makeCurrent();
    for (Node node : nodes) {
      if (node.parameters().change(arguments.get(node.kernel()))) {
        CudaDriver.graphExecKernelNodeSetParams(exec, node.handle(), node.struct());
      }
    }
    stream.launchGraph("a graph of " + nodes.size() + " launches from " + kernels.getFirst().title() + " to " + kernels.getLast().title(),
        exec);
  }

  /// Runs once, when nobody can launch it any more.
  void destroy() {
    stream.synchronize(); // it may be running
    CudaDriver.graphExecDestroy(exec);
    CudaDriver.graphDestroy(graph);
  }
}
