package org.teenygrad;

/// A part of a tensor that is to be replaced: what stands left of the `=` in Python's `x[1:3, ::2] = v`. By [Slicing#at(Slice...)].
///
/// ```java
/// x.at("1:3, ::2").assign(Tensor.ones(2, 2));     // x[1:3, ::2] = 1
/// x.at(x.isNan()).assign(0);                      // x[x.isnan()] = 0
/// x.at(labels, labels).update(Tensor.zeros(4));   // x[labels, labels] = 0, in x's memory
/// Tensor changed = x.at("0").with(bias);          // x stays as it is: torch.select_scatter
/// ```
/// Values broadcast to the part and are cast to the tensor's type. Where positions name a place twice the last value stays;
/// positions outside the tensor are dropped, or refused as [Indexing] says. Derivatives flow to the values, and to the
/// old tensor where it was not replaced.
public final class Selection {
  private final Tensor tensor;
  private final Subscript subscript;

  Selection(Tensor tensor, Subscript subscript) {
    this.tensor = tensor;
    this.subscript = subscript;
  }

  /// A tensor with these values in this part, and the same as before elsewhere: `torch.slice_scatter`, `select_scatter`,
  /// `index_put`. The tensor itself does not change.
  /// ```java
  /// Tensor.of(1, 2, 3).at("1:").with(Tensor.of(8, 9));   // [1 8 9]
  /// ```
  /// @throws IllegalArgumentException if the values do not broadcast to the part
  public Tensor with(Tensor values) {
    return subscript.write(tensor, values.cast(tensor.dtype()));
  }

  /// [#with(Tensor)] of a number.
  public Tensor with(Number value) {
    return with(Operations.constant(tensor.dtype(), value));
  }

  /// Changes this part of the tensor, as [Tensor#assign] changes the whole: what was computed from the old values, or is
  /// built on them, stays as it was; views are values, too. PyTorch's `x[...] = v`, `index_put_`, `masked_fill_`.
  /// ```java
  /// var v = Tensor.of(1, 2, 3);
  /// v.at("1:").assign(Tensor.of(8, 9));   // [1 8 9]
  /// ```
  /// @return the tensor
  /// @throws IllegalArgumentException if the values do not broadcast to the part
  /// @throws IllegalStateException if the tensor is a parameter, to whose old values no derivative could then flow
  public Tensor assign(Tensor values) {
    requireNoParameter("assign");
    return tensor.write("assign", with(values), false);
  }

  /// [#assign(Tensor)] of a number.
  public Tensor assign(Number value) {
    return assign(Operations.constant(tensor.dtype(), value));
  }

  /// As [#assign], in the tensor's memory, as [Tensor#update].
  /// ```java
  /// var v = Tensor.of(1, 2, 3);
  /// v.at("1:").update(Tensor.of(8, 9));   // [1 8 9]
  /// ```
  /// @return the tensor
  /// @throws IllegalArgumentException if the values do not broadcast to the part
  /// @throws IllegalStateException if the tensor is a parameter
  public Tensor update(Tensor values) {
    requireNoParameter("update");
    return tensor.write("update", with(values), true);
  }

  /// [#update(Tensor)] with a number.
  public Tensor update(Number value) {
    return update(Operations.constant(tensor.dtype(), value));
  }

  private void requireNoParameter(String name) {
    if (tensor.isLeaf()) {
      throw new IllegalStateException(
          name + ": a part of the parameter " + tensor.shape() + " cannot change in place, for derivatives end at the whole of it;"
              + " use w.assign(w.detach().at(...).with(values))");
    }
  }
}
