// Weights in a file and back: safetensors here; PyTorch's, GGUF and NumPy files are read in the same way.
//
//   ./teenygrad run examples/LoadWeights.java                     writes a small file and reads it
//   ./teenygrad run examples/LoadWeights.java model.safetensors   says what is in a file

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.teenygrad.Tensor;
import org.teenygrad.nn.Linear;
import org.teenygrad.nn.Sequential;
import org.teenygrad.state.State;
import org.teenygrad.state.TensorFile;

void main(String[] arguments) throws IOException {
  if (arguments.length > 0) {
    show(Path.of(arguments[0]));
    return;
  }
  Path file = Files.createTempFile("mlp", ".safetensors");
  try {
    var trained = Sequential.of(Linear.of(4, 8), Tensor::relu, Linear.of(8, 2));
    State.save(file, trained.stateDict());
    show(file);

    var model = Sequential.of(Linear.of(4, 8), Tensor::relu, Linear.of(8, 2));
    model.loadStateDict(State.load(file)); // names and shapes must agree
    var x = Tensor.randn(3, 4);
    IO.println("the same answers: " + trained.forward(x).allClose(model.forward(x)));
  } finally {
    Files.delete(file);
  }
}

void show(Path file) {
  try (var tensors = TensorFile.open(file)) {
    IO.println(tensors.format());
    tensors.shapes().forEach((name, shape) -> IO.println("  " + name + " " + shape));
  }
}
