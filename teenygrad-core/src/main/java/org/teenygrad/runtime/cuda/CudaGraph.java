package org.teenygrad.runtime.cuda;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.teenygrad.runtime.Buffer;

/// Launches that the driver holds as a whole: one call hands them all in, and the GPU goes from one to the next by itself. What does not
/// depend on each other may run at once: a kernel's runs over independent data, such as all layers' gradients of one kind, and kernels too
/// small to fill the GPU. Where a buffer has moved since the last time, its kernels get their new pointers first.
///
/// @param exec what is launched
/// @param graph what it was made from; it names the nodes
/// @param kernels keeps the code loaded
record CudaGraph(CudaStream stream, long exec, long graph, List<Node> nodes, List<CudaKernel> kernels) {
  /// @param waits for each kernel the earlier ones that it has to wait for
  static CudaGraph of(CudaStream stream, List<CudaKernel> kernels, List<List<Integer>> waits, List<List<List<Buffer>>> arguments) {
    stream.makeCurrent();
    long graph = CudaDriver.graphCreate();
    List<Node> nodes = new ArrayList<>();
    List<List<Long>> ends = new ArrayList<>();
    for (int i = 0; i < kernels.size(); i++) {
      List<Long> before = waits.get(i).stream().flatMap(earlier -> ends.get(earlier).stream()).distinct().toList();
      if (kernels.get(i).launch().blocks() == 0) {
        ends.add(before);
        continue;
      }
      List<Long> runs = new ArrayList<>();
      for (List<Buffer> list : arguments.get(i)) {
        Parameters parameters = Parameters.of(kernels.get(i), list);
        long node = CudaDriver.graphAddKernelNode(graph, before, parameters.struct());
        nodes.add(new Node(node, i, parameters));
        runs.add(node);
      }
      ends.add(runs.size() == 1 ? runs : List.of(CudaDriver.graphAddEmptyNode(graph, runs)));
    }
    return new CudaGraph(stream, CudaDriver.graphInstantiate(graph), graph, nodes, kernels);
  }

  /// A launch of a kernel.
  private record Node(long handle, int kernel, Parameters parameters) {}

  /// @param arguments as many lists for each kernel as when the graph was made
  void launch(List<List<List<Buffer>>> arguments) {
    stream.makeCurrent();
    int kernel = -1;
    int run = 0;
    for (Node node : nodes) {
      run = node.kernel() == kernel ? run + 1 : 0;
      kernel = node.kernel();
      if (node.parameters().change(arguments.get(kernel).get(run))) {
        CudaDriver.graphExecKernelNodeSetParams(exec, node.handle(), node.parameters().struct());
      }
    }
    stream.launchGraph("a graph of " + nodes.size() + " launches from " + kernels.getFirst().title() + " to " + kernels.getLast().title(), exec);
  }

  /// Runs once, when nobody can launch it any more.
  void destroy() {
    stream.synchronize(); // it may be running
    CudaDriver.graphExecDestroy(exec);
    CudaDriver.graphDestroy(graph);
  }

  /// What a node runs, as the driver wants it.
  ///
  /// @param struct a `CUDA_KERNEL_NODE_PARAMS_v1`, which refers to the values
  /// @param values the kernel's arguments
  private record Parameters(MemorySegment struct, MemorySegment values) {
    private static final long STRUCT_BYTES = 56;

    static Parameters of(CudaKernel kernel, List<Buffer> arguments) {
      int count = arguments.size();
      Arena arena = Arena.ofAuto();
      MemorySegment values = arena.allocate(Math.max(1, count) * JAVA_LONG.byteSize(), 8);
      MemorySegment addresses = arena.allocate(Math.max(1, count) * JAVA_LONG.byteSize(), 8);
      for (int i = 0; i < count; i++) {
        values.setAtIndex(JAVA_LONG, i, arguments.get(i).address());
        addresses.setAtIndex(JAVA_LONG, i, values.address() + i * JAVA_LONG.byteSize());
      }
      MemorySegment struct = arena.allocate(STRUCT_BYTES, 8);
      struct.set(JAVA_LONG, 0, kernel.function());
      int[] shape = {(int) kernel.launch().blocks(), 1, 1, kernel.launch().threads(), 1, 1, kernel.launch().sharedBytes()};
      MemorySegment.copy(shape, 0, struct, JAVA_INT, 8, shape.length);
      struct.set(JAVA_LONG, 40, addresses.address());
      return new Parameters(struct, values);
    }

    /// Whether the arguments are others than the last time; they are noted.
    boolean change(List<Buffer> arguments) {
      boolean changed = false;
      for (int i = 0; i < arguments.size(); i++) {
        long address = arguments.get(i).address();
        if (values.getAtIndex(JAVA_LONG, i) != address) {
          values.setAtIndex(JAVA_LONG, i, address);
          changed = true;
        }
      }
      return changed;
    }
  }
}
