package org.teenygrad.book.part3;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Gradient;
import org.teenygrad.Profile;
import org.teenygrad.Tensor;
import org.teenygrad.book.Page;
import org.teenygrad.book.Section;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Param;
import org.teenygrad.engine.ir.Range;
import org.teenygrad.engine.ir.Semantics;
import org.teenygrad.engine.runtime.Allocator;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.Kernel;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Runtime;
import org.teenygrad.engine.runtime.Slice;
import org.teenygrad.engine.runtime.Target;
import org.teenygrad.models.settings.Help;
import org.teenygrad.plot.Plot;

/// A device of one's own: a machine that walks through the loops of each kernel and counts the operations that it does. It has memory (an
/// [Allocator] of [Buffer]s), a compiler (from a [Program] to a [Kernel]), and a name: that is all the engine asks for.
@Section(number = "3.2.3", name = "own-device", title = "A device in one file: it runs every kernel, and counts its operations")
public record OwnDevice(@Help("rows and columns of the matrices") int size) implements org.teenygrad.book.Program {
  static final Device DEVICE = Device.of("counting");

  /// What the device has done so far.
  private static final Map<OpCode, Long> COUNTS = new EnumMap<>(OpCode.class);

  static {
    // To the engine it is a processor: graphs are fused into kernels of loops. The sizes of its vectors and caches do not matter to it.
    Devices.register(DEVICE.name(), device -> new Runtime(device, new Heap(), new Target.Cpu(64, 32, 32 << 10, 1 << 20, 1), Loops::new));
  }

  public OwnDevice() {
    this(24);
  }

  /// @throws IllegalArgumentException if `size` is not positive
  public OwnDevice {
    if (size < 1) {
      throw new IllegalArgumentException("size must be at least 1, not " + size);
    }
  }

  /// Memory: arrays of Java's heap, so there is nothing to free.
  private record Cells(MemorySegment memory) implements Buffer {
    @Override
    public long bytes() {
      return memory.byteSize();
    }

    @Override
    public long address() {
      return 0;
    }

    @Override
    public void free() {}

    /// The engine hands out parts of buffers, too.
    static MemorySegment of(Buffer buffer) {
      return switch (buffer) {
        case Cells(MemorySegment memory) -> memory;
        case Slice(Buffer whole, long offset, long bytes) -> of(whole).asSlice(offset, bytes);
        default -> throw new IllegalArgumentException("not memory of " + DEVICE + ": " + buffer);
      };
    }
  }

  private static final class Heap implements Allocator {
    @Override
    public Buffer allocate(long bytes) {
      return new Cells(MemorySegment.ofArray(new long[Math.toIntExact((bytes + 7) / 8)]).asSlice(0, bytes));
    }

    @Override
    public void copyIn(Buffer target, MemorySegment source) {
      MemorySegment.copy(source, 0, Cells.of(target), 0, source.byteSize());
    }

    @Override
    public void copyOut(Buffer source, MemorySegment target) {
      MemorySegment.copy(Cells.of(source), 0, target, 0, target.byteSize());
    }
  }

  /// A kernel: a SINK of STOREs, whose values are expressions of RANGEs (loop counters), LOADs and FOLDs (sums, maxima over inner loops).
  private static final class Loops implements Kernel {
    private final List<OpNode> stores;
    private final List<OpNode> outer;

    /// The loops in which each node's value changes.
    private final Map<OpNode, Set<OpNode>> loops = new HashMap<>();

    Loops(Program program) {
      stores = program.graph().inputs();
      for (OpNode node : Graph.topological(stores)) {
        Set<OpNode> own = new HashSet<>(node.is(OpCode.RANGE) ? List.of(node) : List.of());
        node.inputs().forEach(input -> own.addAll(Objects.requireNonNull(loops.get(input))));
        if (node.is(OpCode.FOLD)) {
          node.inputs().subList(1, node.inputs().size()).forEach(own::remove);
        }
        loops.put(node, own);
      }
      outer = stores.stream().flatMap(store -> loopsOf(store).stream()).distinct()
          .sorted(Comparator.comparing(range -> range.payload(Range.class).id())).toList();
    }

    private Set<OpNode> loopsOf(OpNode node) {
      return Objects.requireNonNull(loops.get(node));
    }

    @Override
    public void run(List<List<Buffer>> arguments) {
      arguments.forEach(list -> {
        List<MemorySegment> memory = list.stream().map(Cells::of).toList();
        iterate(outer, new Scope(this, memory, null, null, 0), this::store);
      });
    }

    /// Runs a body for all values of the loops, the last fastest.
    static void iterate(List<OpNode> ranges, Scope scope, Consumer<Scope> body) {
      if (ranges.isEmpty()) {
        body.accept(scope);
        return;
      }
      OpNode range = ranges.getFirst();
      for (long i = 0; i < range.payload(Range.class).size(); i++) {
        iterate(ranges.subList(1, ranges.size()), new Scope(scope.kernel, scope.memory, scope, range, i), body);
      }
    }

    /// One iteration: all values first, then all writes, as a value may be read where another is written.
    private void store(Scope scope) {
      List<Runnable> writes = new ArrayList<>();
      for (OpNode store : stores) {
        boolean once = outer.stream().allMatch(range -> loopsOf(store).contains(range) || (long) scope.value(range) == 0);
        if (once && (store.inputs().size() < 4 || (boolean) scope.value(store.input(3)))) {
          Object value = scope.value(store.input(2));
          OpNode param = store.input(0);
          long index = Semantics.toLong(scope.value(store.input(1)));
          writes.add(() -> scope.write(param, index, store.payload() == null ? value : combine((OpCode) store.payload(), param.dtype(),
              scope.read(param, index), value)));
        }
      }
      writes.forEach(Runnable::run);
    }
  }

  private static Object combine(OpCode op, DType dtype, Object a, Object b) {
    count(op, dtype);
    if (op == OpCode.LOGSUMEXP) {
      double most = Math.max((double) a, (double) b);
      return most == Double.NEGATIVE_INFINITY ? most : most + Math.log(Math.exp((double) a - most) + Math.exp((double) b - most));
    }
    return Semantics.evaluate(op, dtype, List.of(dtype, dtype), a, b);
  }

  private static void count(OpCode op, DType dtype) {
    if (dtype.isFloating()) { // not what finds addresses
      COUNTS.merge(op, 1L, Long::sum);
    }
  }

  /// The values of nodes in one iteration of a loop; what does not change with this loop is known to the one around it.
  private static final class Scope {
    private final Map<OpNode, Object> known = new HashMap<>();
    private final Loops kernel;
    private final List<MemorySegment> memory;
    private final @Nullable Scope around;
    private final @Nullable OpNode range;

    Scope(Loops kernel, List<MemorySegment> memory, @Nullable Scope around, @Nullable OpNode range, long index) {
      this.kernel = kernel;
      this.memory = memory;
      this.around = around;
      this.range = range;
      if (range != null) {
        known.put(range, index);
      }
    }

    Object value(OpNode node) {
      if (around != null && !kernel.loopsOf(node).contains(range)) {
        return around.value(node);
      }
      Object value = known.get(node);
      if (value == null) {
        value = compute(node);
        known.put(node, value);
      }
      return value;
    }

    /// The operand of a SCAN or SORT in all iterations of its loop.
    private Stream<Object> row(OpNode node) {
      OpNode along = node.input(1);
      return LongStream.range(0, along.payload(Range.class).size()).mapToObj(i -> new Scope(kernel, memory, this, along, i).value(node.input(0)));
    }

    private Object compute(OpNode node) {
      return switch (node.op()) {
        case CONST -> node.payload(Object.class);
        case LOAD -> node.inputs().size() == 3 && !(boolean) value(node.input(2)) ? Semantics.coerce(node.dtype(), 0)
            : read(node.input(0), Semantics.toLong(value(node.input(1))));
        case FOLD -> {
          OpCode op = node.payload(OpCode.class);
          DType wide = node.dtype().isFloating() ? DType.FLOAT64 : node.dtype(); // sums are rounded once
          Object[] sum = {op == OpCode.LOGSUMEXP ? (Object) Double.NEGATIVE_INFINITY : Semantics.identity(op, wide)};
          Loops.iterate(node.inputs().subList(1, node.inputs().size()), this,
              inner -> sum[0] = combine(op, wide, sum[0], inner.value(node.input(0))));
          yield node.dtype().isFloating() ? Semantics.cast(node.dtype(), (double) sum[0]) : sum[0];
        }
        case SCAN -> {
          Object[] sum = {Semantics.identity(node.payload(OpCode.class), node.dtype())};
          row(node).limit(1 + (long) value(node.input(1))).forEach(x -> sum[0] = combine(node.payload(OpCode.class), node.dtype(), sum[0], x));
          yield sum[0];
        }
        case SORT -> row(node).mapToLong(Semantics::toLong).sorted().skip((long) value(node.input(1))).findFirst().orElseThrow();
        default -> {
          count(node.op(), node.dtype());
          yield Semantics.evaluate(node.op(), node.dtype(), node.inputs().stream().map(OpNode::dtype).toList(),
              node.inputs().stream().map(this::value).toArray());
        }
      };
    }

    Object read(OpNode param, long index) {
      DType dtype = param.dtype();
      MemorySegment cells = memory.get(param.payload(Param.class).slot());
      long bits = switch (dtype.bytes()) {
        case 1 -> cells.get(ValueLayout.JAVA_BYTE, index) & (dtype == DType.INT8 ? -1 : 0xff);
        case 2 -> cells.get(ValueLayout.JAVA_SHORT, 2 * index);
        case 4 -> cells.get(ValueLayout.JAVA_INT, 4 * index);
        default -> cells.get(ValueLayout.JAVA_LONG, 8 * index);
      };
      return dtype.isFloating() ? (Object) Semantics.bitsToFloating(dtype, bits) : Semantics.cast(dtype, bits);
    }

    void write(OpNode param, long index, Object value) {
      DType dtype = param.dtype();
      MemorySegment cells = memory.get(param.payload(Param.class).slot());
      long bits = dtype.isFloating() ? Semantics.floatingBits(dtype, (double) value) : Semantics.toLong(value);
      switch (dtype.bytes()) {
        case 1 -> cells.set(ValueLayout.JAVA_BYTE, index, (byte) bits);
        case 2 -> cells.set(ValueLayout.JAVA_SHORT, 2 * index, (short) bits);
        case 4 -> cells.set(ValueLayout.JAVA_INT, 4 * index, (int) bits);
        default -> cells.set(ValueLayout.JAVA_LONG, 8 * index, bits);
      }
    }
  }

  @Override
  public void run(Page page) {
    page.say("For %s the engine plans as for any processor; this file runs the loops. Matrices of %d x %d:", DEVICE, size, size);
    List<List<Object>> rows = new ArrayList<>();
    Map<OpCode, Long> product = example(rows, "a @ b", x -> x.get(0).matmul(x.get(1)));
    example(rows, "relu(a @ b + 1)", x -> x.get(0).matmul(x.get(1)).add(1).relu());
    Map<OpCode, Long> softmax = example(rows, "softmax(a)", x -> x.get(0).softmax(-1));
    example(rows, "d sum(tanh(a @ b)^2) / da", x -> Gradient.of(x.get(0).matmul(x.get(1)).tanh().square().sum(), x.get(0)));
    example(rows, "b sorted", x -> x.get(1).sort(-1, false).values());
    page.table(List.of("to compute", "kernels", "operations", "estimate", "difference"), rows);
    page.say("The estimate is the engine's, which counts what exp is made of; the difference is the largest from %s.",
        Devices.defaultDevice());
    List<OpCode> ops = List.copyOf(softmax.keySet());
    page.picture("own-device", Plot.of("What softmax of " + size + " rows does").x("operation").y("times")
        .bars("", ops.stream().map(op -> op.name().toLowerCase(Locale.ROOT)).toList(),
            ops.stream().mapToDouble(op -> times(softmax, op)).toArray())::write);
    page.claim("multiplications of a @ b, by size^3", times(product, OpCode.MUL) / Math.pow(size, 3)).isNear(1, 0);
    page.claim("additions of a @ b, by size^3", times(product, OpCode.ADD) / Math.pow(size, 3)).isNear(1, 0);
    page.claim("exponentials of softmax, by size^2: it computes each twice rather than store it",
        times(softmax, OpCode.EXP) / Math.pow(size, 2)).isNear(2, 0);
    page.claim("largest difference from " + Devices.defaultDevice(),
        rows.stream().mapToDouble(row -> (double) row.getLast()).max().orElseThrow()).isAtMost(1e-4);
  }

  private static double times(Map<OpCode, Long> counted, OpCode op) {
    return counted.getOrDefault(op, 0L);
  }

  /// Computes something of two matrices here and on the default device.
  /// @return how often this device did what
  private Map<OpCode, Long> example(List<List<Object>> rows, String name, Function<List<Tensor>, Tensor> of) {
    List<Tensor> here = List.of(Tensor.randn(size, size).realize(), Tensor.randn(size, size).realize());
    List<Tensor> there = here.stream().map(x -> x.to(DEVICE).realize()).toList();
    COUNTS.clear();
    Tensor result = of.apply(there);
    Profile profile = Profile.of(result::realize);
    Map<OpCode, Long> counted = new EnumMap<>(COUNTS);
    double estimate = profile.launches().stream().mapToDouble(Profile.Launch::flops).sum();
    double difference = result.to(here.getFirst().device()).sub(of.apply(here)).abs().max().itemDouble();
    rows.add(List.of(name, profile.launches().size(), counted.values().stream().mapToLong(Long::longValue).sum(), estimate, difference));
    return counted;
  }
}
