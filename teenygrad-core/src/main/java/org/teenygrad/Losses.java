package org.teenygrad;

/// What training minimises: crossEntropy and its relatives.
sealed interface Losses permits Tensor {}
