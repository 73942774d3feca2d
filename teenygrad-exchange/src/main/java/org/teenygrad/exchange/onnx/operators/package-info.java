/// ONNX's operators as expressions of tensors: a table by domain, name and the version since which each is as it is.
///
/// A class is a group of operators with one purpose and enters them into an [org.teenygrad.exchange.onnx.operators.OperatorTable]; most are
/// a line. The text of each operator's definition is in ONNX's `Operators.md`; comments say only what is easily missed.
@NullMarked
package org.teenygrad.exchange.onnx.operators;

import org.jspecify.annotations.NullMarked;
