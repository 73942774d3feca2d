package org.teenygrad.exchange.onnx.format;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.runtime.RegularFile;
import org.teenygrad.exchange.onnx.format.Graph.NamedType;
import org.teenygrad.state.FileException;

/// Reads models and values from protobuf messages; field numbers are those of `onnx.proto`.
public final class ModelReader {
  private static final String KIND = "an ONNX model";

  private ModelReader() {}

  /// The model of a file, which is mapped as long as its tensors are in use.
  /// @throws FileException if it cannot be read, or is no ONNX model
  public static Model read(Path path) {
    return read(path, KIND, ModelReader::model);
  }

  /// The value of a file of ONNX's test data.
  /// @param type what the model says that it is
  /// @throws FileException if it cannot be read, or is no such value
  public static StoredValue readValue(Path path, ValueType type) {
    return read(path, "a value of ONNX", bytes -> value(new WireReader(bytes), type));
  }

  /// The model of bytes in memory.
  /// @throws IllegalArgumentException if they are none
  public static Model model(MemorySegment bytes) {
    return model(new WireReader(bytes));
  }

  private static <T> T read(Path path, String kind, Function<MemorySegment, T> reader) {
    try (FileChannel channel = RegularFile.open(path)) {
      return reader.apply(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), Arena.ofAuto()));
    } catch (IOException e) {
      throw FileException.cannotRead(path, e);
    } catch (IllegalArgumentException | ArithmeticException e) {
      throw FileException.malformed(path, kind, String.valueOf(e.getMessage()));
    }
  }

  private static Model model(WireReader in) {
    long irVersion = 0;
    String producer = "";
    Graph graph = null;
    Map<String, Long> operatorSets = new LinkedHashMap<>();
    List<org.teenygrad.exchange.onnx.format.Function> functions = new ArrayList<>();
    Map<String, String> metadata = new LinkedHashMap<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> irVersion = in.number();
        case 2 -> producer = in.text() + producer;
        case 3 -> producer = producer + " " + in.text();
        case 7 -> graph = graph(in.message());
        case 8 -> operatorSet(in.message(), operatorSets);
        case 14 -> entry(in.message(), metadata);
        case 25 -> functions.add(function(in.message()));
        default -> {}
      }
    }
    if (graph == null) {
      throw new IllegalArgumentException("it has no graph");
    }
    return new Model(irVersion, producer.strip(), graph, operatorSets, functions, metadata);
  }

  private static void operatorSet(WireReader in, Map<String, Long> sets) {
    String domain = "";
    long version = 0;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> domain = in.text();
        case 2 -> version = in.number();
        default -> {}
      }
    }
    sets.put(domain.equals("ai.onnx") ? "" : domain, version);
  }

  private static void entry(WireReader in, Map<String, String> entries) {
    String key = "";
    String value = "";
    while (in.next()) {
      switch (in.field()) {
        case 1 -> key = in.text();
        case 2 -> value = in.text();
        default -> {}
      }
    }
    entries.put(key, value);
  }

  private static Graph graph(WireReader in) {
    String name = "";
    List<Node> nodes = new ArrayList<>();
    List<TensorData> initializers = new ArrayList<>();
    List<NamedType> inputs = new ArrayList<>();
    List<NamedType> outputs = new ArrayList<>();
    List<NamedType> values = new ArrayList<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> nodes.add(node(in.message()));
        case 2 -> name = in.text();
        case 5 -> initializers.add(tensor(in.message()));
        case 11 -> inputs.add(namedType(in.message()));
        case 12 -> outputs.add(namedType(in.message()));
        case 13 -> values.add(namedType(in.message()));
        case 15 -> throw new IllegalArgumentException("it has sparse initializers, for which there are no tensors");
        default -> {}
      }
    }
    return new Graph(name, nodes, initializers, inputs, outputs, values);
  }

  private static Node node(WireReader in) {
    String name = "";
    String domain = "";
    String operator = "";
    List<String> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    Map<String, Attribute> attributes = new LinkedHashMap<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> inputs.add(in.text());
        case 2 -> outputs.add(in.text());
        case 3 -> name = in.text();
        case 4 -> operator = in.text();
        case 5 -> attribute(in.message(), attributes);
        case 7 -> domain = in.text();
        default -> {}
      }
    }
    return new Node(name, domain, operator, inputs, outputs, attributes);
  }

  private static org.teenygrad.exchange.onnx.format.Function function(WireReader in) {
    String domain = "";
    String name = "";
    List<String> inputs = new ArrayList<>();
    List<String> outputs = new ArrayList<>();
    List<String> names = new ArrayList<>();
    Map<String, Attribute> defaults = new LinkedHashMap<>();
    List<Node> nodes = new ArrayList<>();
    Map<String, Long> operatorSets = new LinkedHashMap<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.text();
        case 4 -> inputs.add(in.text());
        case 5 -> outputs.add(in.text());
        case 6 -> names.add(in.text());
        case 7 -> nodes.add(node(in.message()));
        case 9 -> operatorSet(in.message(), operatorSets);
        case 10 -> domain = in.text();
        case 11 -> attribute(in.message(), defaults);
        default -> {}
      }
    }
    return new org.teenygrad.exchange.onnx.format.Function(domain, name, inputs, outputs, names, defaults, nodes, operatorSets);
  }

  /// An attribute says of what type it is; those of the first version of the format do not.
  private static void attribute(WireReader in, Map<String, Attribute> attributes) {
    String name = "";
    long type = 0;
    String reference = "";
    float number = 0;
    long integer = 0;
    String text = "";
    Attribute part = null;
    Numbers floats = new Numbers();
    Numbers integers = new Numbers();
    List<String> texts = new ArrayList<>();
    List<TensorData> tensors = new ArrayList<>();
    List<Graph> graphs = new ArrayList<>();
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.text();
        case 2 -> number = in.float32();
        case 3 -> integer = in.number();
        case 4 -> text = in.text();
        case 5 -> part = new Attribute.OfTensor(tensor(in.message()));
        case 6 -> part = new Attribute.OfGraph(graph(in.message()));
        case 7 -> in.fixed32(floats);
        case 8 -> in.numbers(integers);
        case 9 -> texts.add(in.text());
        case 10 -> tensors.add(tensor(in.message()));
        case 11 -> graphs.add(graph(in.message()));
        case 14 -> part = new Attribute.OfType(type(in.message()));
        case 20 -> type = in.number();
        case 21 -> reference = in.text();
        default -> {}
      }
    }
    attributes.put(name, !reference.isEmpty() ? new Attribute.Reference(reference) : switch ((int) type) {
      case 1 -> new Attribute.OfFloat(number);
      case 2 -> new Attribute.OfInt(integer);
      case 3 -> new Attribute.OfText(text);
      case 6 -> new Attribute.OfFloats(floats(floats));
      case 7 -> new Attribute.OfInts(integers.toArray());
      case 8 -> new Attribute.OfTexts(texts);
      case 9 -> new Attribute.OfTensors(tensors);
      case 10 -> new Attribute.OfGraphs(graphs);
      case 4, 5, 13 -> {
        if (part == null) {
          throw new IllegalArgumentException("the attribute '" + name + "' has no value");
        }
        yield part;
      }
      default -> new Attribute.Other("type " + type);
    });
  }

  private static float[] floats(Numbers bits) {
    long[] values = bits.toArray();
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = Float.intBitsToFloat((int) values[i]);
    }
    return floats;
  }

  private static NamedType namedType(WireReader in) {
    String name = "";
    ValueType type = new ValueType.Other("a value of unknown type");
    while (in.next()) {
      switch (in.field()) {
        case 1 -> name = in.text();
        case 2 -> type = type(in.message());
        default -> {}
      }
    }
    return new NamedType(name, type);
  }

  private static ValueType type(WireReader in) {
    ValueType type = new ValueType.Other("a value of unknown type");
    while (in.next()) {
      type = switch (in.field()) {
        case 1 -> tensorType(in.message());
        case 4 -> new ValueType.OfSequence(element(in.message()));
        case 5 -> new ValueType.Other("map");
        case 8 -> new ValueType.Other("sparse tensor");
        case 9 -> new ValueType.OfOptional(element(in.message()));
        default -> type;
      };
    }
    return type;
  }

  private static ValueType element(WireReader in) {
    ValueType type = new ValueType.Other("a value of unknown type");
    while (in.next()) {
      if (in.field() == 1) {
        type = type(in.message());
      }
    }
    return type;
  }

  private static ValueType tensorType(WireReader in) {
    int type = 0;
    List<ValueType.Dimension> dimensions = null;
    while (in.next()) {
      switch (in.field()) {
        case 1 -> type = Math.toIntExact(in.number());
        case 2 -> dimensions = dimensions(in.message());
        default -> {}
      }
    }
    return new ValueType.OfTensor(type, dimensions);
  }

  private static List<ValueType.Dimension> dimensions(WireReader in) {
    List<ValueType.Dimension> dimensions = new ArrayList<>();
    while (in.next()) {
      if (in.field() == 1) {
        WireReader one = in.message();
        long size = -1;
        String name = "";
        while (one.next()) {
          switch (one.field()) {
            case 1 -> size = one.number();
            case 2 -> name = one.text();
            default -> {}
          }
        }
        dimensions.add(new ValueType.Dimension(size, name));
      }
    }
    return dimensions;
  }

  private static TensorData tensor(WireReader in) {
    return TensorReader.read(in);
  }

  private static StoredValue value(WireReader in, ValueType type) {
    return switch (type) {
      case ValueType.OfTensor ignored -> new StoredValue.OfTensor(tensor(in));
      case ValueType.OfSequence sequence -> new StoredValue.OfSequence(parts(in, sequence.element()));
      case ValueType.OfOptional optional -> {
        List<StoredValue> parts = parts(in, optional.element());
        yield new StoredValue.OfOptional(first(parts));
      }
      case ValueType.Other other -> throw new IllegalArgumentException("there are no values of type " + other);
    };
  }

  private static @Nullable StoredValue first(List<StoredValue> parts) {
    return parts.isEmpty() ? null : parts.getFirst();
  }

  /// `SequenceProto` and `OptionalProto` have parts of the same types under the same numbers.
  private static List<StoredValue> parts(WireReader in, ValueType type) {
    List<StoredValue> parts = new ArrayList<>();
    while (in.next()) {
      if (in.field() == 3 || in.field() == 5 || in.field() == 7) {
        parts.add(value(in.message(), type));
      }
    }
    return parts;
  }
}
