package org.teenygrad.engine.ir;

import static java.util.Collections.nCopies;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Mesh;
import org.teenygrad.Placement;
import org.teenygrad.Placement.Combine;
import org.teenygrad.Placement.Partial;
import org.teenygrad.Placement.Replicate;
import org.teenygrad.Placement.Shard;
import org.teenygrad.Shape;
import org.teenygrad.ShardingException;

/// The typing rules of distributed tensors: from how an operation's inputs lie to how its result does, for each axis of the mesh by itself.
///
/// Nothing is ever communicated that nobody asked for: what would need it is refused, in a sentence that says which
/// [OpCode#REDISTRIBUTE] mends it. To take a part of what is whole everywhere needs none, so a replicated input goes with sharded
/// ones. A tensor that is on no mesh is taken to be the same on all ranks. After DTensor's sharding propagation and spmd_types,
/// where a derivative of what is replicated is partial.
final class ShardingRules {
  private static final Placement REPLICATE = new Replicate();

  /// One mesh axis of one operation.
  ///
  /// @param inputs how each of the inputs has to lie: as it does, or in parts where it is whole
  private record Typed(List<Placement> inputs, Placement result) {}

  private final OpCode op;
  private final List<OpNode> inputs;
  private final @Nullable Object payload;
  private final Shape shape;
  private final Mesh mesh;
  private final int axis;
  private final List<Placement> placements;

  private ShardingRules(OpCode op, List<OpNode> inputs, @Nullable Object payload, Shape shape, Mesh mesh, int axis) {
    this.op = op;
    this.inputs = inputs;
    this.payload = payload;
    this.shape = shape;
    this.mesh = mesh;
    this.axis = axis;
    placements = inputs.stream().map(input -> placement(input, axis)).toList();
  }

  private static Placement placement(OpNode node, int axis) {
    Sharding sharding = node.sharding();
    return sharding == null ? REPLICATE : sharding.placement(axis);
  }

  /// How the result lies, or null if it has to do with no mesh.
  /// @throws ShardingException if the inputs do not go together
  static @Nullable Sharding derive(OpCode op, List<OpNode> inputs, @Nullable Object payload, Shape shape) {
    if (op == OpCode.BUFFER) {
      return ((Storage) Objects.requireNonNull(payload)).sharding();
    }
    Mesh mesh = null;
    for (OpNode input : inputs) {
      Sharding sharding = input.sharding();
      if (sharding != null && mesh != null && sharding.mesh() != mesh) {
        throw new ShardingException(name(op) + ": operands are on two meshes, " + mesh + " and " + sharding.mesh());
      }
      mesh = sharding == null ? mesh : sharding.mesh();
    }
    if (op == OpCode.REDISTRIBUTE) {
      return target(inputs.getFirst(), (Sharding) Objects.requireNonNull(payload));
    }
    if (mesh == null) {
      return null;
    }
    if (op == OpCode.GRADIENT) {
      Sharding variable = inputs.get(1).sharding();
      return variable == null ? Sharding.replicated(mesh) : variable.cotangent();
    }
    Mesh all = mesh;
    return new Sharding(mesh, IntStream.range(0, mesh.axes().size()).mapToObj(i -> new ShardingRules(op, inputs, payload, shape, all, i).typed().result).toList());
  }

  private static Sharding target(OpNode x, Sharding target) {
    Sharding from = x.sharding() == null ? Sharding.replicated(target.mesh()) : x.sharding();
    if (from.mesh() != target.mesh()) {
      throw new ShardingException("redistribute: from mesh " + from.mesh() + " to " + target.mesh() + "; a tensor stays on its mesh");
    }
    for (int i = 0; i < target.placements().size(); i++) {
      if (target.placement(i) instanceof Partial && !from.placement(i).equals(target.placement(i))) {
        throw new ShardingException("redistribute: " + described(x) + " " + from.placement(i) + " to " + target.placement(i)
            + "; no value becomes terms again");
      }
    }
    return target.of(x.shape());
  }

  /// How the inputs of a distributed node have to lie before its operation runs on what each rank has.
  static List<Sharding> needed(OpNode node) {
    Sharding result = Objects.requireNonNull(node.sharding());
    List<Sharding> needed = new ArrayList<>();
    node.inputs().forEach(input -> needed.add(input.sharding() == null ? Sharding.replicated(result.mesh()) : input.sharding()));
    for (int axis = 0; axis < result.placements().size(); axis++) {
      Typed typed = new ShardingRules(node.op(), node.inputs(), node.payload(), node.shape(), result.mesh(), axis).typed();
      for (int i = 0; i < needed.size(); i++) {
        needed.set(i, needed.get(i).with(axis, typed.inputs.get(i)));
      }
    }
    return needed;
  }

  private Typed typed() {
    if (placements.stream().allMatch(REPLICATE::equals)) {
      return new Typed(placements, REPLICATE);
    }
    return switch (op) {
      case RESHAPE, PERMUTE, EXPAND, PAD, SHRINK, FLIP -> movement(placements.getFirst());
      case REDUCE -> reduce((Reduction) Objects.requireNonNull(payload));
      case LOGSUMEXP -> alongOthers(((Reduction) Objects.requireNonNull(payload)).axes());
      case SCAN -> {
        Reduction scan = (Reduction) Objects.requireNonNull(payload);
        yield placements.getFirst().equals(Placement.partial()) && scan.combine() == OpCode.ADD ? same() : alongOthers(scan.axes());
      }
      case SORT -> alongOthers(List.of(shape.rank() - 1));
      case GATHER -> gather((Integer) Objects.requireNonNull(payload));
      case SCATTER -> scatter((Scatter) Objects.requireNonNull(payload));
      case CONTIGUOUS, DETACH -> same();
      case ASSIGN -> assign();
      case PULLBACK -> new Typed(placements, placements.getFirst());
      default -> {
        if (!op.isElementwise() && op != OpCode.SURROGATE) {
          throw refused("cannot be done with a distributed tensor", "gather it first");
        }
        yield placements.stream().anyMatch(Partial.class::isInstance) ? linear() : elementwise();
      }
    };
  }

  private Typed same() {
    return new Typed(placements, placements.getFirst());
  }

  private Typed all(Placement placement) {
    return new Typed(nCopies(inputs.size(), placement), placement);
  }

  /// Each element by itself: what is whole goes with parts.
  private Typed elementwise() {
    Placement shard = placements.stream().filter(Shard.class::isInstance).findFirst().orElseThrow();
    return goesWith((Shard) shard);
  }

  /// All inputs and the result in parts of one axis.
  private Typed goesWith(Shard shard) {
    for (int i = 0; i < inputs.size(); i++) {
      if (!placements.get(i).equals(shard) && !placements.get(i).equals(REPLICATE)) {
        throw unlike(placements.indexOf(shard), i);
      }
      Sharding sharding = inputs.get(i).sharding();
      for (int later = axis + 1; sharding != null && placements.get(i).equals(REPLICATE) && later < sharding.placements().size(); later++) {
        if (sharding.placement(later).equals(shard)) {
          throw refused("needs parts along this mesh axis of what is cut along " + mesh.axes().get(later).name() + " already",
              "redistribute it");
        }
      }
    }
    return all(shard);
  }

  /// What commutes with sums: each rank does it to its term.
  private Typed linear() {
    int first = IntStream.range(0, placements.size()).filter(i -> placements.get(i) instanceof Partial).findFirst().orElseThrow();
    Partial partial = (Partial) placements.get(first);
    boolean sum = partial.combine() == Combine.ADD;
    boolean fits = switch (op) {
      case NEG -> sum;
      case CAST -> inputs.getFirst().dtype().isFloating() && (sum || partial.combine() != Combine.MUL);
      case ADD, SUB -> sum && terms(0, partial) && terms(1, partial);
      case MUL -> sum ? placements.get(1 - first).equals(REPLICATE)
          : partial.combine() == Combine.MUL && placements.get(1 - first).equals(partial);
      case DIV -> sum && first == 0 && placements.get(1).equals(REPLICATE);
      case MAX, MIN -> partial.combine().name().equals(op.name()) && placements.get(1 - first).equals(partial);
      case WHERE -> sum && placements.getFirst().equals(REPLICATE) && terms(1, partial) && terms(2, partial);
      case FMA -> sum && first < 2 && placements.get(1 - first).equals(REPLICATE) && terms(2, partial);
      case SURROGATE -> placements.get(1 - first).equals(partial);
      default -> false;
    };
    if (fits) {
      return new Typed(placements, partial);
    }
    for (int i = first + 1; i < inputs.size(); i++) {
      if (op == OpCode.MUL && placements.get(i) instanceof Partial) {
        throw refused("of two sums of terms, " + described(inputs.get(first)) + " and " + described(inputs.get(i))
            + ": the product of sums is not the sum of products",
            "redistribute one of them to Replicate");
      }
    }
    if (inputs.size() > 1
        && (op == OpCode.ADD || op == OpCode.SUB || op == OpCode.WHERE || op == OpCode.SURROGATE || placements.stream().anyMatch(Shard.class::isInstance))) {
      throw unlike(first, IntStream.range(0, inputs.size()).filter(i -> !placements.get(i).equals(partial)).findFirst().orElse(first));
    }
    throw refused("of " + described(inputs.get(first)) + ", which is " + partial + " here: it has to see the value, not a term of it",
        "redistribute it to Replicate or Shard");
  }

  /// Whether an input is terms, or the 0 that adds nothing to any.
  private boolean terms(int input, Partial partial) {
    OpNode constant = Uniform.constant(inputs.get(input));
    return placements.get(input).equals(partial) || constant != null && constant.isConstant(0);
  }

  private Typed movement(Placement placement) {
    if (placement instanceof Partial(Combine combine)) {
      if (op == OpCode.PAD && combine != Combine.ADD) {
        throw refused("puts zeros beside terms that " + combine + " combines", "redistribute them to Replicate");
      }
      return same();
    }
    int cut = ((Shard) placement).axis();
    Shape from = inputs.getFirst().shape();
    int size = from.size(cut);
    return new Typed(placements, switch (op) {
      case RESHAPE -> reshaped(from, cut);
      case PERMUTE -> new Shard(((List<?>) Objects.requireNonNull(payload)).indexOf(cut));
      case EXPAND -> kept(placement, shape.size(cut) == size, "repeats");
      case PAD -> kept(placement, shape.size(cut) == size, "pads");
      case SHRINK -> kept(placement, shape.size(cut) == size, "takes a part of");
      default -> kept(placement, size < 2 || !((List<?>) Objects.requireNonNull(payload)).contains(cut), "reverses");
    });
  }

  private Placement kept(Placement placement, boolean untouched, String what) {
    if (!untouched) {
      throw refused(what + " the axis of " + described(inputs.getFirst()) + " that is cut here, " + placement,
          "redistribute it to Replicate or along another axis");
    }
    return placement;
  }

  /// The axis of a result of RESHAPE whose parts are those of the input: the first of those that the cut axis becomes, where all
  /// parts are equally long.
  private Placement reshaped(Shape from, int cut) {
    long before = 1;
    for (int i = 0; i < cut; i++) {
      before *= from.size(i);
    }
    Sharding sharding = Objects.requireNonNull(inputs.getFirst().sharding());
    int parts = sharding.parts(cut);
    long product = 1;
    int found = -1;
    for (int i = 0; i < shape.rank() && from.elements() > 0; i++) {
      boolean same = shape.size(i) == from.size(cut);
      boolean even = shape.size(i) > 1 && shape.size(i) % parts == 0 && from.size(cut) % parts == 0;
      if (product == before && (same || even)) {
        found = i;
      }
      product *= shape.size(i);
    }
    if (found < 0) {
      throw refused("of " + described(inputs.getFirst()) + ", Shard(" + cut + ") in " + parts + " parts, to " + shape
          + " leaves no axis with the same parts", "redistribute it to Replicate");
    }
    return new Shard(found);
  }

  private Typed reduce(Reduction reduction) {
    Combine combine = Combine.valueOf(reduction.combine().name());
    return switch (placements.getFirst()) {
      case Shard(int cut) when reduction.axes().contains(cut) -> new Typed(placements, new Partial(combine));
      case Partial(Combine terms) when terms != combine ->
          throw refused("by " + combine + " of " + described(inputs.getFirst()) + ", which is Partial(" + terms + ") here",
              "redistribute it to Replicate or Shard");
      default -> same();
    };
  }

  /// What has to see all of some axes.
  private Typed alongOthers(List<Integer> axes) {
    if (placements.getFirst() instanceof Shard(int cut) && !axes.contains(cut)) {
      return same();
    }
    throw refused("along axes " + axes + " of " + described(inputs.getFirst()) + ", which is " + placements.getFirst()
        + " here, has to see them whole", "redistribute it");
  }

  /// Rows of a table by index. Of a table that is cut along the rows, each rank finds what it has, and 0 for the rest.
  private Typed gather(int along) {
    Placement table = placements.get(0);
    Placement index = placements.get(1);
    if (index.equals(REPLICATE) && (table.equals(new Shard(along)) || table.equals(Placement.partial()))) {
      return new Typed(placements, Placement.partial());
    }
    if (index.equals(new Shard(along)) && table.equals(REPLICATE)) {
      return new Typed(placements, index);
    }
    return goesWith(across(along, 1));
  }

  /// Rows into a table by index: of a table that is cut along the rows, each rank takes what falls into its part; terms of rows are
  /// added to zeros.
  private Typed scatter(Scatter scatter) {
    Placement base = placements.get(0);
    Placement index = placements.get(1);
    Placement source = placements.get(2);
    Placement along = new Shard(scatter.axis());
    if (base.equals(along) && index.equals(REPLICATE) && source.equals(REPLICATE)) {
      return new Typed(placements, base);
    }
    boolean sums = scatter.combine() == OpCode.ADD && terms(0, new Partial(Combine.ADD));
    boolean rows = Stream.of(index, source).allMatch(placement -> placement.equals(along) || placement.equals(REPLICATE))
        && (index.equals(along) || source.equals(along));
    if (sums && rows) {
      return new Typed(List.of(base, along, along), Placement.partial());
    }
    if (sums && index.equals(REPLICATE) && source.equals(Placement.partial())) {
      return new Typed(placements, Placement.partial());
    }
    return goesWith(across(scatter.axis(), 2));
  }

  /// The first cut along another axis than that of an index.
  /// @param other the input that is named beside the first where there is none
  private Shard across(int along, int other) {
    return placements.stream().filter(placement -> placement instanceof Shard(int cut) && cut != along).map(Shard.class::cast).findFirst()
        .orElseThrow(() -> unlike(0, other));
  }

  private Typed assign() {
    Placement target = placements.get(0);
    boolean fits = target.equals(placements.get(1)) || target instanceof Shard && placements.get(1).equals(REPLICATE);
    if (!fits) {
      throw unlike(0, 1);
    }
    return all(target);
  }

  private ShardingException unlike(int one, int other) {
    return refused("of tensors that lie differently here: " + described(inputs.get(one)) + " " + placements.get(one) + " and "
        + described(inputs.get(other)) + " " + placements.get(other),
        "redistribute one of them");
  }

  private ShardingException refused(String what, String mend) {
    return new ShardingException(name(op) + " on mesh axis \"" + mesh.axes().get(axis).name() + "\": " + what + "; " + mend + " first");
  }

  private static String name(OpCode op) {
    return op.name().toLowerCase(Locale.ROOT);
  }

  private static String described(OpNode node) {
    return node.dtype() + "" + node.shape();
  }
}
