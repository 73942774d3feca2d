package org.teenygrad;

/// Factories of random tensors, inherited by [Tensor] as static methods.
abstract sealed class RandomCreation permits Creation {}
