package org.teenygrad.engine.runtime.cuda.simulated;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.codegen.MatrixUnit;
import org.teenygrad.engine.codegen.RegisterLayout;
import org.teenygrad.engine.runtime.cuda.simulated.WgmmaText.Wgmma;

/// Four warps and the products that they have started (`wgmma`). Shared memory is read as late as it may, when a warp waits for the product, and stays in use
/// until all of them have. Until then registers of sums hold NaNs, in whose upper halves is whose sums they stand for.
final class Warpgroup {
  static final int THREADS = 128;

  private static final int ROWS = 64;
  private static final int WARPS = 4;
  private static final long NAN = 0x7FC0_0000L;
  private static final int MOST_SUMS = 8;
  private static final RegisterLayout.Place[][] PLACES = TensorCore.places(MatrixUnit.SUMS);

  private final Block block;
  private final GpuThread[] threads;
  private final List<Sums> all = new ArrayList<>();
  private final Deque<Group> open = new ArrayDeque<>();
  private int started;
  private int computed;

  /// How many groups of products each warp has waited for.
  private final int[] awaited = new int[WARPS];

  /// What registers of sums will hold.
  private static final class Sums {
    final int number;
    final double[][] values;

    /// The newest group of products that are added to them.
    int group;

    Sums(int number, int columns) {
      this.number = number;
      values = new double[ROWS][columns];
    }

    /// What a register holds until they are there.
    long standIn(int register) {
      return (long) (number + 1) << 32 + MOST_SUMS | (long) register << 32 | NAN;
    }

    double get(int thread, int number) {
      return values[row(thread, number)][column(thread, number)];
    }

    void set(int thread, int number, double value) {
      values[row(thread, number)][column(thread, number)] = value;
    }

    private static int row(int thread, int number) {
      return thread / 32 * MatrixUnit.ROWS + PLACES[thread % 32][number % 4].row();
    }

    private static int column(int thread, int number) {
      return number / 4 * MatrixUnit.COLUMNS + PLACES[thread % 32][number % 4].column();
    }
  }

  /// An instruction that has been started.
  ///
  /// @param fragment the left factor, inner dimension first, if it comes from registers
  private record Product(Sums sums, boolean adds, @Nullable SharedMatrix left, double @Nullable [][] fragment, SharedMatrix right, MatrixUnit unit) {}

  private record Group(int number, List<Product> products) {}

  Warpgroup(Block block, GpuThread[] threads) {
    this.block = block;
    this.threads = threads;
  }

  /// Starts products if all wait to do so.
  boolean meet() {
    Instruction first = threads[0].waiting;
    if (first == null || first.products() == null || threads.length < THREADS || Arrays.stream(threads).anyMatch(thread -> thread.waiting != first)) {
      return false;
    }
    try {
      for (List<Wgmma> group : first.products().groups()) {
        start(first, group);
      }
    } catch (RuntimeException e) {
      throw threads[0].failure(first, e);
    }
    for (GpuThread thread : threads) {
      thread.waiting = null;
    }
    return true;
  }

  private void start(Instruction instruction, List<Wgmma> group) {
    Wgmma first = group.getFirst();
    int count = first.columns() / 2;
    int[] tied = Arrays.copyOfRange(Objects.requireNonNull(instruction.products()).tied(), first.sums(), first.sums() + count);
    Sums sums = tied[0] < 0 ? fresh(first.columns()) : before(instruction, tied, first.columns());
    sums.group = started;
    List<Product> products = new ArrayList<>();
    for (Wgmma one : group) {
      Product product = product(instruction, one, sums);
      if (product.left != null) {
        product.left.chunks(at -> block.shared.startMultiplying(at, 1));
      }
      product.right.chunks(at -> block.shared.startMultiplying(at, 1));
      products.add(product);
    }
    open.add(new Group(started++, products));
    for (GpuThread thread : threads) {
      for (int i = 0; i < count; i++) {
        thread.registers[instruction.value().place() + first.sums() + i] = sums.standIn(i);
      }
    }
  }

  private Sums fresh(int columns) {
    Sums sums = new Sums(all.size(), columns);
    all.add(sums);
    return sums;
  }

  private @Nullable Sums meant(long register) {
    int number = (int) (register >>> 32 + MOST_SUMS);
    return number == 0 ? null : all.get(number - 1);
  }

  /// The sums that products are added to: those of products before, or what registers hold.
  private Sums before(Instruction instruction, int[] tied, int columns) {
    Sums known = meant(threads[0].registers[instruction.operands()[tied[0]].place()]);
    Sums sums = known != null ? known : fresh(columns);
    for (int thread = 0; thread < THREADS; thread++) {
      for (int i = 0; i < tied.length; i++) {
        long register = threads[thread].registers[instruction.operands()[tied[i]].place()];
        if (known == null && meant(register) == null) {
          sums.set(thread, i, Float.intBitsToFloat((int) register));
        } else if (known == null || register != known.standIn(i)) {
          throw new IllegalStateException("register " + i + " of thread " + thread + " stands for other sums than the first");
        }
      }
    }
    return sums;
  }

  private Product product(Instruction instruction, Wgmma one, Sums sums) {
    MatrixUnit unit = Arrays.stream(MatrixUnit.values()).filter(row -> row.instruction.equals(one.types())).findFirst().orElseThrow();
    int bytes = 4 / unit.packed();
    if (one.depth() != unit.depth || sums.values[0].length != one.columns()) {
      throw new IllegalStateException("products of " + one.columns() + " columns and depth " + one.depth());
    }
    SharedMatrix right = SharedMatrix.of(same(instruction, one.right()), one.rightAcross(), one.columns(), one.depth(), bytes);
    boolean inMemory = one.left().length == 1;
    SharedMatrix left = inMemory ? SharedMatrix.of(same(instruction, one.left()[0]), one.leftAcross(), ROWS, one.depth(), bytes) : null;
    return new Product(sums, one.adds(), left, inMemory ? null : fragment(instruction, one.left(), unit), right, unit);
  }

  private long same(Instruction instruction, int operand) {
    int place = instruction.operands()[operand].place();
    long value = threads[0].registers[place];
    if (Arrays.stream(threads).anyMatch(thread -> thread.registers[place] != value)) {
      throw new IllegalStateException("threads have different descriptors");
    }
    return value;
  }

  private double[][] fragment(Instruction instruction, int[] operands, MatrixUnit unit) {
    TensorCore.Number number = TensorCore.number(unit.leftType);
    double[][] matrix = new double[unit.depth][ROWS];
    RegisterLayout.Place[][] places = TensorCore.places(unit.left());
    int bits = 32 / unit.packed();
    for (int thread = 0; thread < THREADS; thread++) {
      for (int i = 0; i < places[0].length; i++) {
        RegisterLayout.Place place = places[thread % 32][i];
        long word = threads[thread].registers[instruction.operands()[operands[i / unit.packed()]].place()];
        matrix[place.column()][thread / 32 * MatrixUnit.ROWS + place.row()] = number.of(word >>> i % unit.packed() * bits & (1L << bits) - 1);
      }
    }
    return matrix;
  }

  /// A warp waits for all but its newest groups of products.
  void await(GpuThread[] lanes, Instruction instruction) {
    int below = started - instruction.numbers()[0];
    for (Group group : open) {
      if (group.number >= computed && group.number < below) {
        group.products.forEach(this::compute);
        computed = group.number + 1;
      }
    }
    int warp = lanes[0].number % THREADS / 32;
    awaited[warp] = Math.max(awaited[warp], below);
    while (!open.isEmpty() && Arrays.stream(awaited).allMatch(number -> number > open.getFirst().number)) {
      for (Product product : open.remove().products) {
        if (product.left != null) {
          product.left.chunks(at -> block.shared.endMultiplying(at, 1));
        }
        product.right.chunks(at -> block.shared.endMultiplying(at, 1));
      }
    }
    for (GpuThread thread : lanes) {
      for (int i = 0; i < instruction.operands().length; i++) {
        long register = thread.registers[instruction.operands()[i].place()];
        Sums sums = meant(register);
        thread.registers[instruction.value().place() + i] = sums == null || sums.group >= below ? register : bits(sums, thread.number % THREADS, register);
      }
    }
  }

  private static long bits(Sums sums, int thread, long register) {
    int number = (int) (register >>> 32) & (1 << MOST_SUMS) - 1;
    return Float.floatToRawIntBits((float) sums.get(thread, number)) & 0xFFFFFFFFL;
  }

  /// Products are exact; the sum of each step along the inner dimension is rounded once.
  private void compute(Product product) {
    double[][] left = product.left != null ? product.left.read(block.shared, TensorCore.number(product.unit.leftType)) : Objects.requireNonNull(product.fragment);
    double[][] right = product.right.read(block.shared, TensorCore.number(product.unit.rightType));
    for (int row = 0; row < ROWS; row++) {
      double[] sums = product.sums.values[row];
      if (!product.adds) {
        Arrays.fill(sums, 0);
      }
      for (int inner = 0; inner < left.length; inner++) {
        double factor = left[inner][row];
        double[] line = right[inner];
        for (int column = 0; column < sums.length; column++) {
          sums[column] += factor * line[column];
        }
      }
      for (int column = 0; column < sums.length; column++) {
        sums[column] = (float) sums[column];
      }
    }
  }

  /// Throws if products were started that a warp has not waited for.
  void end() {
    if (!open.isEmpty()) {
      throw new IllegalStateException("block " + block.number + " has ended before " + open.size() + " groups of products that it started");
    }
  }
}
