package org.teenygrad.state;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Shape;
import org.teenygrad.Tensor;

/// A file with tensors, in any of the formats that teenygrad knows: its content says which.
///
/// ```java
/// try (var file = TensorFile.open(folder.resolve("model.safetensors"))) {
///   file.shapes().forEach((name, shape) -> System.out.println(name + " " + shape));
///   Tensor weight = file.tensor("weight");
/// }
/// ```
/// Opening reads what describes the tensors, and refuses a file that breaks a rule of its format. The tensors are
/// copied from the file to the default device when they are asked for; they stay after [#close()]. Nothing in a file
/// is ever executed. A file must not be truncated in place while it is open.
public final class TensorFile implements AutoCloseable {

  /// The formats, as error messages call a file of them.
  public enum Format {
    /// Safetensors.
    SAFETENSORS("a safetensors file"),
    /// The index of a model in several safetensors or PyTorch files; see [#open].
    INDEX("an index of files with tensors"),
    /// What `torch.save` writes, now and before version 1.6: tensors in lists, tuples and dicts, under names such as
    /// `optimizer.state.0.step`. Numbers, strings and booleans are in the metadata.
    TORCH("a PyTorch file"),
    /// llama.cpp's; quantised tensors are float32 expressions of their bytes, so they are dequantised where they are
    /// used.
    GGUF("a GGUF file"),
    /// One NumPy array, called `tensor`.
    NPY("a NumPy array"),
    /// NumPy arrays by name.
    NPZ("an archive of NumPy arrays"),
    /// One array of the MNIST data set, called `tensor`; may be packed by gzip.
    IDX("an IDX file"),
    /// A table as a tensor called `tensor`: float64 (rows, columns). The metadata `columns` are the names, and for a
    /// column c of text, `categories.c` what its numbers mean; see [CsvTable]. May be packed by gzip.
    CSV("a table of numbers");

    private final String kind;

    Format(String kind) {
      this.kind = kind;
    }
  }

  private final Path path;
  private final Format format;
  private final Contents contents;
  /// Null for an index, whose tensors are in other files.
  private final @Nullable MappedFile mapped;
  private final List<TensorFile> shards;
  private final Map<String, Tensor> tensors;

  private TensorFile(
      Path path, Format format, Contents contents, @Nullable MappedFile mapped, List<TensorFile> shards) {
    this.path = path;
    this.format = format;
    this.contents = contents;
    this.mapped = mapped;
    this.shards = List.copyOf(shards);
    this.tensors = new LazyTensors(contents.tensors().keySet(), this::read);
  }

  TensorFile(MappedFile file, Format format, Contents contents) {
    this(file.path(), format, contents, file, List.of());
  }

  /// An index of shards, which it closes.
  static TensorFile index(Path path, Contents contents, List<TensorFile> shards) {
    return new TensorFile(path, Format.INDEX, contents, null, shards);
  }

  /// Opens a file.
  ///
  /// `model.safetensors.index.json` and `pytorch_model.bin.index.json` open all the files that they name, which have to
  /// lie beside them.
  ///
  /// @throws FileException if it cannot be read, is of no known format, or breaks a rule of its format
  public static TensorFile open(Path path) {
    return MappedFile.open(path, FormatDetection::open);
  }

  /// As `format`, whose reader found `what`.
  static TensorFile read(MappedFile file, Format format, Supplier<Contents> reader) {
    try {
      return new TensorFile(file, format, reader.get());
    } catch (IllegalArgumentException e) {
      throw FileException.malformed(file.path(), format.kind, String.valueOf(e.getMessage()));
    }
  }

  public Path path() {
    return path;
  }

  public Format format() {
    return format;
  }

  /// The tensors' shapes by their names, in the file's order.
  public Map<String, Shape> shapes() {
    Map<String, Shape> shapes = new LinkedHashMap<>();
    contents.tensors().forEach((name, tensor) -> shapes.put(name, tensor.shape()));
    return shapes;
  }

  /// The tensors by name. Each is read when the map is asked for it, and only then; that throws a FileException if
  /// there are no tensors of its type.
  public Map<String, Tensor> tensors() {
    return tensors;
  }

  /// The tensor of this name.
  /// @throws FileException if the file has none, or there are no tensors of its type
  public Tensor tensor(String name) {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw FileException.lacking(path, "a tensor '" + name + "'");
    }
    return tensor;
  }

  /// The only tensor of a file.
  /// @throws FileException if it has none, or several
  public Tensor tensor() {
    Set<String> names = contents.tensors().keySet();
    if (names.size() != 1) {
      throw FileException.lacking(path, "one tensor, but " + names.size());
    }
    return tensor(names.iterator().next());
  }

  /// What stands beside the tensors: strings, Booleans, Longs, Doubles, and lists of these.
  public Map<String, Object> metadata() {
    return contents.metadata();
  }

  private Tensor read(String name) {
    try {
      Supplier<Tensor> loader = Objects.requireNonNull(contents.tensors().get(name)).loader();
      return mapped == null ? loader.get() : mapped.reading(loader);
    } catch (IllegalArgumentException e) {
      throw FileException.lacking(path, String.format(Locale.ROOT, "a tensor '%s' that can be read: %s",
          name, e.getMessage()));
    }
  }

  /// Unmaps the file: what was not read cannot be read any more. A second call does nothing.
  @Override
  public void close() {
    if (mapped != null) {
      mapped.close();
    }
    shards.forEach(TensorFile::close);
  }

  @Override
  public String toString() {
    return path + ": " + format.kind + " with " + contents.tensors().size() + " tensors";
  }
}
