package org.teenygrad.examples;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import org.teenygrad.Mesh;
import org.teenygrad.Tensor;
import org.teenygrad.distributed.World;
import org.teenygrad.nn.Linear;
import org.teenygrad.optim.AdamW;
import org.teenygrad.optim.LrSchedule;
import org.teenygrad.optim.Optimizer;
import org.teenygrad.state.State;

/// What an example may use without saying where it comes from. Each example is a subclass with a run of its own.
@SuppressWarnings("WeakerAccess") // the subclasses are compiled while the tests run
public abstract class Prepared {
  /// A matrix with rows to spare for everything.
  protected final Tensor x = Tensor.rand(4, 4).realize();

  protected final Tensor y = Tensor.rand(4, 4).realize();

  /// A class for each row of x.
  protected final Tensor labels = Tensor.of(0L, 1L, 3L, 2L);

  /// (batch, channels, height, width)
  protected final Tensor images = Tensor.rand(2, 3, 8, 8).realize();

  protected final Tensor weight = Tensor.rand(4, 4).requiresGrad();
  protected final Tensor bias = Tensor.rand(4).requiresGrad();
  protected final Tensor table = Tensor.rand(10, 4).requiresGrad();
  protected final Linear model = Linear.of(4, 4);
  protected final Optimizer optimizer = new AdamW(Map.of("weight", weight), 1e-3);
  protected final LrSchedule schedule = LrSchedule.constant(1e-3);

  /// Of one rank.
  protected final World world = World.join();

  protected final Mesh mesh = world.mesh("data");

  /// A folder that holds `model.safetensors` and `penguins.csv`.
  protected final Path folder;

  protected Prepared(Path folder) throws IOException {
    this.folder = folder;
    Files.writeString(
        folder.resolve("penguins.csv"),
        """
        species,bill_length_mm,body_mass_g
        Adelie,39.1,3750
        Chinstrap,46.5,3500
        Gentoo,46.1,4500
        """);
    State.save(folder.resolve("model.safetensors"), model.stateDict());
  }

  /// The example.
  public abstract void run() throws Exception;

  /// @param expected what the comment behind an expression says that it prints
  protected static void check(Object actual, String expected) {
    String text = switch (actual) {
      case float[] values -> Arrays.toString(values);
      case double[] values -> Arrays.toString(values);
      case int[] values -> Arrays.toString(values);
      case long[] values -> Arrays.toString(values);
      case boolean[] values -> Arrays.toString(values);
      default -> String.valueOf(actual);
    };
    if (!text.equals(expected)) {
      throw new AssertionError("says " + expected + ", prints " + text);
    }
  }
}
