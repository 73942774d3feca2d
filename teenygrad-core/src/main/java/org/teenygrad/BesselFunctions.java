package org.teenygrad;

/// Bessel functions of the orders 0 and 1, modified ones and others, by polynomials: near 0 of the argument or its square, far out of its
/// reciprocal, times what they grow or swing like (*Digital Library of Mathematical Functions*, 10.17, 10.40).
final class BesselFunctions {
  /// `e^-x I0(x)` for x in 0..8.
  private static final double[] I0E_SMALL = {
    0.20700192122398667, -0.11300432688620547, 0.0945156285399639, -0.08904344136076327, 0.08734341617468505,
    -0.08496338091593245, 0.07927522592865593, -0.06954119562303405, 0.05677703173239174, -0.04298594937721531,
    0.030177914326369393, -0.019682655309282406, 0.011960065956449436, -0.006792396673321815, 0.0036171685199186195,
    -0.001811898032010941, 0.0008562120964037982, -0.0003828745840656792, 0.00016258361907161146, -6.555606021032439e-05,
    2.4986432931858343e-05, -9.194264364358614e-06, 3.40892232481125e-06, -1.1360524712119476e-06, 2.699153146632741e-07,
    -8.791296325157322e-08, 5.753995763975938e-08, -1.601973429472564e-08
  };

  /// `e^-x √x I0(x)` for x >= 8, in 8/x.
  private static final double[] I0E_LARGE = {
    0.40217650944500816, 0.003360551983667876, 0.00013621607437737268, 1.1143033791893046e-05, 1.483848150861771e-06,
    2.973597885290274e-07, 8.871293193604678e-08, 3.9327123085832934e-08, 2.162446034312458e-08, 7.543775238250733e-09,
    -7.116744499757987e-09, -1.335632771743214e-08, -4.270649721363825e-09, 7.396966587219158e-09, 5.1432089858622845e-09,
    -3.21251295103573e-09, -2.8927333669603943e-09, 1.1661396927314527e-09, 9.544598596408217e-10, -3.0719032844097364e-10,
    -1.4445666241808038e-10, 4.135870336904037e-11
  };

  /// `e^-x I1(x) / x` for x in 0..8.
  private static final double[] I1E_SMALL = {
    0.04468770987560883, -0.06112433802966629, 0.06805759990951267, -0.06848260620582576, 0.06376740371333725,
    -0.05528003922703299, 0.04467457262304859, -0.03367135552039122, 0.023686016933733296, -0.015571309250544394,
    0.009583962342948091, -0.0055345678088487725, 0.003005761422600446, -0.0015388747130763492, 0.0007445158546973146,
    -0.00034117562574038554, 0.0001484126353082137, -6.142435066991627e-05, 2.4248618918164148e-05, -9.135581253751598e-06,
    3.2758896983910484e-06, -1.133551346432692e-06, 3.9091632529126733e-07, -1.2376686539665326e-07, 2.9883402742599985e-08,
    -9.144761049555143e-09, 5.211654337723065e-09, -1.3931836382589292e-09
  };

  /// `e^-x √x I1(x)` for x >= 8, in 8/x.
  private static final double[] I1E_LARGE = {
    0.3893984590258723, -0.009749577193235751, -0.0002192357638187367, -1.5038547201402334e-05, -1.8349107416211804e-06,
    -3.483855125273481e-07, -1.0000323944983054e-07, -4.3130341641824356e-08, -2.3453111618217135e-08,
    -8.417810881556892e-09, 7.118573210000024e-09, 1.3986230294575344e-08, 4.7942444927275885e-09, -7.500258824785232e-09,
    -5.508409408958088e-09, 3.158127700170617e-09, 3.0582654028044287e-09, -1.1153074851895528e-09, -1.0032283190965858e-09,
    2.8795297002473246e-10, 1.513858549435606e-10, -3.8283098239014647e-11
  };

  /// `K0(x) + log(x/2) I0(x)` for x in 0..2, in x².
  private static final double[] K0_SMALL = {
    -0.30362077291575545, 0.3404973210133806, 0.07177701034240512, 0.005053392643196092, 0.00018280555827901256,
    4.054506619949891e-06, 6.093361934166002e-08, 6.623013272794464e-10, 5.45210758976468e-12, 3.518631515801595e-14,
    1.8282920316203465e-16
  };

  /// `(K1(x) - log(x/2) I1(x)) x` for x in 0..2, in x².
  private static final double[] K1_SMALL = {
    0.8850882877295894, -0.3322409552403131, -0.2438385288677433, -0.027854235219771845, -0.001383168846618116,
    -3.891869064370918e-05, -7.081133691517491e-07, -9.032127511269602e-09, -8.53363416816121e-11, -6.21422926654518e-13
  };

  /// `e^x √x K0(x)` for x >= 2, in 2/x.
  private static final double[] K0_LARGE = {
    1.2185953385133905, -0.031071461824889582, 0.0030328918102636862, -0.0004797690567564277, 9.956054789199718e-05,
    -2.473520491312846e-05, 7.002238201255268e-06, -2.1911725471550125e-06, 7.428402833965886e-07, -2.689475930495757e-07,
    1.0267107342235164e-07, -4.115047857595318e-08, 1.7877994022076155e-08, -7.831427757725499e-09, 2.2461449296532357e-09,
    -9.171077661103289e-10, 1.934023143487487e-09, -1.0347633956849988e-09, -6.001265682715459e-10, 3.4902723333410547e-10,
    2.8621152776054687e-10, -1.5869915340278063e-10
  };

  /// `e^x √x K1(x)` for x >= 2, in 2/x.
  private static final double[] K1_LARGE = {
    1.363151890371342, 0.1033497377538653, -0.005566729880061879, 0.000735724154897484, -0.00013959022007797642,
    3.284386594101113e-05, -8.961199256397943e-06, 2.730035728169913e-06, -9.06774470658052e-07, 3.2302579610742373e-07,
    -1.2172251669359815e-07, 4.825643590588109e-08, -2.0724529834790288e-08, 9.002864628585638e-09, -2.625846421132203e-09,
    1.0718338984465426e-09, -2.1434292269089625e-09, 1.141693901870685e-09, 6.527051008519092e-10, -3.7917045211910943e-10,
    -3.145455278920714e-10, 1.7392609215952031e-10
  };

  private static final double MIDDLE = 8;
  private static final double NEAR = 2;

  private BesselFunctions() {}

  /// `e^-|x| I0(x)`.
  static Tensor i0e(Tensor x) {
    return grown(x.abs(), I0E_SMALL, I0E_LARGE);
  }

  /// `e^-|x| I1(x)`.
  static Tensor i1e(Tensor x) {
    Tensor size = Angles.size(x);
    Tensor near = size.le(MIDDLE);
    Tensor small = near.where(size, 0);
    return Angles.signed(x, near.where(small.mul(Wide.between(small, 0, MIDDLE, I1E_SMALL)), ofLarge(near.where(MIDDLE, size), I1E_LARGE)));
  }

  static Tensor i0(Tensor x) {
    return x.abs().exp().mul(i0e(x));
  }

  static Tensor i1(Tensor x) {
    return Angles.size(x).exp().mul(i1e(x));
  }

  private static Tensor grown(Tensor size, double[] small, double... large) {
    Tensor near = size.le(MIDDLE);
    return near.where(Wide.between(near.where(size, 0), 0, MIDDLE, small), ofLarge(near.where(MIDDLE, size), large));
  }

  private static Tensor ofLarge(Tensor x, double... coefficients) {
    return Wide.between(x.rdiv(MIDDLE), 0, 1, coefficients).div(x.sqrt());
  }

  /// `e^x K0(x)`, or K0 itself; infinite at 0, NaN below.
  static Tensor k0(Tensor x, boolean scaled) {
    Tensor near = x.le(NEAR);
    Tensor small = near.where(x, 1);
    Tensor logarithm = small.mul(0.5).log();
    Tensor close = Wide.between(small.square(), 0, NEAR * NEAR, K0_SMALL).sub(logarithm.mul(i0(small)));
    return decaying(x, near, close, small, scaled, K0_LARGE);
  }

  /// `e^x K1(x)`, or K1 itself; infinite at 0, NaN below.
  static Tensor k1(Tensor x, boolean scaled) {
    Tensor near = x.le(NEAR);
    Tensor small = x.gt(0).and(near).where(x, 1);
    Tensor logarithm = small.mul(0.5).log();
    Tensor close = Wide.between(small.square(), 0, NEAR * NEAR, K1_SMALL).div(small).add(logarithm.mul(i1(small)));
    Tensor value = decaying(x, near, close, small, scaled, K1_LARGE);
    return x.eq(0).where(Double.POSITIVE_INFINITY, Wide.outside(x.lt(0), value));
  }

  private static Tensor decaying(Tensor x, Tensor near, Tensor close, Tensor small, boolean scaled, double... coefficients) {
    Tensor large = near.where(NEAR, x);
    Tensor far = Wide.between(large.rdiv(NEAR), 0, 1, coefficients).div(large.sqrt());
    return scaled ? near.where(close.mul(small.exp()), far) : near.where(close, far.mul(large.neg().exp()));
  }
}
