package org.teenygrad;

/// The complementary error function, the normal distribution's integral, and their inverses.
final class ErrorFunctions {
  /// `e^(x²) erfc(x) (1 + 2x)` for x >= 0, in `(x - 3) / (x + 3)`.
  private static final double[] ERFCX = {
    1.2530080582697296, -0.1356211061245812, -0.04756229435341897, 0.12964515870276264, -0.11927366341681594,
    0.06830802734392144, -0.023770514890662273, 0.002529391816799663, 0.0018886900908332905, -0.0007798322772742547,
    -0.00010515828085467254, 0.00012509937435915822, 4.944031214882928e-06, -2.0100627664406107e-05, -7.186149396303622e-07,
    3.472520280065519e-06, 3.3649033965298255e-07, -6.167709493550964e-07, -1.2038713923616526e-07, 1.0195717375790894e-07,
    2.7779061599708634e-08, -1.3361953304404018e-08, -3.169592039553522e-09, 9.948820947537195e-10
  };

  /// `erfinv(x) / x` for |x| <= 1/2, in x² from 0 to 1/4.
  private static final double[] ERFINV = {
    0.9174083670522701, 0.03356743029704882, 0.0026140273452604874, 0.00025227475519280497, 2.6977001012626502e-05,
    3.063743478354214e-06, 3.6198639315510917e-07, 4.398327431894543e-08, 5.456609761148185e-09, 6.871086804991776e-10,
    8.774114416059524e-11, 1.198783562375008e-11, 1.5616054520539133e-12
  };

  /// `y / s` with `erfc(y) = e^(-s²)`, to 1e-7, in `(s - 3) / (s + 3)` for s from sqrt(log 2) to 27.6.
  private static final double[] TAIL = {
    0.9331610766800357, 0.13940905582152424, -0.11877696151373418, 0.06540514197253383, -0.02995896395370307,
    0.010123555173384043, -0.001548089349973369, -0.0008928128264070003, 0.0013900954408141895, -0.0018487744458990348,
    0.0011105795619136168, 9.663571646307717e-05, -0.00022599861485475775
  };

  private static final double TAIL_LOW = -0.565535421865152;
  private static final double TAIL_HIGH = 0.803921568627451;

  /// From here on erfc is no number above 0.
  private static final double NOTHING = 27.3;

  private ErrorFunctions() {}

  static Tensor erfc(Tensor x) {
    Tensor far = x.gt(0.5);
    Tensor large = far.where(x, 1).minimum(NOTHING);
    return far.where(decay(large).mul(scaled(large)), far.where(0, x).erf().rsub(1));
  }

  /// e^(-x²), in two factors of which the first has an exact argument: squares of large numbers lose digits.
  private static Tensor decay(Tensor x) {
    Tensor coarse = x.detach().mul(16).floor().div(16);
    return coarse.square().neg().exp().mul(x.sub(coarse).mul(x.add(coarse)).neg().exp());
  }

  static Tensor erfcx(Tensor x) {
    Tensor negative = x.lt(0);
    Tensor right = scaled(Angles.size(x));
    Tensor left = negative.where(x, 0);
    return negative.where(left.square().exp().mul(2).sub(right), right);
  }

  /// erfcx for x >= 0; 0 at infinity.
  private static Tensor scaled(Tensor x) {
    Tensor endless = x.isInf();
    Tensor finite = endless.where(0, x);
    Tensor t = finite.sub(3).div(finite.add(3));
    return endless.where(0, Wide.between(t, -1, 1, ERFCX).div(finite.mul(2).add(1)));
  }

  static Tensor ndtr(Tensor x) {
    return erfc(x.mul(-Math.sqrt(0.5))).mul(0.5);
  }

  static Tensor logNdtr(Tensor x) {
    Tensor left = x.lt(-1);
    Tensor low = left.where(x, -1);
    Tensor high = left.where(0, x).mul(Math.sqrt(0.5));
    Tensor infinite = low.isInf();
    Tensor finite = infinite.where(-1, low);
    Tensor tail = scaled(finite.mul(-Math.sqrt(0.5))).mul(0.5).log().sub(finite.square().mul(0.5));
    return left.where(infinite.where(Double.NEGATIVE_INFINITY, tail), erfc(high).mul(-0.5).log1p());
  }

  static Tensor erfinv(Tensor x) {
    Tensor size = Angles.size(x);
    Tensor far = size.gt(0.5);
    Tensor value = far.where(tail(far.where(size.rsub(1), 0.5)), central(far.where(0, size)));
    return Wide.outside(size.gt(1), Angles.signed(x, value));
  }

  /// x with the normal distribution's integral p.
  static Tensor ndtri(Tensor p) {
    Tensor upper = p.ge(0.5);
    Tensor side = upper.where(p.rsub(1), p).mul(2); // in 0..1
    Tensor far = side.lt(0.5);
    Tensor distance = far.where(tail(far.where(side, 0.5)), central(far.where(0, side.rsub(1)))).mul(Math.sqrt(2));
    return Wide.outside(p.lt(0).or(p.gt(1)), upper.where(distance, distance.neg()));
  }

  private static Tensor central(Tensor x) {
    return x.mul(Wide.between(x.square(), 0, 0.25, ERFINV));
  }

  /// y with `erfc(y) = q` for q in 0..1/2, from an approximation and one step of Halley's, which triples its digits.
  private static Tensor tail(Tensor q) {
    Tensor none = q.le(0);
    Tensor positive = none.where(0.5, q);
    Tensor s = positive.log().neg().sqrt();
    Tensor t = s.sub(3).div(s.add(3));
    Tensor y = s.mul(Wide.between(t, TAIL_LOW, TAIL_HIGH, TAIL));
    // erfc(y) and q are both close to e^(-y²): of tiny numbers the quotient is still exact.
    Tensor step = scaled(y).sub(positive.mul(y.square().exp())).mul(-Math.sqrt(Math.PI) / 2);
    Tensor refined = y.sub(step.div(step.mul(y).add(1)));
    return none.where(q.eq(0).where(Double.POSITIVE_INFINITY, q), refined);
  }
}
