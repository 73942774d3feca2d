package org.teenygrad.data;

/// What is done at random to the inputs of each example, differently each time that it is drawn: see [DataLoader#augment].
///
/// The random numbers are a function of the loader's seed and of how many examples were drawn before, so that neither the number of
/// workers nor a resume changes them.
@FunctionalInterface
public interface Augmentation {
  NdArray apply(NdArray inputs, CounterRandom random);

  /// This, then another.
  default Augmentation then(Augmentation next) {
    return (inputs, random) -> next.apply(apply(inputs, random), random);
  }
}
