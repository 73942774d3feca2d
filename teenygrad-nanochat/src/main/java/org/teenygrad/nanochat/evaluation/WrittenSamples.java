package org.teenygrad.nanochat.evaluation;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.models.report.JsonText;
import org.teenygrad.nanochat.data.Conversation;
import org.teenygrad.nanochat.data.Conversation.Role;
import org.teenygrad.nanochat.model.Gpt;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.tokenizer.RenderedConversation;
import org.teenygrad.nanochat.tokenizer.SpecialToken;
import org.teenygrad.nanochat.training.ModelFolder;
import org.teenygrad.nanochat.training.Stage;
import org.teenygrad.nanochat.training.TrainedModel;
import org.teenygrad.state.FileException;
import org.teenygrad.train.ComputeType;
import org.teenygrad.train.Evaluation;

/// Has a model write a little at each evaluation, for the view of trainings: a line of JSON each in `samples.jsonl`, with the
/// memory that tensors take. A base model continues nothing, as nanochat's `base_train.py` has it do with some texts; later stages
/// answer questions.
///
/// ```java
/// trainer.show(WrittenSamples.of(folder, tokenizer, settings.dtype(), trainer.iteration() == 0));
/// ```
public final class WrittenSamples implements BiConsumer<Gpt, Evaluation> {
  private static final List<String> QUESTIONS = List.of("What is 3 + 4?", "Who are you?");
  private static final int MOST_TOKENS = 48;
  private static final int TOP_K = 50;
  private static final long SEED = 1337;

  private final Path file;
  private final NanochatTokenizer tokenizer;
  private final Stage stage;
  private final ComputeType dtype;
  private boolean isNew;

  private WrittenSamples(ModelFolder folder, NanochatTokenizer tokenizer, ComputeType dtype, boolean isNew) {
    this.file = folder.samples();
    this.stage = folder.stage();
    this.tokenizer = tokenizer;
    this.dtype = dtype;
    this.isNew = isNew;
  }

  /// @param isNew whether the training is at its beginning, so that its first text replaces those of an earlier one
  public static WrittenSamples of(ModelFolder folder, NanochatTokenizer tokenizer, ComputeType dtype, boolean isNew) {
    return new WrittenSamples(folder, tokenizer, dtype, isNew);
  }

  /// @throws FileException if the file cannot be written
  @Override
  public void accept(Gpt model, Evaluation evaluation) {
    long liveBytes = Devices.runtime(model.lmHead().weight().device()).allocator().liveBytes();
    String line = JsonText.oneLine(Map.of("iteration", evaluation.iteration(), "text", text(model), "live_bytes", liveBytes));
    try {
      Files.writeString(file, line + "\n", StandardOpenOption.CREATE, isNew ? StandardOpenOption.TRUNCATE_EXISTING : StandardOpenOption.APPEND, StandardOpenOption.WRITE);
      isNew = false;
    } catch (IOException e) {
      throw FileException.cannotWrite(file, e);
    }
  }

  private String text(Gpt model) {
    List<String> questions = stage == Stage.BASE ? List.of("") : QUESTIONS;
    Answerer answerer = new Answerer(new TrainedModel(model, stage, dtype, 0).computing(), tokenizer, new Answerer.Options(questions.size(), 1, MOST_TOKENS, 1, TOP_K, SEED));
    List<List<String>> answers = answerer.answers(questions.stream().map(this::prompt).toList());
    return IntStream.range(0, questions.size()).mapToObj(i -> questions.get(i).isEmpty() ? answers.get(i).getFirst() : "> " + questions.get(i) + "\n" + answers.get(i).getFirst())
        .collect(Collectors.joining("\n\n"));
  }

  private int[] prompt(String question) {
    return question.isEmpty() ? new int[] {tokenizer.token(SpecialToken.BOS)} : RenderedConversation.forCompletion(tokenizer, new Conversation(List.of(Conversation.Message.of(Role.USER, question), Conversation.Message.of(Role.ASSISTANT, ""))));
  }
}
