package org.teenygrad;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import org.junit.jupiter.api.Test;

/// Convolutions whose windows skip places. Those of fewer than eight channels are derived as they are written down, others in another way: both have to be the same.
class StridedConvolutionTest {
  private static final Window WINDOW = Window.DEFAULT.stride(2).padding(1);

  private final RandomState random = RandomState.of(7);
  private final Tensor x = random.randn(2, 8, 9, 7).requiresGrad();
  private final Tensor weight = random.randn(4, 8, 3, 3).requiresGrad();
  private final Tensor cotangent = random.randn(2, 4, 5, 4);

  /// By halves of the channels.
  private Tensor written() {
    return x.narrow(1, 0, 4).conv2d(weight.narrow(1, 0, 4), null, WINDOW).add(x.narrow(1, 4, 4).conv2d(weight.narrow(1, 4, 4), null, WINDOW));
  }

  @Test
  void gradientsAreThoseOfSumsOfProducts() {
    areEqual(Gradient.vjp(x.conv2d(weight, null, WINDOW), cotangent, List.of(x, weight)), Gradient.vjp(written(), cotangent, List.of(x, weight)));
  }

  /// The gradient by the weights changes with the images, and that by the images with the weights.
  @Test
  void gradientsHaveGradients() {
    areEqual(second(x.conv2d(weight, null, WINDOW)), second(written()));
  }

  private List<Tensor> second(Tensor result) {
    List<Tensor> first = Gradient.vjp(result, cotangent, List.of(x, weight));
    Tensor penalty = first.get(0).square().sum().add(first.get(1).square().sum());
    return Gradient.vjp(penalty, Tensor.of(1f), List.of(x, weight));
  }

  @Test
  void derivativesInForwardModeAreThoseOfSumsOfProducts() {
    List<Tensor> tangents = List.of(random.randn(2, 8, 9, 7), random.randn(4, 8, 3, 3));
    areEqual(List.of(Gradient.jvp(x.conv2d(weight, null, WINDOW), List.of(x, weight), tangents)), List.of(Gradient.jvp(written(), List.of(x, weight), tangents)));
  }

  /// The result is not computed again for a gradient that is asked for later.
  @Test
  void whatHasBeenComputedStaysSo() {
    Tensor result = x.conv2d(weight, null, WINDOW).realize();
    result.square().sum().backward();
    Profile profile = Profile.of(() -> weight.grad().realize());
    assertThat(profile.launches().stream().filter(launch -> launch.name().startsWith("contract"))).as(profile.toString()).hasSize(1);
  }

  private static void areEqual(List<Tensor> actual, List<Tensor> expected) {
    for (int i = 0; i < actual.size(); i++) {
      float largest = expected.get(i).abs().max().item();
      assertThat(actual.get(i).sub(expected.get(i)).abs().max().item()).as("result " + i + ", of up to " + largest).isCloseTo(0f, within(1e-5f * largest));
    }
  }
}
