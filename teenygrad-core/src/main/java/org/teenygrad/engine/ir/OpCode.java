package org.teenygrad.engine.ir;

import static org.teenygrad.engine.ir.ShapeRule.*;
import static org.teenygrad.engine.ir.TypeRule.*;

/// The one table of operations: group, number of inputs, types, shapes and meaning of each.
///
/// [OpNode#of] checks every node against its row, so a graph that exists is well-formed. Elementwise meanings as
/// code are in [Semantics]; `ARCHITECTURE.md` shows this table. To add an operation, add a row: the compiler then names
/// every `switch` that must know it.
public enum OpCode {
  // Sources
  CONST(Group.SOURCE, 0, PAYLOAD_CONSTANT, SCALAR, "a scalar value, the payload: Double, Long or Boolean"),
  BUFFER(Group.SOURCE, 0, PAYLOAD_STORAGE, STORAGE, "the contents of a Storage at its current version"),
  ARANGE(Group.SOURCE, 0, INTEGER, VECTOR, "0, 1, ... n-1; payload: n"),
  PARAM(Group.SOURCE, 0, ANY, PARAMETER, "argument number slot of a kernel; payload: Param"),

  // Elementwise, one input
  NEG(Group.UNARY, 1, SAME_NUMERIC, SAME, "-x"),
  ABS(Group.UNARY, 1, SAME_NUMERIC, SAME, "|x|"),
  SQRT(Group.UNARY, 1, SAME_FLOATING, SAME, "square root, correctly rounded"),
  EXP(Group.UNARY, 1, SAME_FLOATING, SAME, "e to the power x"),
  EXP2(Group.UNARY, 1, SAME_FLOATING, SAME, "2 to the power x"),
  LOG(Group.UNARY, 1, SAME_FLOATING, SAME, "natural logarithm"),
  LOG2(Group.UNARY, 1, SAME_FLOATING, SAME, "logarithm to base 2"),
  LOG10(Group.UNARY, 1, SAME_FLOATING, SAME, "logarithm to base 10"),
  SIN(Group.UNARY, 1, SAME_FLOATING, SAME, "sine of radians"),
  COS(Group.UNARY, 1, SAME_FLOATING, SAME, "cosine of radians"),
  TANH(Group.UNARY, 1, SAME_FLOATING, SAME, "hyperbolic tangent"),
  ERF(Group.UNARY, 1, SAME_FLOATING, SAME, "the error function"),
  FLOOR(Group.UNARY, 1, SAME_FLOATING, SAME, "the largest integer <= x"),
  CEIL(Group.UNARY, 1, SAME_FLOATING, SAME, "the smallest integer >= x"),
  TRUNC(Group.UNARY, 1, SAME_FLOATING, SAME, "x without its fraction"),
  ROUND(Group.UNARY, 1, SAME_FLOATING, SAME, "the nearest integer, halves to even"),
  NOT(Group.UNARY, 1, SAME_INTEGRAL, SAME, "bitwise complement; logical for bool"),
  CAST(Group.UNARY, 1, TARGET, SAME, "x as another type: floats round to nearest even, float to integer truncates"),
  BITCAST(Group.UNARY, 1, TARGET_SAME_BYTES, SAME, "the same bits as another type of the same size"),

  // Elementwise, two inputs of one shape and type
  ADD(Group.BINARY, 2, SAME_ANY, SAME, "x + y; or for bool"),
  SUB(Group.BINARY, 2, SAME_NUMERIC, SAME, "x - y"),
  MUL(Group.BINARY, 2, SAME_ANY, SAME, "x * y; and for bool"),
  DIV(Group.BINARY, 2, SAME_FLOATING, SAME, "x / y, correctly rounded"),
  IDIV(Group.BINARY, 2, SAME_INTEGER, SAME, "quotient truncated towards zero; 0 where y is 0"),
  MOD(Group.BINARY, 2, SAME_NUMERIC, SAME, "remainder with the sign of x (C's % and fmod); 0 where an integer y is 0"),
  MAX(Group.BINARY, 2, SAME_ANY, SAME, "the larger; NaN if either is, any zero of two"),
  MIN(Group.BINARY, 2, SAME_ANY, SAME, "the smaller; NaN if either is, any zero of two"),
  POW(Group.BINARY, 2, SAME_FLOATING, SAME, "x to the power y, as C's pow"),
  LT(Group.BINARY, 2, COMPARISON, SAME, "x < y, false with NaN"),
  EQ(Group.BINARY, 2, COMPARISON, SAME, "x = y, false with NaN"),
  NE(Group.BINARY, 2, COMPARISON, SAME, "x != y, true with NaN"),
  AND(Group.BINARY, 2, SAME_INTEGRAL, SAME, "bitwise and; logical for bool"),
  OR(Group.BINARY, 2, SAME_INTEGRAL, SAME, "bitwise or; logical for bool"),
  XOR(Group.BINARY, 2, SAME_INTEGRAL, SAME, "bitwise exclusive or"),
  SHL(Group.BINARY, 2, SAME_INTEGER, SAME, "x shifted left by y bits; 0 where y is outside 0..width-1"),
  SHR(Group.BINARY, 2, SAME_INTEGER, SAME, "x shifted right by y bits, keeping the sign of signed types; all bits go where y is outside"),
  THREEFRY(Group.BINARY, 2, SAME_INT64, SAME, "Threefry-2x32, 20 rounds, of counter x under key y (low word first)"),

  // Elementwise, three inputs
  WHERE(Group.TERNARY, 3, CHOICE, SAME, "y where x is true, else z"),
  FMA(Group.TERNARY, 3, SAME_FLOATING, SAME, "x * y + z, rounded once"),

  // Movement: views, nothing is computed
  RESHAPE(Group.MOVEMENT, 1, FIRST, RESHAPED, "the same elements in row-major order in the payload's Shape"),
  PERMUTE(Group.MOVEMENT, 1, FIRST, PERMUTED, "axes in the payload's order (List of Integer)"),
  EXPAND(Group.MOVEMENT, 1, FIRST, EXPANDED, "axes of size 1 repeated to the payload's Shape"),
  PAD(Group.MOVEMENT, 1, FIRST, PADDED, "zeros before and after each axis; payload: Bounds"),
  SHRINK(Group.MOVEMENT, 1, FIRST, SHRUNK, "the part begin..end of each axis; payload: Bounds"),
  FLIP(Group.MOVEMENT, 1, FIRST, FLIPPED, "the payload's axes (List of Integer) backwards"),

  // Reductions and indexing
  REDUCE(Group.REDUCE, 1, FIRST, REDUCED, "ADD, MUL, MAX or MIN over axes, which stay with size 1; payload: Reduction"),
  LOGSUMEXP(Group.REDUCE, 1, SAME_FLOATING, REDUCED, "log of the sum of e^x over axes, which stay with size 1; payload: Reduction by ADD"),
  GATHER(Group.INDEX, 2, GATHERED, INDEX_SHAPE, "x[.., index[i], ..] along axis; 0 where outside; payload: axis"),
  SCATTER(Group.INDEX, 3, SCATTERED, SCATTER_SHAPE,
      "base, with source combined into [.., index[i], ..] in index order; payload: Scatter"),

  // Rows: each result needs all of a row, or of what comes before it. In a kernel the row is a loop
  SCAN(Group.ROW, -1, FIRST, SCANNED,
      "x combined with all before it along an axis; payload: Reduction by ADD, MAX or MIN. In a kernel along RANGE y; payload: the OpCode"),
  SORT(Group.ROW, -1, SAME_INT64, SORTED,
      "the smallest of the last axis in order; payload: Order, how many. In a kernel along RANGE y of at most 65536, or of any two halves in order, in whose first iterations alone it is stored"),

  // Memory and meaning
  CONTIGUOUS(Group.MEMORY, 1, FIRST, SAME, "x, held in memory of its own"),
  ASSIGN(Group.MEMORY, 2, SAME_ANY, SAME, "y, written into the storage of BUFFER x; payload: Boolean, may x be overwritten unseen"),
  COPY(Group.MEMORY, 1, FIRST, SAME, "x on the payload's Device"),
  DETACH(Group.MEMORY, 1, FIRST, SAME, "x, as a constant to the chain rule; payload: true if it is x itself in the derivatives"),
  SURROGATE(Group.MEMORY, 2, SAME_FLOATING, SAME, "x, to the chain rule y: the value of one with the derivative of the other"),
  PULLBACK(Group.MEMORY, -1, FIRST, FIRST_SHAPE, "x, to the chain rule what the payload, a Pullback, makes of a cotangent for each of the other inputs"),
  GRADIENT(Group.MEMORY, 3, SECOND, SECOND_SHAPE, "the derivative of sum(x * z) with respect to y; x output, z cotangent"),
  REDISTRIBUTE(Group.MEMORY, 1, FIRST, SAME, "x, lying on its mesh as the payload's Sharding says"),

  // Between ranks: of what each has; payload: Collective, over n ranks
  ALL_REDUCE(Group.COLLECTIVE, 1, FIRST, SAME, "the x of all ranks, combined"),
  ALL_GATHER(Group.COLLECTIVE, 1, FIRST, RANKS_ADDED, "the x of all ranks, along a new first axis"),
  REDUCE_SCATTER(Group.COLLECTIVE, 1, FIRST, RANKS_REMOVED, "of the x of all ranks, combined, the row of the first axis that is this rank's"),
  ALL_TO_ALL(Group.COLLECTIVE, 1, FIRST, SAME, "row i of the first axis to rank i, and from rank i to row i"),

  // Inside a kernel: every value is a scalar
  RANGE(Group.KERNEL, -1, INTEGER, SCALAR, "a loop counter 0..size-1, or below min(x, size) with an input; payload: Range"),
  LOAD(Group.KERNEL, -1, FIRST, SCALAR, "PARAM x at index y; 0 where the optional third input is false"),
  STORE(Group.KERNEL, -1, VOID, SCALAR,
      "into PARAM x at index y the value z, where the optional fourth input is true; payload: null, the OpCode that combines, or Totals"),
  FOLD(Group.KERNEL, -1, FIRST, SCALAR, "x combined over all the RANGEs that follow; payload: ADD, MUL, MAX, MIN or LOGSUMEXP"),
  SINK(Group.KERNEL, -1, VOID, SCALAR, "all of its inputs: a whole kernel, or a whole graph"),

  // Inside a kernel of tiles: where values are while a block of threads works on them, and in which order it works
  STAGE(Group.TILE, -1, FIRST, SCALAR, "x, kept in shared memory tile by tile, or found in the tiles of STAGE y; payload: Stage"),
  FRAGMENT(Group.TILE, 1, FIRST, SCALAR, "x, in registers as a matrix unit wants a factor"),
  MMA(Group.TILE, 2, ANY, SCALAR, "x * y of 16-bit or float32 factors, made in float32 by a matrix unit or by threads; payload: which"),
  FETCH(Group.TILE, 1, VOID, SCALAR, "starts to bring a tile of STAGE x to shared memory"),
  LAND(Group.TILE, 1, VOID, SCALAR, "writes to shared memory what a FETCH of STAGE x has in registers"),
  AWAIT(Group.TILE, -1, VOID, SCALAR, "waits for FETCHes that copy, but for those of the newest steps (the payload); with inputs, for the tiles of those STAGEs or the products of that FOLD"),
  BARRIER(Group.TILE, 0, VOID, SCALAR, "waits for all threads of the block"),
  STEPS(Group.TILE, -1, VOID, SCALAR,
      "its inputs in order, for each tile of the loops of the FOLDs among them; FETCHes are ahead by the payload's steps");

  /// What an operation has to do with memory and order.
  public enum Group {
    SOURCE,
    UNARY,
    BINARY,
    TERNARY,
    MOVEMENT,
    REDUCE,
    INDEX,
    ROW,
    MEMORY,
    COLLECTIVE,
    KERNEL,
    TILE;

    /// Whether each output element depends on the input elements at the same position only.
    public boolean isElementwise() {
      return this == UNARY || this == BINARY || this == TERNARY;
    }
  }

  private final Group group;
  private final int arity;
  final TypeRule typeRule;
  final ShapeRule shapeRule;
  private final String meaning;

  OpCode(Group group, int arity, TypeRule typeRule, ShapeRule shapeRule, String meaning) {
    this.group = group;
    this.arity = arity;
    this.typeRule = typeRule;
    this.shapeRule = shapeRule;
    this.meaning = meaning;
  }

  public Group group() {
    return group;
  }

  public boolean isElementwise() {
    return group.isElementwise();
  }

  public boolean isMovement() {
    return group == Group.MOVEMENT;
  }

  /// Whether the order of the two inputs does not matter.
  public boolean isCommutative() {
    return switch (this) {
      case ADD, MUL, MAX, MIN, EQ, NE, AND, OR, XOR -> true;
      default -> false;
    };
  }

  /// The number of inputs, or -1 if it varies.
  public int arity() {
    return arity;
  }

  /// One line of English, as in `ARCHITECTURE.md`.
  public String meaning() {
    return meaning;
  }
}
