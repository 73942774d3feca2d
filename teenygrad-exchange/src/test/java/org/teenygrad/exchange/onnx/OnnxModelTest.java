package org.teenygrad.exchange.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.teenygrad.exchange.onnx.Models.BOOL;
import static org.teenygrad.exchange.onnx.Models.FLOAT;
import static org.teenygrad.exchange.onnx.Models.INT64;
import static org.teenygrad.exchange.onnx.Models.attribute;
import static org.teenygrad.exchange.onnx.Models.external;
import static org.teenygrad.exchange.onnx.Models.graph;
import static org.teenygrad.exchange.onnx.Models.graphAttribute;
import static org.teenygrad.exchange.onnx.Models.model;
import static org.teenygrad.exchange.onnx.Models.node;
import static org.teenygrad.exchange.onnx.Models.tensor;
import static org.teenygrad.exchange.onnx.Models.value;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.DType;
import org.teenygrad.Recorded;
import org.teenygrad.Tensor;
import org.teenygrad.exchange.onnx.format.WireMessage;
import org.teenygrad.exchange.onnx.operators.Value;

class OnnxModelTest {
  private static final float[] WEIGHT = {1, 2, 3, 4, 5, 6};

  @TempDir Path folder;

  private OnnxModel load(WireMessage graph) throws IOException {
    return Onnx.load(Models.write(folder, model(20, graph)));
  }

  private static float[] floats(Map<String, Value> outputs, String name) {
    return outputs.get(name) instanceof Value.OfTensor value ? value.tensor().data() : new float[0];
  }

  /// relu(x w + b), with the sizes of the batch left open.
  private static WireMessage perceptron() {
    return graph(
        List.of(node("MatMul", "x w", "xw"), node("Add", "xw b", "sum"), node("Relu", "sum", "y")),
        List.of(value("x", FLOAT, "batch", 2)), List.of(value("y", FLOAT, "batch", 3)),
        tensor("w", WEIGHT, 2, 3), tensor("b", new float[] {-6, 0, 1}, 3));
  }

  @Test
  void aCallIsAnExpressionOfItsInputs() throws IOException {
    OnnxModel model = load(perceptron());
    assertThat(model.call(Tensor.of(new float[] {1, 1}, 1, 2)).data()).containsExactly(0, 7, 10);
    assertThat(model.call(Tensor.of(new float[] {1, 1, 0, 2}, 2, 2)).data()).containsExactly(0, 7, 10, 2, 10, 13);
  }

  @Test
  void initializersAreParametersThatGradientsReach() throws IOException {
    OnnxModel model = load(perceptron());
    assertThat(model.namedParameters().keySet()).containsExactly("w", "b");
    model.call(Tensor.of(new float[] {1, 1, 0, 2}, 2, 2)).sum().backward();
    assertThat(model.parameters().get(1).grad().data()).containsExactly(1, 2, 2);
    assertThat(model.parameters().get(0).grad().data()).containsExactly(0, 1, 1, 2, 3, 3);
  }

  @Test
  void aRecordedModelIsWhatItWas() throws IOException {
    OnnxModel model = load(perceptron());
    Recorded recorded = Recorded.of(inputs -> model.call(inputs.getFirst()));
    Tensor.noGrad(() -> {
      for (float x : new float[] {1, 2, 3}) {
        Tensor input = Tensor.of(new float[] {x, 1}, 1, 2);
        assertThat(recorded.call(input).data()).containsExactly(model.call(input).data());
      }
    });
  }

  @Test
  void positionsOfTheFileAreDataOfTheRecording() throws IOException {
    OnnxModel model = load(graph(
        List.of(node("Gather", "x places", "y", attribute("axis", 0))), List.of(value("x", FLOAT, 3)), List.of(value("y", FLOAT, 2)),
        tensor("places", new long[] {2, 0}, 2)));
    Recorded recorded = Recorded.of(inputs -> model.call(inputs.getFirst()));
    assertThat(recorded.call(Tensor.of(1f, 2f, 3f)).data()).containsExactly(3, 1);
    assertThat(recorded.call(Tensor.of(4f, 5f, 6f)).data()).containsExactly(6, 4);
  }

  @Test
  void inputsThatDoNotFitAreRefused() throws IOException {
    OnnxModel model = load(perceptron());
    assertThatThrownBy(() -> model.call()).hasMessage("the model has the inputs [x float(batch, 2)], but 0 are given");
    assertThatThrownBy(() -> model.call(Tensor.ones(1, 3))).hasMessage("the input x float(batch, 2) cannot be float(1, 3)");
    assertThatThrownBy(() -> model.call(Tensor.of(1, 2).reshape(1, 2))).hasMessage("the input x float(batch, 2) cannot be int32(1, 2)");
    assertThatThrownBy(() -> model.call(Map.of("z", Value.of(Tensor.ones(1))))).hasMessage("the input x float(batch, 2) is missing");
  }

  @Test
  void shapesAreComputedWhereTheyAreNeeded() throws IOException {
    OnnxModel model = load(graph(
        List.of(
            node("Shape", "x", "sizes"), node("Gather", "sizes zero", "rows"), node("Unsqueeze", "rows zero1", "rows1"),
            node("Concat", "rows1 rest", "shape", attribute("axis", 0)), node("Reshape", "x shape", "y")),
        List.of(value("x", FLOAT, "rows", "a", "b")), List.of(value("y", FLOAT, "rows", "n")),
        tensor("zero", new long[] {0}), tensor("zero1", new long[] {0}, 1), tensor("rest", new long[] {-1}, 1)));
    assertThat(model.call(Tensor.ones(3, 2, 5)).shape().toArray()).containsExactly(3, 10);
  }

  @Test
  void branchesAndLoopsAreTakenByTheirValues() throws IOException {
    WireMessage twice = graph(List.of(node("Add", "x x", "r")), List.of(), List.of(value("r", FLOAT, 2)));
    WireMessage same = graph(List.of(node("Identity", "x", "r")), List.of(), List.of(value("r", FLOAT, 2)));
    WireMessage body = graph(
        List.of(node("Mul", "carried chosen", "next"), node("Identity", "goes", "on"), node("Identity", "next", "seen")),
        List.of(value("step", INT64), value("goes", BOOL), value("carried", FLOAT, 2)),
        List.of(value("on", BOOL), value("next", FLOAT, 2), value("seen", FLOAT, 2)));
    OnnxModel model = load(graph(
        List.of(
            node("If", "double", "chosen", graphAttribute("then_branch", twice), graphAttribute("else_branch", same)),
            node("Loop", "count _ x", "last all", graphAttribute("body", body))),
        List.of(value("x", FLOAT, 2), value("double", BOOL), value("count", INT64)), List.of(value("last", FLOAT, 2), value("all", FLOAT, "n", 2))));
    Map<String, Value> inputs = Map.of(
        "x", Value.of(Tensor.of(1f, 3f)), "double", Value.of(Tensor.of(true)), "count", Value.of(Tensor.of(2L)));
    Map<String, Value> outputs = model.call(inputs);
    assertThat(floats(outputs, "last")).containsExactly(4, 108);
    assertThat(floats(outputs, "all")).containsExactly(2, 18, 4, 108);
  }

  @Test
  void aFunctionOfTheModelIsAnOperator() throws IOException {
    WireMessage function = new WireMessage().text(1, "Scaled").text(4, "a").text(5, "c").text(6, "by")
        .message(7, node("Constant", "", "factor", new WireMessage().text(1, "value_float").text(21, "by").number(20, 1)))
        .message(7, node("Mul", "a factor", "c")).message(9, new WireMessage().text(1, "").number(2, 20)).text(10, "own");
    WireMessage call = node("Scaled", "x", "y", new WireMessage().text(1, "by").float32(2, 2.5f).number(20, 1)).text(7, "own");
    WireMessage graph = graph(List.of(call), List.of(value("x", FLOAT, 2)), List.of(value("y", FLOAT, 2)));
    OnnxModel model = Onnx.load(Models.write(folder, model(20, graph).message(25, function)));
    assertThat(model.call(Tensor.of(2f, 4f)).data()).containsExactly(5, 10);
  }

  @Test
  void weightsMayBeInAnotherFileOfTheFolder() throws IOException {
    Files.write(folder.resolve("weights"), ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putFloat(2).putFloat(3).array());
    OnnxModel model = load(graph(
        List.of(node("Mul", "x w", "y")), List.of(value("x", FLOAT, 2)), List.of(value("y", FLOAT, 2)), external("w", FLOAT, "weights", 2)));
    assertThat(model.call(Tensor.of(1f, 1f)).data()).containsExactly(2, 3);
  }

  @Test
  void operatorsThatThereAreNotAreNamedAtOnce() throws IOException {
    Path file = Models.write(folder, model(20, graph(
        List.of(node("Relu", "x", "a"), node("ImageDecoder", "a", "b"), node("Oracle", "b", "c"), node("Oracle", "c", "y")),
        List.of(value("x", FLOAT, 1)), List.of(value("y", FLOAT, 1)))));
    assertThatThrownBy(() -> Onnx.load(file)).isInstanceOf(UnsupportedOperationException.class)
        .hasMessageEndingWith("uses operators that are not supported: ImageDecoder (version 20), Oracle (version 20) 2 times");
  }

  @Test
  void whatFailsNamesItsNode() throws IOException {
    OnnxModel model = load(graph(
        List.of(node("MatMul", "x x", "y")), List.of(value("x", FLOAT, "a", "b")), List.of(value("y", FLOAT, "a", "b"))));
    assertThatThrownBy(() -> model.call(Tensor.ones(2, 3))).hasMessageStartingWith("MatMul 'y': matmul: inner dimensions differ");
  }

  @Test
  void theVersionOfTheOperatorSetDecides() throws IOException {
    WireMessage graph = graph(List.of(node("Softmax", "x", "y")), List.of(value("x", FLOAT, 1, 2, 2)), List.of(value("y", FLOAT, 1, 2, 2)));
    Tensor x = Tensor.zeros(DType.FLOAT32, 1, 2, 2);
    assertThat(Onnx.load(Models.write(folder, model(11, graph))).call(x).data()).containsExactly(0.25f, 0.25f, 0.25f, 0.25f);
    assertThat(Onnx.load(Models.write(folder, model(13, graph))).call(x).data()).containsExactly(0.5f, 0.5f, 0.5f, 0.5f);
  }
}
