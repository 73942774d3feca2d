package org.teenygrad.exchange.onnx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.exchange.onnx.NodeTests.Verdict;

/// One of ONNX's tests for each operator, or version of it that is another: `node-tests.zip`, from onnx/onnx, under the Apache licence 2.0.
class SelectedNodeTestsTest {
  @TempDir Path folder;

  @Test
  void eachOperatorPassesATestOfOnnx() throws IOException {
    unpack();
    List<NodeTests.Result> results = NodeTests.run(folder, Devices.defaultDevice(), result -> {});
    assertThat(results).hasSizeGreaterThan(190).allMatch(result -> result.verdict() == Verdict.PASSED);
  }

  private void unpack() throws IOException {
    try (InputStream in = Objects.requireNonNull(getClass().getResourceAsStream("node-tests.zip")); ZipInputStream zip = new ZipInputStream(in)) {
      for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
        Path file = folder.resolve(entry.getName());
        Files.createDirectories(Objects.requireNonNull(file.getParent()));
        Files.copy(zip, file);
      }
    }
  }
}
