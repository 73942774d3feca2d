package org.teenygrad.exchange.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.teenygrad.exchange.onnx.Models.FLOAT;
import static org.teenygrad.exchange.onnx.Models.attribute;
import static org.teenygrad.exchange.onnx.Models.external;
import static org.teenygrad.exchange.onnx.Models.graph;
import static org.teenygrad.exchange.onnx.Models.graphAttribute;
import static org.teenygrad.exchange.onnx.Models.header;
import static org.teenygrad.exchange.onnx.Models.model;
import static org.teenygrad.exchange.onnx.Models.node;
import static org.teenygrad.exchange.onnx.Models.tensor;
import static org.teenygrad.exchange.onnx.Models.value;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.teenygrad.OutOfMemoryException;
import org.teenygrad.Tensor;
import org.teenygrad.exchange.onnx.format.ModelReader;
import org.teenygrad.exchange.onnx.format.WireMessage;
import org.teenygrad.state.FileException;

/// Files that mean harm, or are damaged, are refused in one sentence that names the file.
class HostileModelsTest {
  @TempDir Path folder;

  private void refused(WireMessage model, String why) throws IOException {
    Path file = Models.write(folder, model);
    assertThatThrownBy(() -> Onnx.load(file)).isInstanceOf(FileException.class)
        .hasMessageStartingWith(file.toString()).hasMessageContaining(why);
  }

  private static WireMessage withWeight(WireMessage weight) {
    return model(20, graph(List.of(node("Relu", "w", "y")), List.of(), List.of(value("y", FLOAT)), weight));
  }

  @Test
  void whatIsNoModelIsRefused() throws IOException {
    refused(new WireMessage(), "it has no graph");
    refused(new WireMessage().number(7, 1), "field 7 has wire type 0 instead of 2");
    refused(new WireMessage().content(7, new byte[] {10, 100}), "should have 100 more bytes, but there are 0");
    refused(new WireMessage().content(7, new byte[] {-1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1}), "a number has more than ten bytes");
    refused(new WireMessage().content(2, new byte[] {(byte) 0xC3}), "is not UTF-8");
  }

  @Test
  void graphsInGraphsHaveAnEnd() throws IOException {
    WireMessage inner = graph(List.of(), List.of(), List.of());
    for (int i = 0; i < 30; i++) {
      inner = graph(List.of(node("If", "c", "y", graphAttribute("then_branch", inner))), List.of(), List.of());
    }
    refused(model(20, inner), "nested more than 64 deep");
  }

  @Test
  void millionsOfPartsAreRefused() throws IOException {
    byte[] nodes = new byte[5_000_000];
    for (int i = 0; i < nodes.length; i += 2) {
      nodes[i] = 10; // field 1 with nothing in it
    }
    refused(new WireMessage().content(7, nodes), "it has more than 2000000 parts");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../secret", "/etc/passwd", "", "inside/../../secret", "link"})
  void weightsOutsideOfTheFolderAreRefused(String location) throws IOException {
    Path outside = Files.write(folder.resolve("secret"), new byte[8]);
    Path inside = Files.createDirectory(folder.resolve("models"));
    Files.createDirectory(inside.resolve("inside"));
    Files.createSymbolicLink(inside.resolve("link"), outside);
    Path file = Models.write(inside, withWeight(external("w", FLOAT, location, 2)));
    assertThatThrownBy(() -> Onnx.load(file)).isInstanceOf(FileException.class).hasMessageContaining("outside of the model's folder");
  }

  @Test
  void weightsInAFileThatIsNotThereOrTooShortAreRefused() throws IOException {
    Files.write(folder.resolve("short"), new byte[4]);
    Path file = Models.write(folder, withWeight(external("w", FLOAT, "none", 2)));
    assertThatThrownBy(() -> Onnx.load(file)).isInstanceOf(FileException.class).hasMessageContaining("no such file");
    refused(withWeight(external("w", FLOAT, "short", 2)), "needs 8 bytes from byte 0 on, but 'short' has 4");
  }

  @Test
  void tensorsThatTheirBytesDoNotFillAreRefused() throws IOException {
    refused(withWeight(header("w", FLOAT, 1 << 20, 1 << 20).content(9, new byte[8])), "has 8 bytes, but float(1048576, 1048576) needs 4398046511104");
    refused(withWeight(header("w", FLOAT, Integer.MAX_VALUE, Integer.MAX_VALUE, Integer.MAX_VALUE)), "elements");
    refused(withWeight(header("w", FLOAT, -1).content(9, new byte[8])), "has the shape [-1]");
    refused(withWeight(header("w", FLOAT, 3).float32(4, 1)), "has 1 numbers, but float(3,) needs 3");
    refused(withWeight(header("w", FLOAT, new int[70])), "has the shape of 70 axes");
  }

  @Test
  void functionsThatCallThemselvesOrGrowWithoutEndAreRefused() throws IOException {
    WireMessage graph = graph(List.of(node("f0", "x", "y").text(7, "own")), List.of(value("x", FLOAT)), List.of(value("y", FLOAT)));
    WireMessage circle = model(20, graph);
    WireMessage growing = model(20, graph);
    for (int i = 0; i < 30; i++) {
      circle.message(25, function(i, (i + 1) % 30));
      growing.message(25, function(i, i + 1));
    }
    growing.message(25, new WireMessage().text(1, "f30").text(10, "own").message(7, node("Relu", "a", "b")));
    refused(circle, "calls itself");
    refused(growing, "it has more than 1000000 nodes");
  }

  private static WireMessage function(int own, int called) {
    return new WireMessage().text(1, "f" + own).text(4, "a").text(5, "c").text(10, "own")
        .message(7, node("f" + called, "a", "b").text(7, "own")).message(7, node("f" + called, "b", "c").text(7, "own"));
  }

  private OnnxModel load(List<WireMessage> nodes) throws IOException {
    return Onnx.load(Models.write(folder, model(20, graph(
        nodes, List.of(value("x", FLOAT, 2)), List.of(value("y", FLOAT)), tensor("big", new long[] {1 << 30, 1 << 30}, 2)))));
  }

  @Test
  void whatACallCannotComputeIsRefusedByItsNode() throws IOException {
    Tensor x = Tensor.ones(2);
    OnnxModel circle = load(List.of(node("Add", "x z", "y"), node("Relu", "y", "z")));
    assertThatThrownBy(() -> circle.call(x)).hasMessage("Add 'y': it needs 'z', which nothing before it gives");
    OnnxModel nothing = load(List.of(node("Relu", "x", "z")));
    assertThatThrownBy(() -> nothing.call(x)).hasMessage("the model needs 'y', which nothing before it gives");
    OnnxModel none = load(List.of(node("Add", "x _", "y")));
    assertThatThrownBy(() -> none.call(x)).hasMessage("Add 'y': input 1 is missing");
    OnnxModel axis = load(List.of(node("Softmax", "x", "y", attribute("axis", 5))));
    assertThatThrownBy(() -> axis.call(x)).isInstanceOf(IllegalArgumentException.class).hasMessageStartingWith("Softmax 'y': ");
    OnnxModel misfit = load(List.of(node("Expand", "x big", "y")));
    assertThatThrownBy(() -> misfit.call(x)).hasMessage("Expand 'y': shapes (2,) and (1073741824, 1073741824) do not broadcast");
    OnnxModel huge = load(List.of(node("ConstantOfShape", "big", "y")));
    assertThatThrownBy(() -> huge.call(x).realize()).isInstanceOfAny(IllegalArgumentException.class, OutOfMemoryException.class);
  }

  @Test
  void damagedModelsLoadOrAreRefused() throws IOException {
    Random random = new Random(7);
    List<byte[]> seeds = List.of(seed().toBytes(), withWeight(tensor("w", new float[] {1, 2}, 2)).toBytes());
    int refused = 0;
    for (int i = 0; i < 1000; i++) {
      Path file = Files.write(folder.resolve("model.onnx"), damaged(seeds.get(i % seeds.size()), random));
      try {
        Onnx.load(file);
        ModelText.of(ModelReader.read(file));
        ModelPicture.svg(ModelReader.read(file));
      } catch (FileException | UnsupportedOperationException e) {
        refused++;
        assertThat(e.getMessage()).startsWith(file.toString()).matches("\\P{Cntrl}+");
      }
    }
    assertThat(refused).isBetween(100, 990);
  }

  static WireMessage seed() {
    WireMessage body = graph(
        List.of(node("Add", "carried carried", "next"), node("Identity", "goes", "on")),
        List.of(value("step", Models.INT64), value("goes", Models.BOOL), value("carried", FLOAT, 2)),
        List.of(value("on", Models.BOOL), value("next", FLOAT, 2)));
    return model(20, graph(
        List.of(node("Loop", "n _ x", "l", graphAttribute("body", body)), node("Transpose", "l", "t", attribute("perm", 0L)),
            node("Mul", "t w", "y")),
        List.of(value("x", FLOAT, "batch")), List.of(value("y", FLOAT, "batch")), tensor("n", new long[] {3}), tensor("w", new float[] {1, 2}, 2)));
  }

  private static byte[] damaged(byte[] bytes, Random random) {
    List<Byte> changed = new ArrayList<>();
    for (byte b : bytes) {
      changed.add(b);
    }
    for (int i = random.nextInt(4); i >= 0; i--) {
      int at = random.nextInt(changed.size());
      switch (random.nextInt(4)) {
        case 0 -> changed.set(at, (byte) random.nextInt(256));
        case 1 -> changed.remove(at);
        case 2 -> changed.add(at, (byte) random.nextInt(256));
        default -> changed.set(at, (byte) (changed.get(at) ^ 1 << random.nextInt(8)));
      }
    }
    byte[] result = new byte[changed.size()];
    for (int i = 0; i < result.length; i++) {
      result[i] = changed.get(i);
    }
    return random.nextInt(10) == 0 ? Arrays.copyOf(result, random.nextInt(result.length)) : result;
  }
}
