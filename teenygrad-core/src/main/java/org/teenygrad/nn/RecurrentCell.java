package org.teenygrad.nn;

import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Tensor;

/// One step of a recurrent network: PyTorch's `nn.RNNCell`, `nn.LSTMCell` and `nn.GRUCell`.
///
/// ```java
/// var cell = RecurrentCell.of(Recurrent.Kind.LSTM, 64, 128);
/// var state = cell.step(Tensor.rand(2, 64), null, null);
/// cell.step(Tensor.rand(2, 64), state.hidden(), state.cell()).hidden().shape();   // (2, 128)
/// ```
/// @param weights those of the inputs and of the state
public record RecurrentCell(Recurrent.Kind kind, Recurrent.Cell weights) implements Layer {
  /// What a cell hands to the next step.
  ///
  /// @param hidden (batch, hidden), or (hidden): the output
  /// @param cell the LSTM's other state; null for other kinds
  public record State(Tensor hidden, @Nullable Tensor cell) {}

  /// With biases, all uniform in ±1/sqrt(hidden), as PyTorch starts them.
  public static RecurrentCell of(Recurrent.Kind kind, int in, int hidden) {
    return of(kind, in, hidden, true);
  }

  /// As [#of(Recurrent.Kind, int, int)], with or without biases.
  public static RecurrentCell of(Recurrent.Kind kind, int in, int hidden, boolean bias) {
    return new RecurrentCell(kind, Recurrent.of(kind, in, hidden, 1, false, bias).cells().getFirst());
  }

  /// By PyTorch's names.
  @Override
  public Map<String, Object> parts() {
    return Parts.named(
        "weight_ih", weights.weightIh(), "weight_hh", weights.weightHh(), "bias_ih", weights.biasIh(), "bias_hh", weights.biasHh());
  }

  /// The output after a state of zeros.
  /// @param x (batch, in), or (in)
  @Override
  public Tensor forward(Tensor x) {
    return step(x, null, null).hidden();
  }

  /// @param x (batch, in), or (in)
  /// @param hidden the state before this step, or null for zeros
  /// @param cell the LSTM's other state, or null for zeros
  /// @throws IllegalArgumentException if x is of another size
  public State step(Tensor x, @Nullable Tensor hidden, @Nullable Tensor cell) {
    if (x.rank() < 1 || x.rank() > 2 || x.size(-1) != weights.weightIh().size(1)) {
      throw new IllegalArgumentException("recurrentCell: input " + x.shape() + " is not (batch, " + weights.weightIh().size(1) + "), nor that without batch");
    }
    Tensor zeros = Tensor.zeros(x.shape().with(-1, weights.weightHh().size(1)).toArray()).cast(x.dtype());
    State next = kind.next(weights, x.linear(weights.weightIh(), weights.biasIh()), hidden == null ? zeros : hidden, cell == null ? zeros : cell);
    return new State(ForwardHook.output(this, x, next.hidden()), kind == Recurrent.Kind.LSTM ? next.cell() : null);
  }

  @Override
  public String toString() {
    return tree();
  }
}
