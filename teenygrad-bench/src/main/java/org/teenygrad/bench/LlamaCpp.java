package org.teenygrad.bench;

import java.io.IOException;
import java.lang.foreign.AddressLayout;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SegmentAllocator;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/// llama.cpp as a peer: the functions of its `llama.h` that read a file and compute scores.
///
/// Structures are passed by value; of them only the first fields are known here, and there is room for more than any version has.
@SuppressWarnings("restricted") // llama.cpp is called by its own names
final class LlamaCpp implements AutoCloseable {
  private static final String IN_JAR = "de/kherud/llama/Linux/x86_64/libjllama.so";
  private static final int CONTEXT = 1024;
  private static final int LEVEL_ERROR = 4;
  private static final AddressLayout POINTER = ValueLayout.ADDRESS;
  private static final MemoryLayout PARAMETERS = MemoryLayout.structLayout(MemoryLayout.sequenceLayout(64, ValueLayout.JAVA_LONG));
  private static final MemoryLayout TEXT = MemoryLayout.sequenceLayout(Integer.MAX_VALUE, ValueLayout.JAVA_BYTE);
  private static final MemoryLayout BATCH = MemoryLayout.structLayout(MemoryLayout.sequenceLayout(7, ValueLayout.JAVA_LONG));

  private final Arena arena = Arena.ofShared();
  private final SymbolLookup library;
  private final MemorySegment model;
  private final MemorySegment context;
  private final MethodHandle decode;
  private final MethodHandle batch;
  private final MethodHandle logits;
  private final int vocabSize;

  /// What it said last that is an error.
  private static volatile String complaint = "";

  private LlamaCpp(Path from, Path file, int threads, int vocabSize) throws Throwable {
    this.library = SymbolLookup.libraryLookup(from, Arena.global());
    this.vocabSize = vocabSize;
    MethodHandle listener = MethodHandles.lookup().findStatic(LlamaCpp.class, "listen", MethodType.methodType(void.class, int.class, MemorySegment.class, MemorySegment.class));
    FunctionDescriptor log = FunctionDescriptor.ofVoid(ValueLayout.JAVA_INT, POINTER.withTargetLayout(TEXT), POINTER);
    function("llama_log_set", FunctionDescriptor.ofVoid(POINTER, POINTER))
        .invoke(Linker.nativeLinker().upcallStub(listener, log, Arena.global()), MemorySegment.NULL);
    function("llama_backend_init", FunctionDescriptor.ofVoid()).invoke();
    if (library.find("ggml_backend_load_all_from_path").isPresent()) { // what computes may be in libraries of its own, one for each kind of processor
      function("ggml_backend_load_all_from_path", FunctionDescriptor.ofVoid(POINTER)).invoke(arena.allocateFrom(String.valueOf(from.getParent())));
    }
    decode = function("llama_decode", FunctionDescriptor.of(ValueLayout.JAVA_INT, POINTER, BATCH));
    batch = function("llama_batch_get_one", FunctionDescriptor.of(BATCH, POINTER, ValueLayout.JAVA_INT));
    logits = function("llama_get_logits_ith", FunctionDescriptor.of(POINTER, POINTER, ValueLayout.JAVA_INT));
    MemorySegment modelParameters = (MemorySegment) function("llama_model_default_params", FunctionDescriptor.of(PARAMETERS)).invoke((SegmentAllocator) arena);
    model = (MemorySegment) function("llama_model_load_from_file", FunctionDescriptor.of(POINTER, POINTER, PARAMETERS)).invoke(arena.allocateFrom(file.toString()), modelParameters);
    if (model.address() == 0) {
      throw new IllegalStateException("it does not read " + file + ": " + complaint);
    }
    MemorySegment parameters = (MemorySegment) function("llama_context_default_params", FunctionDescriptor.of(PARAMETERS)).invoke((SegmentAllocator) arena);
    parameters.set(ValueLayout.JAVA_INT, 0, CONTEXT);
    context = (MemorySegment) function("llama_init_from_model", FunctionDescriptor.of(POINTER, POINTER, PARAMETERS)).invoke(model, parameters);
    function("llama_set_n_threads", FunctionDescriptor.ofVoid(POINTER, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT)).invoke(context, threads, threads);
  }

  /// @param from `libllama.so` with the libraries that it needs beside it, or the jar `de.kherud:llama` that holds one
  /// @throws IllegalStateException if that is none, or does not read the file
  static LlamaCpp open(Path from, Path file, int threads, int vocabSize) {
    try {
      return new LlamaCpp(unpacked(from), file, threads, vocabSize);
    } catch (Throwable e) {
      throw new IllegalStateException("llama.cpp cannot be used from " + from + ": " + e.getMessage(), e);
    }
  }

  private static Path unpacked(Path from) throws IOException {
    if (!from.toString().endsWith(".jar")) {
      return from.toAbsolutePath();
    }
    try (ZipFile jar = new ZipFile(from.toFile())) {
      @Nullable ZipEntry entry = jar.getEntry(IN_JAR);
      if (entry == null) {
        throw new IOException("it has no " + IN_JAR);
      }
      Path library = Files.createTempFile("libjllama", ".so");
      library.toFile().deleteOnExit();
      Files.copy(jar.getInputStream(entry), library, StandardCopyOption.REPLACE_EXISTING);
      return library;
    }
  }

  /// Takes what llama.cpp logs, and keeps what went wrong.
  static void listen(int level, MemorySegment text, MemorySegment data) {
    if (level == LEVEL_ERROR) {
      complaint = text.getString(0).strip();
    }
  }

  private MethodHandle function(String name, FunctionDescriptor descriptor) {
    return Linker.nativeLinker().downcallHandle(library.find(name).orElseThrow(() -> new IllegalStateException("there is no " + name)), descriptor);
  }

  /// Scores of what follows the last of some tokens, which are read after all before.
  float[] read(int... tokens) {
    try (Arena call = Arena.ofConfined()) {
      MemorySegment ids = call.allocateFrom(ValueLayout.JAVA_INT, tokens);
      MemorySegment one = (MemorySegment) batch.invoke((SegmentAllocator) call, ids, tokens.length);
      int status = (int) decode.invoke(context, one);
      if (status != 0) {
        throw new IllegalStateException("llama_decode says " + status);
      }
      MemorySegment scores = (MemorySegment) logits.invoke(context, -1);
      return scores.reinterpret((long) vocabSize * Float.BYTES).toArray(ValueLayout.JAVA_FLOAT);
    } catch (IllegalStateException e) {
      throw e;
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  /// Forgets what was read.
  void clear() {
    try {
      if (library.find("llama_kv_self_clear").isPresent()) { // until the middle of 2025
        function("llama_kv_self_clear", FunctionDescriptor.ofVoid(POINTER)).invoke(context);
      } else {
        MemorySegment memory = (MemorySegment) function("llama_get_memory", FunctionDescriptor.of(POINTER, POINTER)).invoke(context);
        function("llama_memory_clear", FunctionDescriptor.ofVoid(POINTER, ValueLayout.JAVA_BOOLEAN)).invoke(memory, true);
      }
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    try {
      function("llama_free", FunctionDescriptor.ofVoid(POINTER)).invoke(context);
      function("llama_model_free", FunctionDescriptor.ofVoid(POINTER)).invoke(model);
    } catch (Throwable e) {
      throw new IllegalStateException(e);
    }
    arena.close();
  }
}
