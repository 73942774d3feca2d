package org.teenygrad;

/// Layers that centre and scale: layerNorm, rmsNorm.
sealed interface Normalization permits Tensor {}
