package org.teenygrad;

/// Scaled dot-product attention.
sealed interface Attention permits Tensor {}
