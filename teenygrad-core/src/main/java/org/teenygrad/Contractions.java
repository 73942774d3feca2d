package org.teenygrad;

/// Sums of products: matrix multiplication and einsum.
sealed interface Contractions permits Tensor {}
