package org.teenygrad.book.part2;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.Window;
import org.teenygrad.book.Digits;
import org.teenygrad.book.Page;
import org.teenygrad.book.Program;
import org.teenygrad.book.Section;
import org.teenygrad.data.Batch;
import org.teenygrad.data.DataLoader;
import org.teenygrad.models.settings.Help;
import org.teenygrad.nn.Conv2d;
import org.teenygrad.nn.Linear;
import org.teenygrad.nn.Module;
import org.teenygrad.optim.AdamW;
import org.teenygrad.optim.LrSchedule;
import org.teenygrad.plot.Panels;
import org.teenygrad.plot.Plot;
import org.teenygrad.train.Callback;
import org.teenygrad.train.Evaluation;
import org.teenygrad.train.Trainer;

/// LeNet-5 (LeCun, Bottou, Bengio and Haffner, *Gradient-based learning applied to document recognition*, 1998): a
/// convolutional network that reads handwritten digits.
///
/// A linear layer over an image has a weight for each pixel, and what it learns of a stroke at the left says nothing of
/// the same stroke at the right. A convolution has one small set of weights and applies it everywhere. Pooling keeps
/// the strongest response of each neighbourhood, so that later layers see more of the image in fewer numbers. Two such
/// stages, and what is left is for three linear layers.
///
/// As today, units are ReLUs and pooling takes the maximum; in 1998 they were tanh and a weighted mean.
@Section(number = "2.4", name = "lenet", title = "LeNet: convolutions read handwritten digits, and which they confuse",
    data = "a folder with MNIST's four files, as they are or as .gz")
public record LeNet(
    @Help("digits to draw for training, without --data") int drawn,
    @Help("passes over the images") int epochs,
    @Help("images in a step") int batchSize,
    @Help("highest learning rate") double learningRate)
    implements Program {
  private static final int CLASSES = 10;

  /// MNIST's number of images to train with.
  private static final int MNIST = 60_000;

  public LeNet() {
    this(6000, 5, 64, 3e-3);
  }

  /// @throws IllegalArgumentException if there is no batch to train with, or no digit of each class to test with
  public LeNet {
    if (drawn < Math.max(3 * CLASSES, batchSize) || epochs < 1 || batchSize < 1) {
      throw new IllegalArgumentException("drawn must be at least 30 and a batch, epochs and batch_size at least 1, not " + drawn + ", "
          + epochs + " and " + batchSize);
    }
  }

  /// @param c1 (6, 1, 5, 5): six features of 28 x 28
  /// @param c3 (16, 6, 5, 5): sixteen features of 10 x 10
  record Network(Conv2d c1, Conv2d c3, Linear f5, Linear f6, Linear output) implements Module {
    static Network create() {
      return new Network(Conv2d.of(1, 6, Window.DEFAULT.padding(2), 5), Conv2d.of(6, 16, 5), Linear.of(400, 120), Linear.of(120, 84),
          Linear.of(84, CLASSES));
    }

    /// @param images (batch, 1, 28, 28), from 0 to 255
    /// @return a score for each digit (batch, 10)
    Tensor forward(Tensor images) {
      Tensor x = firstFeatures(images); // (batch, 6, 14, 14)
      x = pool(c3.forward(x).relu()); // (batch, 16, 5, 5)
      x = f5.forward(x.flatten(1, 3)).relu();
      return output.forward(f6.forward(x).relu());
    }

    Tensor firstFeatures(Tensor images) {
      return pool(c1.forward(images.toFloat().div(255)).relu());
    }

    /// The largest of each 2 x 2 numbers: with an axis for the pairs of rows and of columns, the maximum over both.
    private static Tensor pool(Tensor x) {
      return x.unflatten(3, -1, 2).unflatten(2, -1, 2).max(3, 5);
    }
  }

  @Override
  public void run(Page page) {
    Digits digits = Digits.of(page, drawn);
    Network network = Network.create();
    long pixels = Linear.of(28 * 28, 6 * 28 * 28).parameterCount();
    page.say("The first convolution makes 6 x 28 x 28 numbers of an image with %d weights; a linear layer would need %,d.",
        network.c1.parameterCount(), pixels);
    page.say("%,d images to learn from, %,d to test with; %,d parameters.%n", digits.train().size(), digits.test().size(),
        network.parameterCount());
    train(page, network, digits);
    page.keep(network, network::forward, Tensor.zeros(1, 1, 28, 28));

    Tensor confusion = confusion(page, network, digits);
    double right = confusion.diagonal().sum().itemDouble() / digits.test().size();
    picture(page, confusion);
    page.claim("test images read right (%)", 100 * right).isAtLeast(digits.train().size() == MNIST ? 99.0 : 98.0);
  }

  private void train(Page page, Network network, Digits digits) {
    DataLoader batches = DataLoader.of(digits.train(), batchSize).shuffle(1337).dropLast();
    long start = System.nanoTime();
    Trainer.of(network, new AdamW(network.namedParameters(), learningRate), batches,
        (m, batch) -> m.forward(batch.inputs()).crossEntropy(batch.targets()))
        .metric("wrong", (m, batch) -> m.forward(batch.inputs()).argmax(1).ne(batch.targets()).toFloat().mean())
        .evaluate("test", DataLoader.of(digits.test(), 500))
        .learningRate(LrSchedule.oneCycle(learningRate, epochs * batches.batches()))
        .epochs(epochs)
        .callback(new Callback() {
          @Override
          public void evaluated(Evaluation evaluation) {
            page.say("after %d passes, %4.0f s: loss %.4f, %5.2f %% of the test images read wrong",
                evaluation.iteration() / batches.batches(),
                (System.nanoTime() - start) / 1e9, evaluation.metric("test_loss"), 100 * evaluation.metric("test_wrong"));
          }
        }).train();
  }

  /// How often which digit was read as which, and the pictures that were read wrong.
  private Tensor confusion(Page page, Network network, Digits digits) {
    Tensor confusion = Tensor.zeros(DType.INT64, CLASSES, CLASSES);
    List<Plot> wrong = new ArrayList<>();
    for (Batch batch : DataLoader.of(digits.test(), 500)) {
      Tensor read = network.forward(batch.inputs()).argmax(1).toLong().realize();
      confusion = confusion.add(confused(batch.targets(), read)).realize();
      long[] is = batch.targets().toLongArray();
      long[] was = read.toLongArray();
      for (int i = 0; i < is.length && wrong.size() < 16; i++) {
        if (is[i] != was[i]) {
          wrong.add(Plot.of(is[i] + " as " + was[i]).gray(batch.inputs().select(0, i).select(0, 0).toDoubleMatrix()));
        }
      }
    }
    if (!wrong.isEmpty()) {
      page.picture("lenet-wrong", new Panels("Digits that were read as others", 8, wrong)::write);
    }
    return confusion;
  }

  /// @return how often each digit (row) was read as each (column)
  static Tensor confused(Tensor digits, Tensor read) {
    return digits.mul(CLASSES).add(read).bincount(CLASSES * CLASSES).reshape(CLASSES, CLASSES);
  }

  /// Without its diagonal, beside which the errors would not be seen.
  private static void picture(Page page, Tensor confusion) {
    double[][] errors = confusion.toDoubleMatrix();
    IntStream.range(0, CLASSES).forEach(digit -> errors[digit][digit] = Double.NaN);
    List<String> names = IntStream.range(0, CLASSES).mapToObj(Integer::toString).toList();
    page.picture("lenet", Plot.of("Which digits are confused").x("read as").y("is").heatMap(errors, names,
        names).numbers(0).colorLabel("test images")::write);
  }
}
