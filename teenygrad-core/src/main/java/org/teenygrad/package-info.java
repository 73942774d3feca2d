/// Tensors: what they hold, what they compute, and their derivatives.
///
/// A [Tensor][org.teenygrad.Tensor] is an expression. Operations return at once; asking for values plans the whole
/// expression as a few fused kernels and runs them. A small regression from beginning to end:
///
/// ```java
/// Tensor.manualSeed(1);
/// var inputs = Tensor.randn(256, 3);
/// var targets = inputs.matmul(Tensor.of(1f, -2f, 3f)).add(0.5);      // what is to be found: 1, -2, 3 and 0.5
///
/// var weight = Tensor.zeros(3).requiresGrad();
/// var bias = Tensor.zeros(1).requiresGrad();
/// var optimizer = new AdamW(Map.of("weight", weight, "bias", bias), 0.1);
/// for (int i = 0; i < 200; i++) {
///   var loss = inputs.matmul(weight).add(bias).mseLoss(targets);     // an expression: nothing has run yet
///   optimizer.step(loss);                                            // derivatives and updates: one schedule, replayed from now on
/// }
/// weight.mul(10).round().div(10);                                    // [ 1. -2.  3.]
/// bias.mul(10).round().div(10);                                      // [0.5]
/// ```
///
/// ### Rooms
/// The methods of a tensor live in interfaces, a room for each purpose; all are methods of [Tensor][org.teenygrad.Tensor].
///
/// | to | room |
/// | --- | --- |
/// | make tensors | [Creation][org.teenygrad.Creation], [RandomCreation][org.teenygrad.RandomCreation], [Joining][org.teenygrad.Joining], [Filling][org.teenygrad.Filling] |
/// | get values out | [Values][org.teenygrad.Values] |
/// | compute with each element | [Elementwise][org.teenygrad.Elementwise], [Transcendentals][org.teenygrad.Transcendentals], [Trigonometry][org.teenygrad.Trigonometry], [SpecialFunctions][org.teenygrad.SpecialFunctions], [GammaAndBessel][org.teenygrad.GammaAndBessel], [Comparisons][org.teenygrad.Comparisons], [Casts][org.teenygrad.Casts] |
/// | see the same elements otherwise | [Movement][org.teenygrad.Movement], [Slicing][org.teenygrad.Slicing], [Shuffling][org.teenygrad.Shuffling], [Arranging][org.teenygrad.Arranging] |
/// | sum up | [Reductions][org.teenygrad.Reductions], [Statistics][org.teenygrad.Statistics], [Summaries][org.teenygrad.Summaries] |
/// | multiply | [Contractions][org.teenygrad.Contractions], [MatrixProducts][org.teenygrad.MatrixProducts], [Distances][org.teenygrad.Distances] |
/// | read and write at positions | [Indexing][org.teenygrad.Indexing], [Replacing][org.teenygrad.Replacing], [Selection][org.teenygrad.Selection], [Slice][org.teenygrad.Slice] |
/// | transform, and compute with complex numbers | [Fourier][org.teenygrad.Fourier], [ComplexNumbers][org.teenygrad.ComplexNumbers] |
/// | solve and decompose | [LinearAlgebra][org.teenygrad.LinearAlgebra], [MatrixFunctions][org.teenygrad.MatrixFunctions] |
/// | build networks | [Activations][org.teenygrad.Activations], [Normalization][org.teenygrad.Normalization], [Attention][org.teenygrad.Attention], [Convolutions][org.teenygrad.Convolutions], [Pooling][org.teenygrad.Pooling], [Losses][org.teenygrad.Losses], [MarginLosses][org.teenygrad.MarginLosses], [LikelihoodLosses][org.teenygrad.LikelihoodLosses] |
/// | look up, drop out, pool by norms | [Embeddings][org.teenygrad.Embeddings], [Dropouts][org.teenygrad.Dropouts], [NeighbourNorms][org.teenygrad.NeighbourNorms] |
/// | spread over devices | [Distributing][org.teenygrad.Distributing], [Mesh][org.teenygrad.Mesh], [Placement][org.teenygrad.Placement] |
/// | differentiate | [Differentiable][org.teenygrad.Differentiable], [Gradient][org.teenygrad.Gradient] |
///
/// Layers are in [org.teenygrad.nn], optimizers in [org.teenygrad.optim], files of tensors in [org.teenygrad.state], corpora and batches in
/// [org.teenygrad.data], distributions in [org.teenygrad.distributions], charts in [org.teenygrad.plot], BLAS in [org.teenygrad.blas].
@NullMarked
package org.teenygrad;

import org.jspecify.annotations.NullMarked;
