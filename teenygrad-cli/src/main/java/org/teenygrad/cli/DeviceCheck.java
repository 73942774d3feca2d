package org.teenygrad.cli;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Recorded;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;
import org.teenygrad.engine.runtime.Allocator;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Devices;

/// Tries a device: memory, copies, kernels, the same kernels again on other data, products of matrices. What it computes must be what
/// the interpreter computes, bit by bit: the numbers are small integers, of which no type loses anything.
final class DeviceCheck {
  private static final Device REFERENCE = Device.of("interpreter");
  private static final int[] COPIED_BYTES = {1, 255, 4097, (4 << 20) + 1, 9 << 20};
  private static final List<DType> MATRIX_TYPES = List.of(DType.FLOAT32, DType.BFLOAT16, DType.FLOAT16);

  private final Device device;
  private final Random random = new Random(42);
  private final List<String> differences = new ArrayList<>();

  private DeviceCheck(Device device) {
    this.device = device;
  }

  /// What was wrong, in a line; null if nothing was.
  static @Nullable String difference(Device device) {
    DeviceCheck check = new DeviceCheck(device);
    check.copies();
    check.compare("elementwise", check.integers(DType.FLOAT32, 3, 1001), x -> x.mul(x).sub(7).maximum(x.neg()));
    check.compare("sum", check.integers(DType.FLOAT32, 257, 4099), x -> x.sum(1));
    check.compare("sort", check.integers(DType.INT32, 1000), x -> x.sort(0, false).values());
    check.compare("transpose", check.integers(DType.FLOAT32, 65, 130), x -> x.transpose(0, 1).contiguous());
    MATRIX_TYPES.forEach(check::products);
    check.replay();
    return check.differences.isEmpty() ? null : String.join("; ", check.differences);
  }

  private void copies() {
    Allocator allocator = Devices.runtime(device).allocator();
    for (int length : COPIED_BYTES) {
      byte[] sent = new byte[length];
      random.nextBytes(sent);
      Buffer copied = allocator.allocate(length);
      allocator.copyIn(copied, MemorySegment.ofArray(sent));
      for (Buffer buffer : List.of(copied, allocator.upload(MemorySegment.ofArray(sent)))) {
        byte[] back = new byte[length];
        allocator.copyOut(buffer, MemorySegment.ofArray(back));
        int at = Arrays.mismatch(sent, back);
        if (at >= 0) {
          differences.add(
              String.format(Locale.ROOT, "of %,d bytes that were copied there and back, byte %,d is another",
                  length, at));
        }
      }
    }
  }

  private void products(DType type) {
    for (int size : new int[] {67, 256}) {
      Tensor right = integers(type, 96, size);
      compare("matmul in " + type + " of " + Shape.of(129, 96) + " and " + right.shape(), integers(type, 129, 96),
          x -> x.matmul(right.to(x.device())));
    }
  }

  /// From the second run on a GPU gets all launches as one, with new pointers.
  private void replay() {
    Tensor weight = integers(DType.FLOAT32, 64, 64);
    UnaryOperator<Tensor> layers = x -> x.matmul(weight.to(x.device())).relu().sum(1, true).add(x).transpose(0, 1).contiguous().mul(2);
    Tensor there = weight.to(device).realize();
    Recorded recorded = Recorded.of(in -> in.getFirst().matmul(there).relu().sum(1, true).add(in.getFirst()).transpose(0,
        1).contiguous().mul(2));
    for (int run = 1; run <= 4; run++) {
      Tensor x = integers(DType.FLOAT32, 32, 64);
      report("run " + run + " of a recorded function", layers.apply(x), recorded.call(x.to(device)));
    }
  }

  /// Integers from -3 to 3, on the reference's device.
  private Tensor integers(DType type, int... sizes) {
    int[] values = random.ints(Shape.of(sizes).elements(), -3, 4).toArray();
    return Tensor.of(values, Shape.of(sizes), REFERENCE).cast(type).realize();
  }

  private void compare(String what, Tensor x, UnaryOperator<Tensor> function) {
    report(what, function.apply(x), function.apply(x.to(device)));
  }

  private void report(String what, Tensor expected, Tensor actual) {
    double[] right = expected.toDoubleArray();
    double[] found = actual.toDoubleArray();
    int at = Arrays.mismatch(right, found);
    if (at >= 0) {
      differences.add(String.format(Locale.ROOT, "%s: element %,d of %,d is %s, not %s",
          what, at, right.length, found[at], right[at]));
    }
  }
}
