// A multilayer perceptron that reads handwritten digits.
//
//   ./teenygrad run examples/Digits.java
//
// examples/data/digits.csv.gz is the test set of "Optical Recognition of Handwritten Digits" (E. Alpaydin and C. Kaynak, UCI Machine Learning
// Repository, CC BY 4.0): 1797 images of 8 x 8 pixels from 0 to 16, and behind each the digit that it shows.

import java.nio.file.Path;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.data.DataLoader;
import org.teenygrad.data.Dataset;
import org.teenygrad.nn.Linear;
import org.teenygrad.nn.Mode;
import org.teenygrad.nn.Module;
import org.teenygrad.optim.AdamW;
import org.teenygrad.state.State;

record Mlp(Linear up, Linear down) implements Module {
  Tensor forward(Tensor x) { // (batch, 64) to scores of the digits (batch, 10)
    return down.forward(up.forward(x).relu());
  }
}

void main(String[] arguments) {
  Tensor.manualSeed(1);
  var table = State.loadTensor(Path.of(arguments.length > 0 ? arguments[0] : "examples/data/digits.csv.gz"));
  var images = table.slice(1, 0, 64).cast(DType.FLOAT32).div(16);
  var digits = table.select(1, 64).cast(DType.INT64);
  var training = Dataset.of(images.slice(0, 0, 1500), digits.slice(0, 0, 1500));

  var model = new Mlp(Linear.of(64, 64), Linear.of(64, 10));
  var optimizer = new AdamW(model.namedParameters(), 3e-3);
  var loader = DataLoader.of(training, 50).shuffle(1);
  for (int epoch = 1; epoch <= 10; epoch++) {
    var loss = Tensor.of(0f);
    for (var batch : loader) {
      loss = model.forward(batch.inputs()).crossEntropy(batch.targets());
      optimizer.step(loss);
    }
    IO.println("epoch " + epoch + ": loss of the last batch " + loss.item());
  }

  var guesses = Mode.EVALUATION.call(() -> model.forward(images.slice(0, 1500, 1797)).argmax(1));
  var right = guesses.eq(digits.slice(0, 1500, 1797)).cast(DType.FLOAT32).mean();
  IO.println("right on the 297 images that it has not seen: " + Math.round(100 * right.item()) + " %");
}
