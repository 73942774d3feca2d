package org.teenygrad.state;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/// A small good file of each kind that [TensorFile] opens, to start from when they are damaged.
enum Samples {
  SAFETENSORS("m.safetensors") {
    @Override
    Map<String, byte[]> files() {
      String two = """
          {"__metadata__":{"format":"pt"},"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]},\
          "b":{"dtype":"BOOL","shape":[],"data_offsets":[8,9]}}""";
      String types = """
          {"e":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]},"u":{"dtype":"U16","shape":[1,1],\
          "data_offsets":[1,3]},"z":{"dtype":"F64","shape":[0,7],"data_offsets":[3,3]}} \t""";
      return Map.of(
          "two", safetensors(two, Bytes.littleEndian().f32(1, 2).u8(1).toArray()),
          "types", safetensors(types, new byte[] {1, 2, 3}),
          "none", safetensors("{}", new byte[0]));
    }
  },
  SHARDS("model.safetensors.index.json") {
    @Override
    Map<String, byte[]> files() {
      return Map.of("index", text(String.format(Locale.ROOT, """
          {"metadata": {"total_size": 8}, "weight_map": {"a": "%s", "b": "%s"}}""", SHARD, SHARD)));
    }
  },
  TORCH_SHARDS("pytorch_model.bin.index.json") {
    @Override
    Map<String, byte[]> files() {
      return Map.of("index", text("{\"weight_map\":{\"w\":\"" + TORCH_SHARD + "\"}}"));
    }
  },
  TORCH("m.pt") {
    @Override
    Map<String, byte[]> files() {
      Map<String, byte[]> storages = Map.of("0", TorchFileTest.SIX);
      return Map.of(
          "stored", TorchBytes.file(TorchFileTest.pickle(), storages),
          "negated", TorchBytes.file(HostileFilesTest.withMetadata("neg", 0x88).stop(), storages),
          "deflated", TorchBytes.file(TorchFileTest.pickle(), storages, true, "little"));
    }
  },
  LEGACY_TORCH("m.pth") {
    @Override
    Map<String, byte[]> files() {
      return Map.of("views", TorchBytes.legacyFile(TorchFileTest.pickle(), Map.of("0", TorchFileTest.SIX)));
    }
  },
  GGUF("m.gguf") {
    @Override
    Map<String, byte[]> files() {
      return Map.of(
          "metadata", GgufFileTest.good(),
          "quantized", GgufFileTest.file(10, 2, 256, new byte[2 * GgmlType.Q2_K.blockBytes]),
          "empty", GgufFileTest.header(3, 0, 0).toArray());
    }
  },
  NPY("m.npy") {
    @Override
    Map<String, byte[]> files() {
      return Map.of(
          "columns", Bytes.npy("<f4", true, "(2, 3)", NpyFileTest.SIX),
          "swapped", Bytes.npy(">u2", false, "(12L,)", NpyFileTest.SIX));
    }
  },
  NPZ("m.npz") {
    @Override
    Map<String, byte[]> files() {
      Map<String, byte[]> arrays = new LinkedHashMap<>();
      arrays.put("x.npy", Bytes.npy("<f4", false, "(2, 3)", NpyFileTest.SIX));
      arrays.put("folder/y.npy", Bytes.npy("|b1", false, "()", new byte[1]));
      return Map.of("stored", Bytes.zip(false, arrays), "deflated", Bytes.zip(true, arrays));
    }
  },
  IDX("m-idx3-ubyte") {
    @Override
    Map<String, byte[]> files() {
      return Map.of("images", IdxFileTest.IMAGES, "packed", gzip(IdxFileTest.IMAGES),
          "parts", Bytes.littleEndian().raw(gzip(new byte[0])).raw(gzip(IdxFileTest.IMAGES)).raw(new byte[4]).toArray());
    }
  },
  CSV("m.csv") {
    @Override
    Map<String, byte[]> files() {
      byte[] table = text("alpha,beta\n1.25,2\n-3,4e-2\n5,\n");
      return Map.of("table", table, "packed", gzip(table), "tabs", text("1\t2.5\t3\r\n4\t\"5e5\"\tNA\r\n"));
    }
  };

  /// What the samples of indexes name.
  static final String SHARD = "model-1.safetensors";
  static final String TORCH_SHARD = "pytorch_model-1.bin";

  final String fileName;

  Samples(String fileName) {
    this.fileName = fileName;
  }

  /// The samples by what is special about them.
  abstract Map<String, byte[]> files();

  /// The files that must lie beside one of these.
  static Map<String, byte[]> neighbours() {
    String header = """
        {"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"U8","shape":[],"data_offsets":[4,5]}}""";
    byte[] pickle = TorchBytes.pickle().op('}').string("w")
        .tensor("FloatStorage", "0", 6, 0, new long[] {6}, new long[] {1}).op('s').stop();
    return Map.of(
        SHARD, safetensors(header, new byte[5]),
        TORCH_SHARD, TorchBytes.file(pickle, Map.of("0", TorchFileTest.SIX)));
  }

  static byte[] safetensors(String header, byte[] data) {
    byte[] json = text(header);
    return Bytes.littleEndian().i64(json.length).raw(json).raw(data).toArray();
  }

  static byte[] gzip(byte[] bytes) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return packed.toByteArray();
  }

  private static byte[] text(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
