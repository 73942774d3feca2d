package org.teenygrad.book.part1;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.book.Page;
import org.teenygrad.book.Program;
import org.teenygrad.book.Section;
import org.teenygrad.models.settings.Help;
import org.teenygrad.optim.ParameterGroup;
import org.teenygrad.optim.SGD;
import org.teenygrad.plot.Panels;
import org.teenygrad.plot.Plot;

/// Generalized linear models (Nelder and Wedderburn, 1972): linear and logistic regression are one method.
///
/// What is observed has a distribution of some family, whose mean is a function of a sum X b. The coefficients that
/// make the observations most probable are found twice: by iteratively reweighted least squares (IRLS), which is
/// Newton's method written as a least-squares problem a step, and by gradient descent on the negative log-likelihood.
/// Classes of more than two kinds (multinomial) are done by Newton's method itself.
@Section(number = "1.5", name = "glm", title = "Numbers, yes or no, counts, waits, classes: one method, by Newton and by gradient")
public record Glm(
    @Help("observations of each family") int observations,
    @Help("steps of gradient descent") int steps)
    implements Program {
  private static final double[] TRUTH = {0.5, 1.2, -0.8};
  private static final double[][] CLASS_TRUTH = {{0, 0, 0}, {0.5, 2, -1}, {-0.5, 1, 2}};
  private static final int NEWTON_STEPS = 12;

  public Glm() {
    this(1_000, 4_000);
  }

  /// @throws IllegalArgumentException if there are fewer than 50 observations or no step
  public Glm {
    if (observations < 50 || steps < 1) {
      throw new IllegalArgumentException("glm: at least 50 observations and 1 step, not " + observations + " and " + steps);
    }
  }

  /// What is observed at a mean, and how the mean comes from eta = X b.
  private enum Family {
    GAUSSIAN, BERNOULLI, POISSON, EXPONENTIAL;

    Tensor mean(Tensor eta) {
      return switch (this) {
        case GAUSSIAN -> eta;
        case BERNOULLI -> eta.sigmoid();
        case POISSON, EXPONENTIAL -> eta.exp();
      };
    }

    /// The derivative of the mean with respect to eta.
    Tensor slope(Tensor mean) {
      return switch (this) {
        case GAUSSIAN -> mean.onesLike();
        case BERNOULLI -> mean.mul(mean.rsub(1));
        case POISSON, EXPONENTIAL -> mean;
      };
    }

    /// The variance of an observation, up to a constant.
    Tensor variance(Tensor mean) {
      return switch (this) {
        case GAUSSIAN -> mean.onesLike();
        case BERNOULLI -> mean.mul(mean.rsub(1));
        case POISSON -> mean;
        case EXPONENTIAL -> mean.square();
      };
    }

    /// The negative log-likelihood of observations y, up to what does not depend on eta.
    Tensor loss(Tensor eta, Tensor y) {
      return switch (this) {
        case GAUSSIAN -> eta.sub(y).square().div(2).mean();
        case BERNOULLI -> eta.softplus().sub(eta.mul(y)).mean();
        case POISSON -> eta.exp().sub(eta.mul(y)).mean();
        case EXPONENTIAL -> eta.add(y.mul(eta.neg().exp())).mean();
      };
    }

    /// Observations at these means.
    Tensor drawn(Tensor mean) {
      int n = mean.shape().size(0);
      return switch (this) {
        case GAUSSIAN -> mean.add(Tensor.randn(n, 1).toDouble().mul(0.5));
        case BERNOULLI -> Tensor.rand(n, 1).toDouble().lt(mean).toDouble();
        case EXPONENTIAL -> Tensor.rand(n, 1).toDouble().neg().log1p().neg().mul(mean);
        case POISSON -> { // events until waits of mean 1 / mean sum up to more than 1; no mean here is above 20
          Tensor arrivals = Tensor.rand(n, 80).toDouble().neg().log1p().neg().cumsum(1);
          yield arrivals.lt(mean).toDouble().sum(1, true);
        }
      };
    }

    String title() {
      return name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);
    }
  }

  @Override
  public void run(Page page) {
    Tensor features = Tensor.uniform(-1, 1, observations, 2).toDouble();
    Tensor x = Tensor.cat(List.of(Tensor.ones(DType.FLOAT64, observations, 1), features), 1).realize();
    Tensor truth = Tensor.of(TRUTH).unsqueeze(1);
    page.say("%,d observations of each family; coefficients %s:", observations, List.of(TRUTH[0], TRUTH[1], TRUTH[2]));
    List<List<Object>> rows = new ArrayList<>();
    List<Plot> plots = new ArrayList<>();
    double worst = 0;
    double furthest = 0;
    for (Family family : Family.values()) {
      Tensor y = family.drawn(family.mean(x.matmul(truth))).realize();
      Tensor reweighted = byReweighting(family, x, y);
      Tensor descended = byGradient(List.of(x.shape().size(1), 1), b -> family.loss(x.matmul(b), y));
      double difference = reweighted.sub(descended).abs().max().itemDouble();
      Tensor errors = standardErrors(family, x, y, reweighted);
      worst = Math.max(worst, difference);
      furthest = Math.max(furthest, reweighted.sub(truth).abs().div(errors).max().itemDouble());
      double[] b = reweighted.flatten().toDoubleArray();
      rows.add(List.of(family.title(), b[0], b[1], b[2], errors.max().itemDouble(), difference));
      plots.add(plot(family, x, y, reweighted));
    }
    page.table(List.of("family", "b0", "b1", "b2", "standard error", "IRLS - gradient"), rows);
    double classes = multinomial(page, x);
    page.picture("glm", new Panels("One method, four families", 2, plots)::write);
    page.claim("coefficients by IRLS and by gradient: largest difference", worst).isAtMost(1e-6);
    page.claim("multinomial coefficients by Newton and by gradient: largest difference", classes).isAtMost(1e-6);
    page.claim("coefficients less those drawn with, in standard errors", furthest).isAtMost(4);
  }

  /// Where the mean bends, least squares is done to its tangent: z is what a straight line would have to hit, and each
  /// observation counts by how much it says about eta.
  private static Tensor byReweighting(Family family, Tensor x, Tensor y) {
    Tensor b = Tensor.zeros(DType.FLOAT64, x.shape().size(1), 1);
    for (int step = 0; step < NEWTON_STEPS; step++) {
      Tensor eta = x.matmul(b);
      Tensor mean = family.mean(eta);
      Tensor slope = family.slope(mean);
      Tensor weight = slope.square().div(family.variance(mean));
      Tensor z = eta.add(y.sub(mean).div(slope));
      Tensor root = weight.sqrt();
      b = x.mul(root).lstsq(z.mul(root)).realize();
    }
    return b;
  }

  private interface Objective {
    Tensor loss(Tensor coefficients);
  }

  private Tensor byGradient(List<Integer> shape, Objective objective) {
    Tensor b = Tensor.zeros(DType.FLOAT64, shape.get(0), shape.get(1)).requiresGrad();
    SGD sgd = new SGD(List.of(ParameterGroup.of(List.of(b), 0.1)), 0.9, 0, false);
    for (int step = 0; step < steps; step++) {
      sgd.step(objective.loss(b));
    }
    return b.detach();
  }

  /// From the curvature of the log-likelihood at its top: the inverse of X' W X, times the dispersion where the family leaves it open.
  private static Tensor standardErrors(Family family, Tensor x, Tensor y, Tensor b) {
    Tensor mean = family.mean(x.matmul(b));
    Tensor weight = family.slope(mean).square().div(family.variance(mean));
    Tensor covariance = x.t().matmul(x.mul(weight)).inv();
    Tensor dispersion = family == Family.GAUSSIAN ? y.sub(mean).square().mean() : Tensor.of(1.0);
    return covariance.diag().mul(dispersion).sqrt().unsqueeze(1);
  }

  /// Three classes whose probabilities are a softmax of X B; the first class has no coefficients, for only differences
  /// count. Newton's method needs the Hessian, whose block for classes j and k is X' diag(p_j (1[j = k] - p_k)) X.
  private double multinomial(Page page, Tensor x) {
    int features = x.shape().size(1);
    int free = CLASS_TRUTH.length - 1;
    Tensor truth = Tensor.of(IntStream.range(0, 3).mapToObj(i -> CLASS_TRUTH[i]).flatMapToDouble(Arrays::stream).toArray(), 3, features)
        .t();
    Tensor classes = x.matmul(truth).softmax(1).multinomial(1).squeeze(1).realize();
    Tensor observed = classes.oneHot(free + 1).toDouble();
    Tensor descended = byGradient(List.of(features, free),
        b -> x.matmul(b.padAxis(1, 1, 0)).logSoftmax(1).mul(observed).sum(1).mean().neg());
    Tensor b = Tensor.zeros(DType.FLOAT64, features, free);
    for (int step = 0; step < NEWTON_STEPS; step++) {
      Tensor p = x.matmul(b.padAxis(1, 1, 0)).softmax(1).slice(1, 1, free + 1); // (observations, classes but the first)
      Tensor gradient = Tensor.einsum("nf,nj->jf", x, p.sub(observed.slice(1, 1, free + 1)));
      Tensor curvature = Tensor.eye(free).toDouble().mul(p.unsqueeze(2)).sub(p.unsqueeze(2).mul(p.unsqueeze(1))); // (observations, j, k)
      Tensor hessian = Tensor.einsum("nf,njk,ng->jfkg", x, curvature, x).reshape(free * features, free * features);
      b = b.sub(hessian.solve(gradient.reshape(free * features, 1)).reshape(free, features).t()).realize();
    }
    page.say("%nThree classes: Newton's method and the gradient give the %d coefficients", free * features);
    double[] found = b.t().flatten().toDoubleArray();
    page.table(List.of("class", "b0", "b1", "b2"), IntStream.range(0, free)
        .mapToObj(j -> List.of("class " + (j + 1), found[j * features], found[j * features + 1], found[j * features + 2])).toList());
    return b.sub(descended).abs().max().itemDouble();
  }

  private static Plot plot(Family family, Tensor x, Tensor y, Tensor b) {
    Tensor at = Tensor.linspace(-1, 1, 100).toDouble();
    Tensor line = family.mean(at.mul(b.get(1, 0)).add(b.get(0, 0)));
    int shown = Math.min(250, x.shape().size(0));
    return Plot.of(family.title()).x("x1").y("y")
        .points("observed", x.slice(0, 0, shown).select(1, 1).toDoubleArray(), y.slice(0, 0, shown).flatten().toDoubleArray())
        .line("mean at x2 = 0", at.toDoubleArray(), line.toDoubleArray());
  }
}
