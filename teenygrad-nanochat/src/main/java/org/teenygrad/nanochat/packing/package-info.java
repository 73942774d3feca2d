/// Rows of tokens for training: documents and conversations packed by best fit.
///
/// A model is trained on rows of equal length, documents have any. Cutting one long sequence of all documents into rows would have most
/// rows begin amid a document, of which the model then sees no beginning. Here each row begins with `<|bos|>`: from a buffer the longest
/// document that still fits is taken, again and again (the best-fit heuristic of bin packing).
@NullMarked
package org.teenygrad.nanochat.packing;

import org.jspecify.annotations.NullMarked;
