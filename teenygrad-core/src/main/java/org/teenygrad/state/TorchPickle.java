package org.teenygrad.state;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.teenygrad.state.PickledValue.Dict;
import org.teenygrad.state.PickledValue.Global;
import org.teenygrad.state.PickledValue.None;
import org.teenygrad.state.PickledValue.Tuple;
import org.teenygrad.state.PickledValue.View;

/// The names that PyTorch's pickles use, as data: views of storages, dicts, sizes, types. There are no others.
final class TorchPickle implements Pickle.Reader {
  private static final int VALUE_BYTES = 32;

  private static final Map<String, StoredType> STORAGES = Map.ofEntries(
      Map.entry("torch.DoubleStorage", StoredType.F64),
      Map.entry("torch.FloatStorage", StoredType.F32),
      Map.entry("torch.HalfStorage", StoredType.F16),
      Map.entry("torch.BFloat16Storage", StoredType.BF16),
      Map.entry("torch.LongStorage", StoredType.I64),
      Map.entry("torch.IntStorage", StoredType.I32),
      Map.entry("torch.ShortStorage", StoredType.I16),
      Map.entry("torch.CharStorage", StoredType.I8),
      Map.entry("torch.ByteStorage", StoredType.U8),
      Map.entry("torch.BoolStorage", StoredType.BOOL),
      Map.entry("torch.ComplexFloatStorage", StoredType.C64),
      Map.entry("torch.UntypedStorage", StoredType.U8),
      Map.entry("torch.storage.UntypedStorage", StoredType.U8));

  private static final Map<String, StoredType> TYPES = Map.ofEntries(
      Map.entry("torch.float64", StoredType.F64),
      Map.entry("torch.float32", StoredType.F32),
      Map.entry("torch.float16", StoredType.F16),
      Map.entry("torch.bfloat16", StoredType.BF16),
      Map.entry("torch.float8_e4m3fn", StoredType.F8_E4M3),
      Map.entry("torch.float8_e5m2", StoredType.F8_E5M2),
      Map.entry("torch.int64", StoredType.I64),
      Map.entry("torch.int32", StoredType.I32),
      Map.entry("torch.int16", StoredType.I16),
      Map.entry("torch.int8", StoredType.I8),
      Map.entry("torch.uint64", StoredType.U64),
      Map.entry("torch.uint32", StoredType.U32),
      Map.entry("torch.uint16", StoredType.U16),
      Map.entry("torch.uint8", StoredType.U8),
      Map.entry("torch.bool", StoredType.BOOL),
      Map.entry("torch.complex64", StoredType.C64));

  private static final Set<String> FUNCTIONS = Set.of(
      "collections.OrderedDict",
      "torch._utils._rebuild_tensor",
      "torch._utils._rebuild_tensor_v2",
      "torch._utils._rebuild_tensor_v3",
      "torch._utils._rebuild_parameter",
      "torch._utils._rebuild_parameter_with_state",
      "torch.Size",
      "torch.device",
      "_codecs.encode");

  /// The storages that the pickle named, by key.
  private final Map<String, TorchStorage> storages = new LinkedHashMap<>();

  Map<String, TorchStorage> storages() {
    return storages;
  }

  @Override
  public boolean allows(Global global) {
    String name = global.toString();
    return FUNCTIONS.contains(name) || STORAGES.containsKey(name) || TYPES.containsKey(name);
  }

  @Override
  public Object reduce(Global function, List<Object> arguments, PickleBudget budget) {
    return switch (function.toString()) {
      case "collections.OrderedDict" -> orderedDict(arguments, budget);
      case "torch._utils._rebuild_tensor" -> view(arguments, 4, 4, null, budget);
      case "torch._utils._rebuild_tensor_v2" -> view(arguments, 6, 7, null, budget);
      case "torch._utils._rebuild_tensor_v3" -> view(arguments, 7, 8, type(arguments), budget);
      case "torch._utils._rebuild_parameter", "torch._utils._rebuild_parameter_with_state" -> {
        if (arguments.isEmpty() || !(arguments.getFirst() instanceof View view)) {
          throw new IllegalArgumentException("it has a parameter that is not a tensor");
        }
        yield view;
      }
      case "torch.Size" -> {
        if (arguments.size() != 1 || !(arguments.getFirst() instanceof Tuple size)) {
          throw new IllegalArgumentException("it has a torch.Size of something that is not a tuple");
        }
        yield size;
      }
      case "torch.device" -> {
        if (arguments.isEmpty() || !(arguments.getFirst() instanceof String device)) {
          throw new IllegalArgumentException("it has a torch.device without a name");
        }
        yield device;
      }
      case "_codecs.encode" -> {
        if (arguments.size() != 2 || !(arguments.get(0) instanceof String text) || !"latin1".equals(arguments.get(1))) {
          throw new IllegalArgumentException("it has bytes that are not written as Latin-1");
        }
        budget.spend(text.length());
        yield text.getBytes(StandardCharsets.ISO_8859_1);
      }
      default -> throw new IllegalArgumentException("it calls " + function + ", which is not a function");
    };
  }

  /// `('storage', type, key, location, elements)`; old files add None or `(key, start, length)` of a part.
  @Override
  public Object persistent(Object id, PickleBudget budget) {
    if (id instanceof Tuple(List<Object> parts)
        && (parts.size() == 5 || parts.size() == 6)
        && parts.get(0).equals("storage")
        && parts.get(1) instanceof Global global
        && parts.get(2) instanceof String key
        && parts.get(4) instanceof Long elements) {
      StoredType type = STORAGES.get(global.toString());
      if (type != null) {
        budget.spend(key.length()); // which is compared with the one of this name that is known
        TorchStorage whole = TorchStorage.of(key, type, elements);
        TorchStorage known = storages.putIfAbsent(key, whole);
        if (known != null && known.bytes() != whole.bytes()) {
          throw new IllegalArgumentException(
              String.format(Locale.ROOT, "its storage %s has %d bytes, or %d", key, known.bytes(), whole.bytes()));
        }
        return parts.size() == 6 && parts.get(5) instanceof Tuple(List<Object> part) ? part(whole, part) : whole;
      }
    }
    throw new IllegalArgumentException("it refers to something outside that is not a storage");
  }

  private static TorchStorage part(TorchStorage whole, List<Object> part) {
    if (part.size() == 3 && part.get(1) instanceof Long start && part.get(2) instanceof Long length) {
      return new TorchStorage(whole.key(), whole.type(), whole.elements(), start, length);
    }
    throw new IllegalArgumentException("it refers to a part of the storage " + whole.key() + " that makes no sense");
  }

  private static Dict orderedDict(List<Object> arguments, PickleBudget budget) {
    Dict dict = new Dict();
    if (arguments.isEmpty()) {
      return dict;
    }
    for (Object item : sequence(arguments.getFirst(), "an OrderedDict of something that is not a list")) {
      List<Object> pair = sequence(item, "an OrderedDict of something that is not pairs");
      if (pair.size() != 2) {
        throw new IllegalArgumentException("it has an OrderedDict of something that is not pairs");
      }
      dict.put(pair.get(0), pair.get(1), budget);
    }
    return dict;
  }

  private static View view(
      List<Object> arguments, int fewest, int most, @Nullable StoredType type, PickleBudget budget) {
    if (arguments.size() < fewest || arguments.size() > most
        || !(arguments.get(0) instanceof TorchStorage storage) || !(arguments.get(1) instanceof Long offset)) {
      throw new IllegalArgumentException("it has a tensor that is not a part of a storage");
    }
    StoredType elements = type == null ? storage.type() : type;
    List<Long> shape = sizes(arguments.get(2));
    List<Long> strides = sizes(arguments.get(3));
    budget.spend(VALUE_BYTES * (long) (shape.size() + strides.size()));
    boolean isNegated = arguments.size() == most && most > 4 && isNegated(arguments.getLast(), elements);
    return new View(storage, elements, offset, shape, strides, isNegated);
  }

  /// PyTorch's `neg` and `conj` say that a tensor is its storage's elements with the other sign, or conjugate.
  private static boolean isNegated(Object metadata, StoredType type) {
    if (!(metadata instanceof Dict dict)) {
      if (metadata == None.NONE) {
        return false;
      }
      throw new IllegalArgumentException("it has a tensor whose metadata are not a dict");
    }
    dict.items().forEach((key, value) -> {
      boolean isKnown = key.text().equals("neg") && type != StoredType.BOOL
          || key.text().equals("conj") && type == StoredType.C64; // of which there are no tensors
      if (!(value instanceof Boolean isSet) || isSet && !isKnown) {
        throw new IllegalArgumentException("it has a tensor with the metadata " + key + ", which mean nothing there");
      }
    });
    return Boolean.TRUE.equals(dict.get("neg"));
  }

  private static StoredType type(List<Object> arguments) {
    StoredType type = arguments.size() > 6 && arguments.get(6) instanceof Global name ? TYPES.get(name.toString()) : null;
    if (type == null) {
      throw new IllegalArgumentException("it has a tensor without a type");
    }
    return type;
  }

  private static List<Long> sizes(Object value) {
    List<Long> sizes = new ArrayList<>();
    for (Object size : sequence(value, "a tensor whose shape is not a tuple")) {
      if (!(size instanceof Long number) || number < 0 || sizes.size() == StoredTensor.MAX_AXES) {
        throw new IllegalArgumentException(
            "it has a tensor whose shape or strides are not up to " + StoredTensor.MAX_AXES + " sizes");
      }
      sizes.add(number);
    }
    return List.copyOf(sizes);
  }

  @SuppressWarnings("unchecked") // every list of a pickle is one of objects
  private static List<Object> sequence(Object value, String otherwise) {
    return switch (value) {
      case Tuple tuple -> tuple.values();
      case ArrayList<?> list -> (List<Object>) list;
      default -> throw new IllegalArgumentException("it has " + otherwise);
    };
  }
}
