/// Graphs of tensors as graphs of ONNX's standard operators.
///
/// [org.teenygrad.exchange.onnx.export.GraphExport] walks the expression of a model's outputs from its inputs and parameters up.
/// Views that repeat elements are never made: ONNX's operators broadcast, too, so that an
/// [org.teenygrad.exchange.onnx.export.Operand] has its sizes of 1 where the tensor repeats it, until something needs it whole.
/// That is also what shows a product of matrices: factors that are repeated along each other's axes
/// ([org.teenygrad.exchange.onnx.export.Contraction]). Convolutions and pooling are found by the affine functions through which
/// views read their sources ([org.teenygrad.exchange.onnx.export.Access]), whatever views those were.
@NullMarked
package org.teenygrad.exchange.onnx.export;

import org.jspecify.annotations.NullMarked;
