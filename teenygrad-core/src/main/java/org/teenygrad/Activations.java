package org.teenygrad;

/// The nonlinear functions of neural networks: sigmoid, relu, gelu, softmax.
sealed interface Activations permits Tensor {}
