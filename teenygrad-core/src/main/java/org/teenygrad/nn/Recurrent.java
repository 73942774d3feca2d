package org.teenygrad.nn;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Tensor;

/// One or more layers of a recurrent network, one over the other, in one or both directions: PyTorch's `nn.RNN`, `nn.LSTM` and
/// `nn.GRU` with `batch_first=True`.
///
/// ```java
/// var lstm = Recurrent.of(Recurrent.Kind.LSTM, 64, 128, 2, false);
/// lstm.forward(Tensor.rand(2, 10, 64)).shape();   // (2, 10, 128)
/// ```
/// @param kind what a cell computes
/// @param cells the cells of the lowest layer first; the two directions of a layer side by side
/// @param bidirectional whether each layer also goes backwards through time; the outputs of both stand side by side
/// @param dropout in [Mode#TRAINING], the probability with which an element is zeroed on its way from one layer to the next
public record Recurrent(Kind kind, List<Cell> cells, boolean bidirectional, double dropout) implements Layer {
  /// What a cell computes of its gates.
  public enum Kind {
    /// `h = tanh(W x + b + U h + c)`.
    RNN(1),
    /// `h = relu(W x + b + U h + c)`: PyTorch's `nn.RNN(nonlinearity="relu")`.
    RNN_RELU(1),
    /// Gates in PyTorch's order: input, forget, cell, output.
    LSTM(4),
    /// Gates in PyTorch's order: reset, update, new.
    GRU(3);

    private final int gates;

    Kind(int gates) {
      this.gates = gates;
    }

    /// One step.
    /// @param own what comes of the input
    /// @param h the state before
    /// @param c the LSTM's other state
    RecurrentCell.State next(Cell weights, Tensor own, Tensor h, Tensor c) {
      Tensor past = h.linear(weights.weightHh(), weights.biasHh());
      return switch (this) {
        case RNN -> new RecurrentCell.State(own.add(past).tanh(), c);
        case RNN_RELU -> new RecurrentCell.State(own.add(past).relu(), c);
        case LSTM -> {
          List<Tensor> gates = own.add(past).chunk(4, -1);
          Tensor cell = gates.get(1).sigmoid().mul(c).add(gates.get(0).sigmoid().mul(gates.get(2).tanh()));
          Tensor output = gates.get(3).sigmoid().mul(cell.tanh());
          yield new RecurrentCell.State(weights.weightHr() == null ? output : output.linear(weights.weightHr(), null), cell);
        }
        case GRU -> {
          List<Tensor> mine = own.chunk(3, -1);
          List<Tensor> theirs = past.chunk(3, -1);
          Tensor reset = mine.get(0).add(theirs.get(0)).sigmoid();
          Tensor update = mine.get(1).add(theirs.get(1)).sigmoid();
          Tensor fresh = mine.get(2).add(reset.mul(theirs.get(2))).tanh();
          yield new RecurrentCell.State(fresh.add(update.mul(h.sub(fresh))), c);
        }
      };
    }
  }

  /// The weights of one layer in one direction.
  ///
  /// @param weightIh (gates * hidden, in), by the input
  /// @param weightHh (gates * hidden, hidden), by the state; of an LSTM that projects its output (gates * hidden, projection)
  /// @param biasIh (gates * hidden), or null
  /// @param biasHh (gates * hidden), or null
  /// @param weightHr (projection, hidden), what an LSTM's output is projected by, or null
  public record Cell(Tensor weightIh, Tensor weightHh, @Nullable Tensor biasIh, @Nullable Tensor biasHh, @Nullable Tensor weightHr)
      implements Module {
    /// Without a projection.
    public Cell(Tensor weightIh, Tensor weightHh, @Nullable Tensor biasIh, @Nullable Tensor biasHh) {
      this(weightIh, weightHh, biasIh, biasHh, null);
    }
  }

  /// The output at each step, and the state after the last.
  ///
  /// @param output (batch, time, hidden), or twice that with two directions
  /// @param hidden (cells, batch, hidden), of the projection's size where there is one
  /// @param cell the LSTM's other state (cells, batch, hidden); null for other kinds
  public record Result(Tensor output, Tensor hidden, @Nullable Tensor cell) {}

  /// @throws IllegalArgumentException if there are no cells, an odd number for two directions, or the dropout is not in 0..1
  public Recurrent {
    cells = List.copyOf(cells);
    if (cells.isEmpty() || bidirectional && cells.size() % 2 != 0) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "recurrent: %d cells, bidirectional %s", cells.size(), bidirectional));
    }
    if (!(dropout >= 0 && dropout <= 1)) {
      throw new IllegalArgumentException("recurrent: the probability of dropout must be in 0..1, not " + dropout);
    }
  }

  /// Without dropout.
  public Recurrent(Kind kind, List<Cell> cells, boolean bidirectional) {
    this(kind, cells, bidirectional, 0);
  }

  /// With biases, all uniform in ±1/sqrt(hidden), as PyTorch starts them.
  public static Recurrent of(Kind kind, int in, int hidden, int layers, boolean bidirectional) {
    return of(kind, in, hidden, layers, bidirectional, true);
  }

  /// As [#of(Kind, int, int, int, boolean)], with or without biases.
  public static Recurrent of(Kind kind, int in, int hidden, int layers, boolean bidirectional, boolean bias) {
    return new Recurrent(kind, cells(kind, in, hidden, 0, layers, bidirectional, bias), bidirectional);
  }

  /// An LSTM with biases whose outputs are projected (Sak et al., 2014): PyTorch's `nn.LSTM(proj_size=...)`.
  /// ```java
  /// Recurrent.projected(64, 128, 32, 2, false).forward(Tensor.rand(2, 10, 64)).shape();   // (2, 10, 32)
  /// ```
  /// @param projection the size of the outputs, below that of the state
  /// @throws IllegalArgumentException if it is not
  public static Recurrent projected(int in, int hidden, int projection, int layers, boolean bidirectional) {
    if (projection < 1 || projection >= hidden) {
      throw new IllegalArgumentException(String.format(Locale.ROOT, "recurrent: a projection to %d must be to fewer than the %d of the state", projection, hidden));
    }
    return new Recurrent(Kind.LSTM, cells(Kind.LSTM, in, hidden, projection, layers, bidirectional, true), bidirectional);
  }

  /// @param projection 0 for none
  private static List<Cell> cells(Kind kind, int in, int hidden, int projection, int layers, boolean bidirectional, boolean bias) {
    double bound = 1 / Math.sqrt(Math.max(1, hidden));
    Init init = Init.uniform(-bound, bound);
    int directions = bidirectional ? 2 : 1;
    int output = projection == 0 ? hidden : projection;
    List<Cell> cells = new ArrayList<>();
    for (int i = 0; i < layers * directions; i++) {
      int from = i < directions ? in : output * directions;
      int rows = kind.gates * hidden;
      cells.add(new Cell(
          init.parameter(rows, from),
          init.parameter(rows, output),
          bias ? init.parameter(rows) : null,
          bias ? init.parameter(rows) : null,
          projection == 0 ? null : init.parameter(projection, hidden)));
    }
    return cells;
  }

  /// This with dropout between its layers.
  public Recurrent withDropout(double probability) {
    return new Recurrent(kind, cells, bidirectional, probability);
  }

  /// The weights by PyTorch's names, such as `weight_ih_l0` and, of the way back, `weight_ih_l0_reverse`.
  @Override
  public Map<String, Object> parts() {
    Map<String, Object> parts = new LinkedHashMap<>();
    int directions = bidirectional ? 2 : 1;
    for (int i = 0; i < cells.size(); i++) {
      String place = "_l" + i / directions + (i % directions == 1 ? "_reverse" : "");
      Cell cell = cells.get(i);
      parts.putAll(Parts.named(
          "weight_ih" + place, cell.weightIh(),
          "weight_hh" + place, cell.weightHh(),
          "bias_ih" + place, cell.biasIh(),
          "bias_hh" + place, cell.biasHh(),
          "weight_hr" + place, cell.weightHr()));
    }
    return parts;
  }

  /// @param x (batch, time, in)
  /// @return (batch, time, hidden), or twice that with two directions
  @Override
  public Tensor forward(Tensor x) {
    return ForwardHook.output(this, x, run(x, null, null).output());
  }

  /// As [#forward], from a given state, with the state at the end.
  /// @param hidden (cells, batch, hidden), or null for zeros
  /// @param cell the LSTM's other state, or null for zeros
  /// @throws IllegalArgumentException if x is not (batch, time, in)
  public Result run(Tensor x, @Nullable Tensor hidden, @Nullable Tensor cell) {
    if (x.rank() != 3 || x.size(2) != cells.getFirst().weightIh().size(1)) {
      throw new IllegalArgumentException(
          String.format(Locale.ROOT, "recurrent: input %s is not (batch, time, %d)",
              x.shape(), cells.getFirst().weightIh().size(1)));
    }
    int directions = bidirectional ? 2 : 1;
    List<Tensor> hiddens = new ArrayList<>();
    List<Tensor> others = new ArrayList<>();
    Tensor input = x;
    Tensor output = x;
    for (int layer = 0; layer < cells.size() / directions; layer++) {
      List<Tensor> outputs = new ArrayList<>();
      for (int direction = 0; direction < directions; direction++) {
        int i = layer * directions + direction;
        Cell weights = cells.get(i);
        Tensor h = hidden == null ? Tensor.zeros(x.size(0), weights.weightHh().size(1)).cast(x.dtype()) : hidden.select(0, i);
        Tensor c = cell == null ? Tensor.zeros(x.size(0), weights.weightHh().size(0) / kind.gates).cast(x.dtype()) : cell.select(0, i);
        Walk walk = walk(weights, input, direction == 1, h, c);
        outputs.add(walk.output());
        hiddens.add(walk.hidden());
        others.add(walk.cell());
      }
      output = outputs.size() == 1 ? outputs.getFirst() : Tensor.cat(outputs, -1);
      input = output.dropout(dropout, Mode.current() == Mode.TRAINING);
    }
    return new Result(output, Tensor.stack(hiddens, 0), kind == Kind.LSTM ? Tensor.stack(others, 0) : null);
  }

  private record Walk(Tensor output, Tensor hidden, Tensor cell) {}

  /// One cell through time. What comes of the inputs is one product for all steps.
  private Walk walk(Cell weights, Tensor x, boolean backwards, Tensor h, Tensor c) {
    Tensor fromInput = x.linear(weights.weightIh(), weights.biasIh());
    int time = x.size(1);
    Tensor[] outputs = new Tensor[time];
    for (int step = 0; step < time; step++) {
      int at = backwards ? time - 1 - step : step;
      RecurrentCell.State next = kind.next(weights, fromInput.select(1, at), h, c);
      h = next.hidden();
      c = next.cell() == null ? c : next.cell();
      outputs[at] = h;
    }
    return new Walk(Tensor.stack(List.of(outputs), 1), h, c);
  }

  @Override
  public String toString() {
    return tree();
  }
}
