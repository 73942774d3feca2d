package org.teenygrad.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.teenygrad.engine.runtime.Printable;
import org.teenygrad.exchange.onnx.NodeTests;
import org.teenygrad.exchange.onnx.NodeTests.Verdict;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `teenygrad onnx test`: tests in the layout of ONNX's own.
@Command(
    name = "test",
    description = {
      "Runs all tests below a folder: folders with a model.onnx and, in test_data_set_0 and following, input_0.pb, output_0.pb...",
      "Types and shapes must be the same, floats within 1e-3 of what they should be and 1e-7, those of bfloat16 within 2^-6."
    },
    mixinStandardHelpOptions = true)
@SuppressWarnings("NullAway.Init") // picocli sets the fields
final class OnnxTest implements Callable<Integer> {
  @Parameters(paramLabel = "FOLDER", description = "A folder of tests.")
  private Path folder;

  @Mixin private DeviceOptions deviceOptions;
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    List<NodeTests.Result> results = NodeTests.run(folder, deviceOptions.choose(), result -> {
      if (result.verdict() != Verdict.PASSED) {
        out.println(result.verdict().name().toLowerCase(Locale.ROOT) + " " + Printable.of(result.test()) + ": " + Printable.of(result.why()));
        out.flush();
      }
    });
    long failed = count(results, Verdict.FAILED);
    out.printf(Locale.ROOT, "%d passed, %d failed, %d unsupported%n", count(results, Verdict.PASSED), failed, count(results, Verdict.UNSUPPORTED));
    out.flush();
    return failed == 0 ? 0 : 1;
  }

  private static long count(List<NodeTests.Result> results, Verdict verdict) {
    return results.stream().filter(result -> result.verdict() == verdict).count();
  }
}
