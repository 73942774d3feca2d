package org.teenygrad.engine.autodiff;

import static org.teenygrad.engine.ir.OpCode.ADD;
import static org.teenygrad.engine.ir.OpCode.MUL;

import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.engine.ir.Expr;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.Scatter;
import org.teenygrad.engine.ir.Uniform;

/// The chain rules of SCATTER(base, index, source), for each way to combine. They follow PyTorch's `scatter_reduce_backward`,
/// with the base included; a source that was written over gets nothing.
final class ScatterRules {
  private final Expr y;
  private final Expr base;
  private final Expr index;
  private final Expr source;
  private final int axis;
  private final @Nullable OpCode combine;

  private ScatterRules(Expr y) {
    this.y = y;
    base = y.input(0);
    index = y.input(1);
    source = y.input(2);
    axis = y.payload(Scatter.class).axis();
    combine = y.payload(Scatter.class).combine();
  }

  static Expr base(Expr y, Expr g) {
    ScatterRules rules = new ScatterRules(y);
    return switch (rules.combine) {
      case null -> rules.written().where(0, g);
      case ADD -> g;
      case MUL -> rules.baseOfProduct(g);
      default -> rules.reached(rules.base, y).mul(rules.share(g));
    };
  }

  static Expr source(Expr y, Expr g) {
    ScatterRules rules = new ScatterRules(y);
    return switch (rules.combine) {
      case null -> rules.wins().where(rules.gather(g), 0);
      case ADD -> rules.gather(g);
      case MUL -> rules.sourceOfProduct(g);
      default -> rules.reached(rules.source, rules.gather(y)).mul(rules.gather(rules.share(g)));
    };
  }

  private Expr gather(Expr x) {
    return x.gather(index, axis);
  }

  /// Which elements of the base some source replaced.
  private Expr written() {
    return base.full(0).scatter(index, source.full(1), axis, null).eq(1);
  }

  /// Which sources are the last for their place. An index outside reads a 0 here, but a cotangent of 0, too.
  private Expr wins() {
    Expr position = source.positions(axis);
    Expr last = new Expr(Uniform.of(DType.INT64, base.shape(), 0)).scatter(index, position, axis, null);
    return gather(last).eq(position);
  }

  /// 1 where a value is the extreme that came out, else 0.
  private Expr reached(Expr value, Expr extreme) {
    return value.eq(extreme).cast(y.dtype());
  }

  /// The cotangent, divided among all that reached the extreme.
  private Expr share(Expr g) {
    Expr ofSource = reached(source, gather(y));
    return g.div(reached(base, y).scatter(index, ofSource, axis, ADD));
  }

  /// The product of the sources alone.
  private Expr baseOfProduct(Expr g) {
    return g.mul(base.full(1).scatter(index, source, axis, MUL));
  }

  /// As for REDUCE MUL: y / source, but where the source is 0 the product of base and other sources.
  private Expr sourceOfProduct(Expr g) {
    Expr zero = source.eq(0);
    Expr withoutZeros = zero.where(1, source);
    Expr zeros = base.full(0).scatter(index, zero.cast(y.dtype()), axis, ADD);
    Expr ofNonzeros = base.scatter(index, withoutZeros, axis, MUL);
    Expr others = gather(zeros).eq(1).where(gather(ofNonzeros), 0);
    return gather(g).mul(zero.where(others, gather(y).div(withoutZeros)));
  }
}
