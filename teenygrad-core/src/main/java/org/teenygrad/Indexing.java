package org.teenygrad;

/// Reading by computed positions: gather, indexing by tensors, sampling.
sealed interface Indexing permits Tensor {}
