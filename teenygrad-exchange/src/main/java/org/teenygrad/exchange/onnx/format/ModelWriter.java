package org.teenygrad.exchange.onnx.format;

import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.teenygrad.exchange.onnx.format.Graph.NamedType;
import org.teenygrad.exchange.onnx.format.TensorData.External;
import org.teenygrad.exchange.onnx.format.TensorData.Raw;
import org.teenygrad.state.AtomicFiles;
import org.teenygrad.state.FileException;

/// Writes models as protobuf messages; field numbers are those of `onnx.proto`. What [ModelReader] reads.
public final class ModelWriter {
  /// Messages have less than 2 GiB: the weights of larger models go to a file beside.
  private static final long MOST_BYTES = Integer.MAX_VALUE - (64L << 20);

  /// Tensors of fewer bytes stay in the model even then.
  private static final long FEW_BYTES = 1024;

  private ModelWriter() {}

  /// Replaces a file. Weights that are too many for it are in `NAME.data` beside it.
  /// @throws FileException if one cannot be written
  /// @throws IllegalArgumentException if the model has what only readers know: functions, graphs in graphs
  public static void write(Model model, Path path) {
    write(model, path, MOST_BYTES);
  }

  /// @param most bytes of weights in the file itself
  static void write(Model model, Path path, long most) {
    List<TensorData> initializers = model.graph().initializers();
    if (initializers.stream().mapToLong(ModelWriter::bytes).sum() > most) {
      initializers = external(initializers, path.resolveSibling(path.getFileName() + ".data"));
    }
    WireMessage message = message(model, initializers);
    AtomicFiles.write(path, message::writeTo);
  }

  /// The model as one message.
  /// @throws IllegalArgumentException as [#write]
  public static WireMessage message(Model model) {
    return message(model, model.graph().initializers());
  }

  private static long bytes(TensorData data) {
    return data.content() instanceof Raw raw ? raw.bytes().byteSize() : 0;
  }

  private static List<TensorData> external(List<TensorData> initializers, Path file) {
    List<TensorData> changed = new ArrayList<>();
    List<MemorySegment> parts = new ArrayList<>();
    long offset = 0;
    for (TensorData data : initializers) {
      if (data.content() instanceof Raw raw && bytes(data) >= FEW_BYTES) {
        changed.add(new TensorData(data.name(), data.type(), data.shape(), new External(String.valueOf(file.getFileName()), offset, bytes(data))));
        parts.add(raw.bytes());
        offset += bytes(data);
      } else {
        changed.add(data);
      }
    }
    AtomicFiles.write(file, channel -> {
      for (MemorySegment part : parts) {
        WireMessage.write(part, channel);
      }
    });
    return changed;
  }

  private static WireMessage message(Model model, List<TensorData> initializers) {
    if (!model.functions().isEmpty()) {
      throw new IllegalArgumentException("functions of models are not written");
    }
    WireMessage message = new WireMessage().number(1, model.irVersion()).text(2, model.producer()).message(7, graph(model.graph(), initializers));
    new TreeMap<>(model.operatorSets()).forEach((domain, version) -> message.message(8, new WireMessage().text(1, domain).number(2, version)));
    new TreeMap<>(model.metadata()).forEach((key, value) -> message.message(14, new WireMessage().text(1, key).text(2, value)));
    return message;
  }

  private static WireMessage graph(Graph graph, List<TensorData> initializers) {
    WireMessage message = new WireMessage();
    graph.nodes().forEach(node -> message.message(1, node(node)));
    message.text(2, graph.name());
    initializers.forEach(tensor -> message.message(5, tensor(tensor)));
    graph.inputs().forEach(input -> message.message(11, value(input)));
    graph.outputs().forEach(output -> message.message(12, value(output)));
    graph.values().forEach(value -> message.message(13, value(value)));
    return message;
  }

  private static WireMessage node(Node node) {
    WireMessage message = new WireMessage();
    node.inputs().forEach(name -> message.text(1, name));
    node.outputs().forEach(name -> message.text(2, name));
    message.text(3, node.name()).text(4, node.operator());
    for (Map.Entry<String, Attribute> entry : new TreeMap<>(node.attributes()).entrySet()) {
      message.message(5, attribute(entry.getKey(), entry.getValue()));
    }
    return node.domain().isEmpty() ? message : message.text(7, node.domain());
  }

  private static WireMessage attribute(String name, Attribute attribute) {
    WireMessage message = new WireMessage().text(1, name);
    switch (attribute) {
      case Attribute.OfInt(long value) -> message.number(3, value).number(20, 2);
      case Attribute.OfFloat(float value) -> message.float32(2, value).number(20, 1);
      case Attribute.OfText(String value) -> message.text(4, value).number(20, 3);
      case Attribute.OfTensor(TensorData value) -> message.message(5, tensor(value)).number(20, 4);
      case Attribute.OfInts(long[] values) -> {
        for (long value : values) {
          message.number(8, value);
        }
        message.number(20, 7);
      }
      default -> throw new IllegalArgumentException("the attribute '" + name + "' is of a kind that is not written");
    }
    return message;
  }

  private static WireMessage tensor(TensorData data) {
    WireMessage message = new WireMessage();
    data.shape().stream().forEach(size -> message.number(1, size));
    message.number(2, data.type()).text(8, data.name());
    return switch (data.content()) {
      case Raw raw -> message.content(9, raw.bytes());
      case External(String location, long offset, long length) -> message
          .message(13, new WireMessage().text(1, "location").text(2, location))
          .message(13, new WireMessage().text(1, "offset").text(2, Long.toString(offset)))
          .message(13, new WireMessage().text(1, "length").text(2, Long.toString(length)))
          .number(14, 1);
      default -> throw new IllegalArgumentException("the tensor '" + data.name() + "' has no bytes that could be written");
    };
  }

  private static WireMessage value(NamedType value) {
    if (!(value.type() instanceof ValueType.OfTensor(int elementType, List<ValueType.Dimension> dimensions)) || dimensions == null) {
      throw new IllegalArgumentException(value + " is no tensor of a known number of axes, which is all that is written");
    }
    WireMessage shape = new WireMessage();
    for (ValueType.Dimension dimension : dimensions) {
      shape.message(1, dimension.size() >= 0 ? new WireMessage().number(1, dimension.size())
          : dimension.name().isEmpty() ? new WireMessage() : new WireMessage().text(2, dimension.name()));
    }
    WireMessage tensor = new WireMessage().number(1, elementType).message(2, shape);
    return new WireMessage().text(1, value.name()).message(2, new WireMessage().message(1, tensor));
  }
}
