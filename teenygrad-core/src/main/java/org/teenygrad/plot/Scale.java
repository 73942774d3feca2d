package org.teenygrad.plot;

/// How an axis places a number.
enum Scale {
  LINEAR {
    @Override
    double of(double value) {
      return value;
    }

    @Override
    double inverse(double place) {
      return place;
    }
  },
  LOG {
    @Override
    double of(double value) {
      return value > 0 ? Math.log10(value) : Double.NaN;
    }

    @Override
    double inverse(double place) {
      return Math.pow(10, place);
    }
  };

  /// A place that is proportional to pixels, NaN for a number that has none.
  abstract double of(double value);

  abstract double inverse(double place);
}
