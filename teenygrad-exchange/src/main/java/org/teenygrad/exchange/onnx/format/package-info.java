/// The ONNX format as records: what a model's file says, without any meaning given to it.
///
/// [org.teenygrad.exchange.onnx.format.ModelReader] reads protobuf's wire format itself: the subset that ONNX needs is two hundred lines,
/// with limits where a generated reader would allocate what a file claims, and tensors stay where they are in the mapped file.
@NullMarked
package org.teenygrad.exchange.onnx.format;

import org.jspecify.annotations.NullMarked;
