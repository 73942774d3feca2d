package org.teenygrad.engine.schedule;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.teenygrad.DType;
import org.teenygrad.Shape;
import org.teenygrad.engine.codegen.KernelDescription;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Param;
import org.teenygrad.engine.ir.Semantics;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Runtime;

/// Looks for NaN in what a launch wrote, so that the first kernel that makes one is known by name.
final class NanCheck {
  private NanCheck() {}

  /// @throws ArithmeticException if there is NaN, naming the kernel, what it fuses, the place, and inputs that have NaN too
  static void after(Runtime runtime, Program program, List<List<Buffer>> arguments) {
    for (int i = 0; i < arguments.size(); i++) {
      OpNode graph = program.graph(i);
      List<Buffer> buffers = arguments.get(i);
      Map<Integer, OpNode> outputs = outputs(graph);
      outputs.forEach((slot, output) -> {
        long place = firstNan(runtime, buffers.get(slot), output.dtype());
        if (place >= 0) {
          throw new ArithmeticException("NaN at " + index(output.shape(), place) + " of the " + output.dtype() + output.shape() + " that kernel " + program.name()
              + " wrote: " + KernelDescription.of(graph) + "; " + guilty(runtime, graph, buffers, outputs));
        }
      });
    }
  }

  /// What the kernel writes, by slot.
  private static Map<Integer, OpNode> outputs(OpNode sink) {
    Map<Integer, OpNode> outputs = new LinkedHashMap<>();
    for (int i = 0; i < sink.inputs().size(); i++) {
      OpNode output = sink.input(i);
      if (output.is(OpCode.STORE)) {
        OpNode param = output.input(0);
        outputs.put(param.payload(Param.class).slot(), param);
      } else {
        outputs.put(i, output);
      }
    }
    return outputs;
  }

  private static String guilty(Runtime runtime, OpNode sink, List<Buffer> buffers, Map<Integer, OpNode> outputs) {
    List<String> found = new ArrayList<>();
    for (OpNode param : Graph.topological(List.of(sink))) {
      if (param.is(OpCode.PARAM)) {
        int slot = param.payload(Param.class).slot();
        boolean overwritten = outputs.keySet().stream().anyMatch(output -> buffers.get(output).address() == buffers.get(slot).address());
        if (!overwritten && firstNan(runtime, buffers.get(slot), param.dtype()) >= 0) {
          found.add("argument " + slot + ", " + param.dtype() + param.shape());
        }
      }
    }
    return found.isEmpty() ? "none of what it read and still has held NaN" : "it had read NaN from " + String.join(" and ", found);
  }

  private static String index(Shape shape, long place) {
    List<Long> index = new ArrayList<>();
    for (long stride : shape.strides()) {
      index.add(index.size() < shape.rank() && stride > 0 ? place / stride % shape.size(index.size()) : 0L);
    }
    return index.toString();
  }

  /// The number of the first element that is NaN, or -1.
  private static long firstNan(Runtime runtime, Buffer buffer, DType dtype) {
    if (!dtype.isFloating() || buffer.bytes() == 0) {
      return -1;
    }
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment copy = arena.allocate(buffer.bytes(), 8);
      runtime.allocator().copyOut(buffer, copy);
      long count = buffer.bytes() / dtype.bytes();
      for (long i = 0; i < count; i++) {
        boolean nan = switch (dtype) {
          case FLOAT64 -> Double.isNaN(copy.getAtIndex(ValueLayout.JAVA_DOUBLE, i));
          case FLOAT32 -> Float.isNaN(copy.getAtIndex(ValueLayout.JAVA_FLOAT, i));
          case FLOAT16 -> (copy.getAtIndex(ValueLayout.JAVA_SHORT, i) & 0x7FFF) > 0x7C00;
          case FLOAT8_E4M3, FLOAT8_E5M2 -> Double.isNaN(Semantics.bitsToFloating(dtype, copy.get(ValueLayout.JAVA_BYTE, i)));
          default -> (copy.getAtIndex(ValueLayout.JAVA_SHORT, i) & 0x7FFF) > 0x7F80;
        };
        if (nan) {
          return i;
        }
      }
      return -1;
    }
  }
}
