package org.teenygrad.engine.runtime;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpNode;

/// One kernel, ready for a device's compiler.
///
/// On a GPU one launch runs over all lists of buffers that are independent of each other, so the source is made for that many; elsewhere
/// for one list.
///
/// @param name a function name, unique among the kernels of a schedule, that says what the kernel does
/// @param graphs for each list of buffers that a launch runs over, a SINK. For devices with a machine [Target]: of
///     STOREs over PARAMs and RANGEs. For [Target.Graphs]: of tensor-level nodes; slots 0.. are the outputs, one for
///     each of the SINK's inputs, then come the arguments
/// @param source LLVM IR that defines the function `name`: of `(ptr args, i64 begin, i64 end, ptr scratch)` for
///     [Target.Cpu], for [Target.Gpu] of one pointer for each PARAM slot, or one parameter that holds those of all
///     lists; empty for [Target.Graphs]
/// @param maps tensor maps, each of which is a parameter after the pointers ([Target.Gpu])
/// @param prefetched the slots of buffers that it begins to read before the launches before it have ended, if its last parameter,
///     an `i32` after the maps, is 1, which says that none of them writes any of these ([Target.Gpu])
/// @param exchangeBytes memory through which its blocks exchange sums, a part of what the device has for all programs, which use it
///     one after the other: one more pointer behind those of the slots, in each list the same. The first [#EXCHANGE_FLAG_BYTES] are
///     0 before and after each launch ([Target.Gpu])
/// @param launch how its work is cut up
/// @param work an estimate of all graphs together
/// @param description what the kernel computes, in a line for people
public record Program(String name, List<OpNode> graphs, String source, List<TensorMap> maps, List<Integer> prefetched, long exchangeBytes, Launch launch, Work work, String description) {
  /// Of the memory through which blocks exchange sums, what says whose are there.
  public static final long EXCHANGE_FLAG_BYTES = 1 << 16;

  /// A program about which there is nothing to say.
  public Program(String name, OpNode graph, String source, Launch launch, Work work) {
    this(name, List.of(graph), source, List.of(), List.of(), 0, launch, work, name);
  }

  /// The graph of the first list; those of others differ in sizes and types at most.
  public OpNode graph() {
    return graphs.getFirst();
  }

  /// The graph of one of the lists that a launch is given.
  public OpNode graph(int list) {
    return graphs.get(graphs.size() == 1 ? 0 : list);
  }

  /// How a kernel's work is cut up.
  ///
  /// @param items how many independent parts there are: on a processor `begin..end` is some of them, on a GPU each is a block of threads
  /// @param threads how many threads work on one part together: 1 on a processor
  /// @param scratchBytes how much memory of its own each part needs while it is worked on: 64-byte aligned on a processor, a block's
  ///     dynamic shared memory on a GPU
  /// @param times how often all of that is done in one launch: once for each list of buffers, if the items are those of one list
  public record Launch(long items, int threads, long scratchBytes, int times) {
    /// For one list of buffers, or for all.
    public Launch(long items, int threads, long scratchBytes) {
      this(items, threads, scratchBytes, 1);
    }

    /// The same for so many lists.
    public Launch times(int lists) {
      return new Launch(items, threads, scratchBytes, lists);
    }
  }

  /// A buffer as a tensor whose tiles the tensor memory accelerator of a GPU brings to shared memory, with the 16-byte
  /// parts of lines of 128 bytes exchanged by the line's number.
  ///
  /// @param slot the buffer
  /// @param offset where in it the tensor starts, in elements
  /// @param dimensions two to five, neighbours in memory first
  /// @param pixels how a tile goes over images, whose channels are the first dimension and whose number the last; null if tiles are boxes
  /// @param written whether tiles are written; float32 that is read is rounded to TensorFloat32
  public record TensorMap(int slot, DType dtype, long offset, List<Dimension> dimensions, @Nullable Pixels pixels, boolean written) {}

  /// @param size how many there are
  /// @param stride how many elements apart
  /// @param box how many a tile has
  public record Dimension(long size, long stride, int box) {}

  /// Pixels of images, row by row and image by image, as a convolution's window goes over them.
  ///
  /// @param count of a tile
  /// @param axes of an image, neighbours in memory first
  public record Pixels(int count, List<PixelAxis> axes) {}

  /// @param lower where the first pixel of a row is, from the first of the image
  /// @param upper where the last one is, from the last of the image
  /// @param step from one to the next
  public record PixelAxis(int lower, int upper, int step) {}

  /// Floating-point operations, and bytes of tensors read and written at least once.
  public record Work(double flops, double bytes) {}
}
