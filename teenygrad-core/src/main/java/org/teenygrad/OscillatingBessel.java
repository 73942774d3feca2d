package org.teenygrad;

/// Bessel functions of the first and second kind of the orders 0 and 1: near 0 polynomials of x² and a logarithm, far out amplitude
/// and phase.
final class OscillatingBessel {
  /// J0(x) for x in 0..8, in x².
  private static final double[] J0_SMALL = {
    0.045829664859813754, 0.9303012472958572, -0.6484692830871821, -0.8080888076696872, 1.0383794611436883,
    -0.507468045847101, 0.14598884856785535, -0.028472718610877044, 0.00405807898810883, -0.0004435459224433769,
    3.8473200057927604e-05, -2.717749207626176e-06, 1.595584886623164e-07, -7.91533375368561e-09, 3.3794624520643e-10,
    -1.2430166156640003e-11
  };

  /// `J1(x) / x` for x in 0..8, in x².
  private static final double[] J1_SMALL = {
    -0.05814382795599107, 0.08105866038589758, 0.15151665143806634, -0.2595948652859166, 0.15858376432721896,
    -0.05474581821299503, 0.012456814392259903, -0.0020290394938667204, 0.0002494945813696478, -2.4045750380319615e-05,
    1.8684525891685077e-06, -1.1966856617233235e-07, 6.431200760749394e-09, -2.9580307437711144e-10, 1.1655948480687432e-11
  };

  /// `Y0(x) - 2/π log(x) J0(x)` for x in 0..8, in x².
  private static final double[] Y0_SMALL = {
    -0.38225065445942497, -0.8284358903604587, 1.6470964788745432, 0.14412632369302453, -1.077547733821527,
    0.6721770783431702, -0.21895747096229637, 0.046367047681363883, -0.007025741054992014, 0.000806158605989114,
    -7.279542368640505e-05, 5.321318774428052e-06, -3.218450385303195e-07, 1.6390898995460987e-08, -7.165821502826742e-10,
    2.6920542955933077e-11
  };

  /// `(Y1(x) - 2/π (log(x) J1(x) - 1/x)) / x` for x in 0..8, in x².
  private static final double[] Y1_SMALL = {
    0.07075985882118005, -0.24337743079193114, 0.02336757172099348, 0.23507209206669755, -0.19639839859930203,
    0.07854786922242538, -0.01962875683311711, 0.0034224907399185273, -0.00044381734344201836, 4.4674330127252e-05,
    -3.6010000225850992e-06, 2.3804930317310604e-07, -1.3153147370992129e-08, 6.169694909376002e-10,
    -2.4995314348224963e-11, 8.758166378734063e-13
  };

  /// P in `√(2 / (πx)) (P cos(x - π/4) - Q / x sin(x - π/4))`, which is J0(x), for x >= 8, in 64/x².
  private static final double[] P0 = {
    0.9994572757882519, -0.0005363673192140434, 6.137416080485309e-06, -2.052744609259914e-07, 1.2803754179834385e-08,
    -1.212231927513999e-09, 1.5504597197599842e-10, -2.4631193427474074e-11, 4.695090892783958e-12, -1.2969352268199892e-12,
    3.3715266679787027e-13
  };

  /// Q there.
  private static final double[] Q0 = {
    -0.12444091103610816, 0.0005466519279475136, -1.1817110660731776e-05, 5.684971885449538e-07, -4.534973594868882e-08,
    5.146228618919075e-09, -7.575872758461843e-10, 1.362452803693964e-10, -2.88387465828897e-11, 6.934511868227323e-12,
    -1.6798068504524111e-12, 4.743918565467509e-13, -2.729058891731019e-13, 9.756113507128432e-14
  };

  /// P for J1, whose phase is another right angle behind.
  private static final double[] P1 = {
    1.0009070262780821, 0.000898804941671665, -7.959694698837206e-06, 2.4536764022725565e-07, -1.4708505282683516e-08,
    1.3604270469793975e-09, -1.7135355304623532e-10, 2.6935859497280777e-11, -5.0935811696162e-12, 1.3951041528127422e-12,
    -3.608605547577502e-13
  };

  /// Q there.
  private static final double[] Q1 = {
    0.3742149922195918, -0.0007697167057640408, 1.456961480970388e-05, -6.633568654309039e-07, 5.1361063866241454e-08,
    -5.720815729915534e-09, 8.315770668743603e-10, -1.4842507670096497e-10, 3.110817879111466e-11, -7.031097818821853e-12,
    1.828906065466445e-12, -8.401208738069145e-13, 2.789203537560468e-13
  };

  private static final double MIDDLE = 8;

  private OscillatingBessel() {}

  static Tensor j0(Tensor x) {
    Tensor size = x.abs();
    Tensor near = size.le(MIDDLE);
    return near.where(smallJ0(near.where(size, 0)), new Wave(near.where(MIDDLE, size), 0.25, P0, Q0).cosine());
  }

  static Tensor j1(Tensor x) {
    Tensor size = Angles.size(x);
    Tensor near = size.le(MIDDLE);
    return Angles.signed(x, near.where(smallJ1(near.where(size, 0)), new Wave(near.where(MIDDLE, size), 0.75, P1, Q1).cosine()));
  }

  static Tensor y0(Tensor x) {
    Tensor near = x.le(MIDDLE);
    Tensor small = x.gt(0).and(near).where(x, 1);
    Tensor close = Wide.between(small.square(), 0, MIDDLE * MIDDLE, Y0_SMALL).add(small.log().mul(smallJ0(small)).mul(2 / Math.PI));
    return atZero(x, near.where(close, new Wave(near.where(MIDDLE, x), 0.25, P0, Q0).sine()));
  }

  static Tensor y1(Tensor x) {
    Tensor near = x.le(MIDDLE);
    Tensor small = x.gt(0).and(near).where(x, 1);
    Tensor close = small.mul(Wide.between(small.square(), 0, MIDDLE * MIDDLE, Y1_SMALL))
        .add(small.log().mul(smallJ1(small)).sub(small.reciprocal()).mul(2 / Math.PI));
    return atZero(x, near.where(close, new Wave(near.where(MIDDLE, x), 0.75, P1, Q1).sine()));
  }

  private static Tensor smallJ0(Tensor x) {
    return Wide.between(x.square(), 0, MIDDLE * MIDDLE, J0_SMALL);
  }

  private static Tensor smallJ1(Tensor x) {
    return x.mul(Wide.between(x.square(), 0, MIDDLE * MIDDLE, J1_SMALL));
  }

  private static Tensor atZero(Tensor x, Tensor value) {
    return x.eq(0).where(Double.NEGATIVE_INFINITY, Wide.outside(x.lt(0), value));
  }

  /// `√(2 / (πx))` times a mixture of a cosine and a sine of x, less a part of π; NaN at infinity, as PyTorch's.
  private record Wave(Tensor x, double phase, double[] p, double[] q) {
    Tensor cosine() {
      return damped(large().cos(), large().sin().neg());
    }

    Tensor sine() {
      return damped(large().sin(), large().cos());
    }

    private Tensor large() {
      return x.sub(phase * Math.PI);
    }

    private Tensor damped(Tensor first, Tensor second) {
      Tensor z = x.rdiv(MIDDLE).square();
      Tensor sum = first.mul(Wide.between(z, 0, 1, p)).add(second.mul(Wide.between(z, 0, 1, q)).div(x));
      return sum.mul(x.rdiv(2 / Math.PI).sqrt());
    }
  }
}
