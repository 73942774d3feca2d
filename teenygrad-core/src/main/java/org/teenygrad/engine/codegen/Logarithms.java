package org.teenygrad.engine.codegen;

import static org.teenygrad.engine.codegen.Arithmetic.*;

import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpNode;

/// ln x, log2 x and log10 x of float32 and float64, without branches.
///
/// x = 2^e m with m around 1, and f = m - 1. In float32, ln m = f + f^2 q(f) with m in [2/3, 4/3) for the shortest q,
/// and log2 m likewise with m in [sqrt 1/2, sqrt 2), where adding e cancels least; log10 is that of ln. In float64, where a polynomial in
/// f would be long, ln m = 2 atanh s with s = f / (2 + f) and m in [sqrt 1/2, sqrt 2), arranged as in W. J. Cody and
/// W. Waite, *Software Manual for the Elementary Functions* (1980) and in FreeBSD's msun: ln m = f - (f^2/2 - s
/// (f^2/2 + R(s^2))), which loses nothing near 1. Coefficients are minimax fits of the relative error (Remez exchange
/// in 45 digits, rounded one by one, refitting the rest).
///
/// Measured on every 61st bit pattern of float32 and on thousands of float64:
///
/// | largest error in ULP | float32 | float64 |
/// | --- | --- | --- |
/// | log | 1.08 | 0.76 |
/// | log2 | 0.95 | 0.69 |
/// | log10 | 0.94 | 0.63 |
final class Logarithms {
  private Logarithms() {}

  private static final double LN2 = 0x1.62e42fefa39efp-1;
  /// ln 2 less its nearest double.
  private static final double LN2_REST = 2.3190468138462996e-17;

  /// What turns the natural logarithm into another: log x = e two + ln m perE for x = 2^e m, each factor as a sum of two
  /// numbers.
  ///
  /// @param two the logarithm of 2, short enough that its product with every e is exact
  /// @param perE the logarithm of e
  private record Base(double two, double twoRest, double perE, double perERest) {}

  private static final Base TWO = new Base(1, 0, 0x1.71547652b82fep0, 2.0355273740931033e-17);
  private static final Base TEN = new Base(0x1.34413509f6p-2, 3.694239077158931e-13, 0x1.bcb7b1526e50ep-2, 1.098319650216765e-17);

  /// For float32, by way of log2: the logarithm of 2 and the float nearest to log2 e times that.
  private static final Base TEN_SINGLE = new Base(0x1.344p-2, 4.605038981195214e-06, 0x1.bcb7bp-2, 1.390154602678529e-08);

  /// q with ln(1 + f) = f + f^2 q(f) for |f| <= 1/3; error below 2^-24.9.
  private static final double[] LOG_SINGLE = {
    -0.49999925f, 0.33333293f, -0.250086f, 0.20005527f, -0.16401167f, 0.1409292f, -0.15469839f, 0.1352763f
  };
  /// p with log2(1 + f) = f (float) log2 e + f p(f) for sqrt 1/2 <= 1 + f <= sqrt 2; error below 2^-26.
  private static final double[] LOG2_SINGLE = {
    1.9200362e-08f, -0.72134733f, 0.48089823f, -0.3607003f, 0.28857142f, -0.23950337f, 0.20440961f, -0.1919105f,
    0.18790261f, -0.10995814f
  };
  /// R with ln(1 + f) = 2 s + s R(s^2), less its factor s^2, for |s| <= 3 - sqrt 8.
  private static final double[] ATANH_DOUBLE = {
    0.6666666666666734, 0.399999999994168, 0.28571428742041804, 0.22222198597072423,
    0.18183563580752377, 0.15314059374020939, 0.14795944494515037
  };

  /// 2^e (1 + fraction) = x for every positive finite x, denormal ones included.
  /// @param exponent e, as a float
  /// @param fraction small, of either sign
  record Parts(OpNode exponent, OpNode fraction) {}

  /// ln x: NaN below 0, -infinity at either 0.
  static OpNode log(OpNode x) {
    Parts parts = split(x, x.dtype() == DType.FLOAT32 ? 2.0 / 3 : Math.sqrt(0.5));
    OpNode e = parts.exponent();
    OpNode f = parts.fraction();
    if (x.dtype() == DType.FLOAT32) {
      return withSpecialCases(x, fma(e, LN2, fma(square(f), polynomial(f, LOG_SINGLE), f)));
    }
    OpNode halfSquare = mul(square(f), 0.5);
    OpNode correction = sub(halfSquare, fma(e, LN2_REST, atanhPart(f, halfSquare)));
    return withSpecialCases(x, fma(e, LN2, sub(f, correction)));
  }

  /// log2 x: NaN below 0, -infinity at either 0; exact for powers of two.
  static OpNode log2(OpNode x) {
    Parts parts = split(x, Math.sqrt(0.5));
    OpNode e = parts.exponent();
    OpNode f = parts.fraction();
    if (x.dtype() == DType.FLOAT32) {
      return withSpecialCases(x, add(e, fma(f, TWO.perE(), mul(f, polynomial(f, LOG2_SINGLE)))));
    }
    return inDouble(x, parts, TWO);
  }

  /// log10 x: NaN below 0, -infinity at either 0.
  static OpNode log10(OpNode x) {
    if (x.dtype() == DType.FLOAT64) {
      return inDouble(x, split(x, Math.sqrt(0.5)), TEN);
    }
    Parts parts = split(x, Math.sqrt(0.5));
    OpNode e = parts.exponent();
    OpNode f = parts.fraction();
    OpNode curve = fma(polynomial(f, LOG2_SINGLE), Math.log10(2), TEN_SINGLE.perERest());
    OpNode rest = fma(e, TEN_SINGLE.twoRest(), mul(f, curve));
    return withSpecialCases(x, fma(e, TEN_SINGLE.two(), fma(f, TEN_SINGLE.perE(), rest)));
  }

  /// e two + ln(1 + f) perE, where all but the last sum is carried on in two numbers.
  private static OpNode inDouble(OpNode x, Parts parts, Base base) {
    OpNode f = parts.fraction();
    OpNode halfSquare = mul(square(f), 0.5);
    OpNode high = sub(f, halfSquare);
    OpNode low = add(sub(sub(f, high), halfSquare), atanhPart(f, halfSquare));
    OpNode product = mul(high, base.perE());
    OpNode rest = fma(low, base.perE(), fma(high, base.perERest(), fma(high, constant(x, base.perE()), neg(product))));
    OpNode whole = mul(parts.exponent(), base.two());
    OpNode sum = add(whole, product);
    OpNode rounding = add(sub(whole, sum), product);
    return withSpecialCases(x, add(sum, add(rounding, fma(parts.exponent(), base.twoRest(), rest))));
  }

  /// s (f^2/2 + R).
  private static OpNode atanhPart(OpNode f, OpNode halfSquare) {
    OpNode s = div(f, add(f, 2.0));
    OpNode z = square(s);
    return mul(s, fma(z, polynomial(z, ATANH_DOUBLE), halfSquare));
  }

  /// Splits by the bits: less those of the lowest m, the exponent field is the e of x = 2^e m.
  static Parts split(OpNode x, double lowest) {
    FloatFormat format = FloatFormat.of(x);
    int fractionBits = format.fractionBits();
    OpNode denormal = lessThan(x, format.smallestNormal());
    OpNode normal = bits(where(denormal, mul(x, Math.scalb(1.0, fractionBits + 1)), x));
    OpNode e = shiftRight(sub(normal, format.bitsOf(lowest)), fractionBits);
    OpNode m = bitcast(sub(normal, shiftLeft(e, fractionBits)), x.dtype());
    OpNode scaled = where(denormal, constant(x, fractionBits + 1), 0);
    return new Parts(sub(toFloat(e, format), scaled), sub(m, 1.0));
  }

  /// A small integer as a float. Not every vector unit converts 64-bit integers, so float64 reads it off the bits of
  /// 1.5 * 2^52 + e.
  private static OpNode toFloat(OpNode e, FloatFormat format) {
    if (format == FloatFormat.SINGLE) {
      return cast(e, format.type());
    }
    double magic = format.roundingMagic();
    return sub(bitcast(add(e, format.bitsOf(magic)), format.type()), magic);
  }

  /// NaN below 0 and for NaN, -infinity at 0, infinity at infinity, else y.
  static OpNode withSpecialCases(OpNode x, OpNode y) {
    OpNode finite = where(lessThan(x, Double.POSITIVE_INFINITY), y, Double.POSITIVE_INFINITY);
    OpNode otherwise = where(equal(x, 0.0), constant(x, Double.NEGATIVE_INFINITY), Double.NaN);
    return where(greaterThan(x, 0.0), finite, otherwise);
  }
}
