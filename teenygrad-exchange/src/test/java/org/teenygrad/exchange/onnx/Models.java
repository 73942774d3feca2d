package org.teenygrad.exchange.onnx;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.teenygrad.exchange.onnx.format.WireMessage;

/// Writes small models, by the field numbers of `onnx.proto`.
final class Models {
  static final int FLOAT = 1;
  static final int INT64 = 7;
  static final int BOOL = 9;

  private Models() {}

  static WireMessage model(int version, WireMessage graph) {
    return new WireMessage().number(1, 10).text(2, "test").message(7, graph)
        .message(8, new WireMessage().text(1, "").number(2, version));
  }

  static Path write(Path folder, WireMessage model) throws IOException {
    return Files.write(folder.resolve("model.onnx"), model.toBytes());
  }

  static WireMessage graph(List<WireMessage> nodes, List<WireMessage> inputs, List<WireMessage> outputs, WireMessage... initializers) {
    WireMessage graph = new WireMessage();
    nodes.forEach(node -> graph.message(1, node));
    graph.text(2, "graph");
    Arrays.stream(initializers).forEach(tensor -> graph.message(5, tensor));
    inputs.forEach(input -> graph.message(11, input));
    outputs.forEach(output -> graph.message(12, output));
    return graph;
  }

  /// @param inputs names, separated by blanks; `_` where one is absent
  static WireMessage node(String operator, String inputs, String outputs, WireMessage... attributes) {
    WireMessage node = new WireMessage();
    names(inputs).forEach(name -> node.text(1, name));
    names(outputs).forEach(name -> node.text(2, name));
    node.text(4, operator);
    Arrays.stream(attributes).forEach(attribute -> node.message(5, attribute));
    return node;
  }

  private static List<String> names(String text) {
    return text.isEmpty() ? List.of() : Arrays.stream(text.split(" ")).map(name -> name.equals("_") ? "" : name).toList();
  }

  static WireMessage attribute(String name, long value) {
    return new WireMessage().text(1, name).number(3, value).number(20, 2);
  }

  static WireMessage attribute(String name, long... values) {
    WireMessage attribute = new WireMessage().text(1, name).number(20, 7);
    Arrays.stream(values).forEach(value -> attribute.number(8, value));
    return attribute;
  }

  static WireMessage attribute(String name, String value) {
    return new WireMessage().text(1, name).text(4, value).number(20, 3);
  }

  static WireMessage graphAttribute(String name, WireMessage graph) {
    return new WireMessage().text(1, name).message(6, graph).number(20, 5);
  }

  /// @param sizes numbers, or names of sizes
  static WireMessage value(String name, int type, Object... sizes) {
    WireMessage shape = new WireMessage();
    for (Object size : sizes) {
      shape.message(1, size instanceof Integer number ? new WireMessage().number(1, number) : new WireMessage().text(2, String.valueOf(size)));
    }
    WireMessage tensor = new WireMessage().number(1, type).message(2, shape);
    return new WireMessage().text(1, name).message(2, new WireMessage().message(1, tensor));
  }

  static WireMessage tensor(String name, float[] values, int... shape) {
    ByteBuffer raw = ByteBuffer.allocate(4 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      raw.putFloat(value);
    }
    return header(name, FLOAT, shape).content(9, raw.array());
  }

  static WireMessage tensor(String name, long[] values, int... shape) {
    ByteBuffer raw = ByteBuffer.allocate(8 * values.length).order(ByteOrder.LITTLE_ENDIAN);
    for (long value : values) {
      raw.putLong(value);
    }
    return header(name, INT64, shape).content(9, raw.array());
  }

  static WireMessage header(String name, int type, int... shape) {
    WireMessage tensor = new WireMessage();
    for (int size : shape) {
      tensor.number(1, size);
    }
    return tensor.number(2, type).text(8, name);
  }

  static WireMessage external(String name, int type, String location, int... shape) {
    return header(name, type, shape)
        .message(13, new WireMessage().text(1, "location").text(2, location))
        .number(14, 1);
  }
}
