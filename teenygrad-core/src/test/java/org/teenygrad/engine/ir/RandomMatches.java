package org.teenygrad.engine.ir;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.testing.Buffers;

/// Random graphs that look like a pattern, for trying out the rule that has it.
final class RandomMatches {
  private static final List<DType> TYPES =
      List.of(DType.BOOL, DType.UINT8, DType.INT32, DType.INT64, DType.BFLOAT16, DType.FLOAT32, DType.FLOAT64);
  private static final double[] SPECIAL = {
    0, -0.0, 1, -1, 2, 0.25, -8, 3, Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY
  };
  private static final List<OpCode> COMBINES = List.of(OpCode.ADD, OpCode.MUL, OpCode.MAX, OpCode.MIN);
  private static final List<OpCode> ANY_OP =
      List.of(OpCode.values()).stream().filter(op -> op.isElementwise() || op.isMovement()).toList();

  private final Random random;
  private final Map<String, OpNode> names = new HashMap<>();
  private final Shape shape;
  private final DType dtype;

  RandomMatches(Random random) {
    this.random = random;
    int[] sizes = IntStream.range(0, 1 + random.nextInt(3)).map(i -> random.nextInt(8) == 0 ? 0 : 1 + random.nextInt(3)).toArray();
    shape = Shape.of(sizes);
    dtype = pick(TYPES);
  }

  private <T> T pick(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  /// A graph that may match; throws IllegalArgumentException where the random choices do not go together.
  OpNode root(Pattern pattern) {
    if (pattern.op != null) {
      return node(pattern);
    }
    OpCode op = pick(ANY_OP);
    return create(op, IntStream.range(0, op.arity()).mapToObj(i -> leaf()).toList());
  }

  private OpNode node(Pattern pattern) {
    OpNode known = pattern.name == null ? null : names.get(pattern.name);
    if (known != null) {
      return known;
    }
    OpNode made;
    if (pattern.value != null) {
      made = Uniform.of(type(), shape, pattern.value);
    } else if (pattern.op != null && pattern.inputs == null && pattern.op.arity() < 0) {
      made = create(pattern.op, Stream.generate(this::leaf).limit(1 + random.nextInt(3)).toList());
    } else if (pattern.op == null || pattern.inputs == null) {
      made = leaf();
    } else {
      List<OpNode> inputs = new ArrayList<>();
      pattern.inputs.forEach(input -> inputs.add(node(input)));
      made = create(pattern.op, inputs);
    }
    if (pattern.name != null) {
      names.put(pattern.name, made);
    }
    return made;
  }

  private DType type() {
    return random.nextInt(4) == 0 ? pick(TYPES) : dtype;
  }

  private OpNode leaf() {
    DType type = type();
    if (random.nextInt(3) == 0) {
      return Uniform.of(type, shape, number(type));
    }
    double[] numbers = random.doubles(shape.elements()).map(i -> number(type)).toArray();
    return Buffers.of(Device.of("interpreter"), type, shape, numbers);
  }

  private double number(DType type) {
    double number =
        switch (random.nextInt(3)) {
          case 0 -> SPECIAL[random.nextInt(SPECIAL.length)];
          case 1 -> random.nextInt(-3, 20);
          default -> random.nextGaussian();
        };
    return type.isFloating() ? number : (long) number;
  }

  private OpNode create(OpCode op, List<OpNode> inputs) {
    boolean converts = op == OpCode.CAST || op == OpCode.BITCAST;
    return OpNode.create(op, converts ? type() : null, inputs, payload(op, inputs.getFirst().shape()));
  }

  private @Nullable Object payload(OpCode op, Shape from) {
    int rank = from.rank();
    List<Integer> axes = IntStream.range(0, rank).boxed().filter(i -> random.nextBoolean()).toList();
    return switch (op) {
      case RESHAPE -> reshaped(from);
      case PERMUTE -> {
        List<Integer> order = new ArrayList<>(IntStream.range(0, rank).boxed().toList());
        Collections.shuffle(order, random);
        yield order;
      }
      case EXPAND -> Shape.of(from.stream().map(size -> size == 1 ? random.nextInt(4) : size).toArray());
      case PAD -> new Bounds(padding(rank), padding(rank));
      case SHRINK -> {
        List<Integer> begin = from.stream().map(size -> random.nextInt(size / 2 + 1)).boxed().toList();
        List<Integer> end = new ArrayList<>();
        for (int i = 0; i < rank; i++) {
          end.add(from.size(i) - random.nextInt(Math.min(2, from.size(i) - begin.get(i) + 1)));
        }
        yield new Bounds(begin, end);
      }
      case FLIP -> axes;
      case REDUCE -> new Reduction(pick(COMBINES), axes);
      default -> null;
    };
  }

  private List<Integer> padding(int rank) {
    return IntStream.range(0, rank).map(i -> random.nextInt(2)).boxed().toList();
  }

  private Shape reshaped(Shape from) {
    return switch (random.nextInt(3)) {
      case 0 -> from;
      case 1 -> Shape.of((int) from.elements());
      default -> Shape.of(IntStream.concat(IntStream.of(1), from.stream()).toArray());
    };
  }
}
