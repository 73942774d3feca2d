// A GPT learns to write stories, character by character: nanoGPT's training loop.
//
//   ./teenygrad run examples/CharGpt.java             150 iterations on the stories that come with teenygrad
//   ./teenygrad run examples/CharGpt.java 2000 my.txt

import java.nio.file.Path;
import org.teenygrad.Tensor;
import org.teenygrad.data.DataLoader;
import org.teenygrad.models.nanogpt.Corpus;
import org.teenygrad.models.nanogpt.Gpt;
import org.teenygrad.models.nanogpt.GptConfig;
import org.teenygrad.nn.Mode;
import org.teenygrad.optim.AdamW;
import org.teenygrad.optim.CosineSchedule;
import org.teenygrad.optim.ParameterGroup;

void main(String[] arguments) {
  int iterations = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 150;
  var corpus = arguments.length > 1 ? Corpus.of(Path.of(arguments[1])) : Corpus.stories();
  int batchSize = 12;
  int blockSize = 64;

  Tensor.manualSeed(1337);
  var model = Gpt.of(new GptConfig(corpus.tokenizer().vocabularySize(), blockSize, 2, 4, 64, 0.0, false));
  var groups = ParameterGroup.decayingMatrices(model.namedParameters(), 3e-3, 0.1);
  var optimizer = new AdamW(groups, 0.9, 0.99, 1e-8).clipNorm(1);
  var schedule = new CosineSchedule(3e-3, 3e-4, 20, iterations);

  var batches = DataLoader.of(corpus.tokens().train().windows(blockSize), batchSize).withReplacement(1).iterator();
  for (int i = 0; i < iterations; i++) {
    optimizer.learningRate(schedule.at(i));
    var batch = batches.next();
    var loss = model.loss(batch.inputs(), batch.targets());
    optimizer.step(loss);
    if (i % 50 == 0) {
      IO.println("iteration " + i + ": loss " + loss.item());
    }
  }

  var unseen = DataLoader.of(corpus.tokens().validation().windows(blockSize), 100).iterator().next();
  IO.println("validation loss " + Mode.EVALUATION.call(() -> model.loss(unseen.inputs(), unseen.targets()).item()));

  model.generate(corpus.tokenizer().encode("Once"), 100, Gpt.SAMPLING, token -> IO.print(corpus.tokenizer().decode(token)));
  IO.println();
}
