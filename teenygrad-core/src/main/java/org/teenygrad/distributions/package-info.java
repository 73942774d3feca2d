/// Probability distributions whose parameters are tensors: PyTorch's `torch.distributions`.
///
/// ```java
/// var normal = new Normal(Tensor.of(0f, 10f), Tensor.of(1f, 2f));
/// normal.sample(100).shape();                                       // (100, 2)
/// normal.logProb(Tensor.of(0f, 10f)).shape();                       // (2,)
/// normal.kl(new Normal(Tensor.of(0f), Tensor.of(1f))).shape();      // (2,)
/// ```
/// Log-probabilities, entropies, divergences and means have derivatives by the parameters and values. So have samples of
/// [Normal][org.teenygrad.distributions.Normal], [Uniform][org.teenygrad.distributions.Uniform],
/// [Exponential][org.teenygrad.distributions.Exponential] and their like, which are functions of parameters and noise (PyTorch's
/// `rsample`); samples of the others have none.
@NullMarked
package org.teenygrad.distributions;

import org.jspecify.annotations.NullMarked;
