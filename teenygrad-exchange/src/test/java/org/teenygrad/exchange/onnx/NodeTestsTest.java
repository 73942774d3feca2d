package org.teenygrad.exchange.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.teenygrad.exchange.onnx.Models.FLOAT;
import static org.teenygrad.exchange.onnx.Models.graph;
import static org.teenygrad.exchange.onnx.Models.model;
import static org.teenygrad.exchange.onnx.Models.node;
import static org.teenygrad.exchange.onnx.Models.tensor;
import static org.teenygrad.exchange.onnx.Models.value;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.exchange.onnx.NodeTests.Verdict;

class NodeTestsTest {
  @TempDir Path folder;

  private void test(String name, String operator, float expected) throws IOException {
    Path data = Files.createDirectories(folder.resolve(name).resolve("test_data_set_0"));
    Models.write(folder.resolve(name), model(20, graph(
        List.of(node(operator, "x", "y")), List.of(value("x", FLOAT, 1)), List.of(value("y", FLOAT, 1)))));
    Files.write(data.resolve("input_0.pb"), tensor("x", new float[] {-2}, 1).toBytes());
    Files.write(data.resolve("output_0.pb"), tensor("y", new float[] {expected}, 1).toBytes());
  }

  @Test
  void eachTestPassesFailsOrIsUnsupported() throws IOException {
    test("abs", "Abs", 2);
    test("neg", "Neg", -2);
    test("oracle", "Oracle", 42);
    List<NodeTests.Result> results = NodeTests.run(folder, Devices.defaultDevice(), result -> {});
    assertThat(results).extracting(NodeTests.Result::verdict).containsExactly(Verdict.PASSED, Verdict.FAILED, Verdict.UNSUPPORTED);
    assertThat(results.get(1).why()).isEqualTo("output y: element 0 is 2.0 instead of -2.0");
  }

  /// ONNX's own tests, which are not part of this project: `-Donnx=FOLDER`. Those that fail need random numbers of numpy's, or are a Fourier transform
  /// whose zeros are rounding errors.
  @Test
  @EnabledIfSystemProperty(named = "onnx", matches = ".+")
  void onnxTestsPass() {
    List<NodeTests.Result> results = NodeTests.run(Path.of(System.getProperty("onnx")), Devices.defaultDevice(), result -> {});
    assertThat(results).filteredOn(result -> result.verdict() == Verdict.FAILED)
        .allMatch(result -> result.test().matches("test_(bernoulli|training_dropout|dft_inverse).*"), "is one of those that are known to fail");
  }
}
