package org.teenygrad.nanochat.chat;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.teenygrad.DType;
import org.teenygrad.Tensor;
import org.teenygrad.models.inference.Engine;
import org.teenygrad.models.inference.Request;
import org.teenygrad.models.inference.Sampling;
import org.teenygrad.nanochat.data.Conversation;
import org.teenygrad.nanochat.data.Conversation.Kind;
import org.teenygrad.nanochat.data.Conversation.Message;
import org.teenygrad.nanochat.data.Conversation.Part;
import org.teenygrad.nanochat.data.Conversation.Role;
import org.teenygrad.nanochat.model.Gpt;
import org.teenygrad.nanochat.model.GptConfig;
import org.teenygrad.nanochat.tasks.ToolUse;
import org.teenygrad.nanochat.tokenizer.NanochatTokenizer;
import org.teenygrad.nanochat.tokenizer.RenderedConversation;
import org.teenygrad.nanochat.tokenizer.SpecialToken;
import org.teenygrad.nanochat.tokenizer.TokenizerTrainer;

class ChatTest {
  private static final NanochatTokenizer BYTES = new TokenizerTrainer(265).train(Stream.of("a").iterator()).tokenizer();
  private static final ChatOptions GREEDY = new ChatOptions(0, 0, 6, 1);

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, UTF_8);
  private final Gpt model = model();
  private final Chat chat = new Chat(model, BYTES, GREEDY, out);

  private static Gpt model() {
    Tensor.manualSeed(5);
    Gpt model = Gpt.of(new GptConfig(64, 265, 2, 1, 1, 32, "L"), DType.FLOAT32);
    Tensor.noGrad(() -> {
      model.parameters().forEach(weight -> weight.assign(weight.add(weight.randnLike().mul(0.5))));
      Tensor.realize(model.parameters());
    });
    return model;
  }

  private String printed() {
    String text = bytes.toString(UTF_8);
    bytes.reset();
    return text;
  }

  private String converse(String... lines) {
    chat.converse(new BufferedReader(new StringReader(String.join("\n", lines))), false, text -> chat.answer(text, () -> false));
    return printed();
  }

  /// What the model says to a message, by the rules of training's conversations.
  private String answer(String text) {
    Conversation asked = new Conversation(List.of(Message.of(Role.USER, text), Message.of(Role.ASSISTANT, "")));
    Request request = Request.of(RenderedConversation.forCompletion(BYTES, asked), 6, Sampling.GREEDY).withState(() -> new ToolUse(BYTES));
    AnswerText answer = new AnswerText(BYTES, out);
    Arrays.stream(Engine.of(model, 1).generate(List.of(request)).getFirst().text()).forEach(answer::add);
    answer.parts();
    return printed() + "\n";
  }

  @Test
  void answersAsItWasTrainedTo() {
    String hello = answer("hello");
    String lines = answer("two\nlines");
    assertThat(hello).isNotEqualTo(lines);
    assertThat(converse("hello")).isEqualTo(hello);
    assertThat(converse("/clear", "two\\", "lines")).isEqualTo(lines);
    assertThat(converse("/system be kind", "hello")).isEqualTo(answer("be kind\n\nhello"));
  }

  @Test
  void remembersUntilItIsCleared() {
    String hello = answer("hello");
    assertThat(converse("hello", "hello", "/clear", "hello")).startsWith(hello).endsWith(hello).isNotEqualTo(hello.repeat(3));
    String full = converse("hello".repeat(130));
    assertThat(full).isEqualTo("with this message the conversation has 669 tokens, and the model reads 640 at most: /clear begins anew\n");
  }

  @Test
  void saysWhatIsWrongWithACommand() {
    assertThat(converse("/temperature hot", "/topk -1", "/topk 2.5", "/sing", "/save", "/quit", "hello").lines()).containsExactly(
        "/temperature needs a number, not 'hot'",
        "top-k must be 0 (all tokens) or more, not -1",
        "/topk needs a whole number, not '2.5'",
        "no command /sing: there are /clear, /temperature, /topk, /system, /save, /help and /quit",
        "/save needs the name of a file");
    assertThatThrownBy(() -> new ChatOptions(Double.NaN, 0, 1, 0)).hasMessageContaining("temperature must be");
  }

  @Test
  void savesWhatSftReads(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("chats.jsonl");
    assertThat(converse("hello", "/save " + file, "/save " + file)).endsWith("saved: " + file + "\n");
    assertThat(Files.readAllLines(file)).hasSize(2).allSatisfy(line -> assertThat(Conversation.ofJson(line).messages().getFirst()).isEqualTo(Message.of(Role.USER, "hello")));
  }

  @Test
  void anAnswerCanBeStopped() {
    String hello = answer("hello");
    int[] asked = {0};
    chat.answer("hello", () -> asked[0]++ > 1);
    assertThat(printed()).hasSizeLessThan(hello.length());
    assertThat(converse("/clear", "hello")).isEqualTo(hello);
  }

  @Test
  void textIsPrintedWholeAndToolCallsInBrackets() {
    AnswerText answer = new AnswerText(BYTES, out);
    Arrays.stream(BYTES.encode("é\u001b[2J ")).forEach(answer::add);
    assertThat(printed()).isEqualTo("é[2J ");
    answer.add(BYTES.token(SpecialToken.PYTHON_START));
    Arrays.stream(BYTES.encode("9+3")).forEach(answer::add);
    answer.add(BYTES.token(SpecialToken.PYTHON_END));
    answer.add(BYTES.token(SpecialToken.OUTPUT_START));
    Arrays.stream(BYTES.encode("12")).forEach(answer::add);
    answer.add(BYTES.token(SpecialToken.OUTPUT_END));
    Arrays.stream(BYTES.encode("12.")).forEach(answer::add);
    assertThat(printed()).isEqualTo("[calculator: 9+3 = 12] 12.");
    assertThat(answer.parts()).containsExactly(
        new Part(Kind.TEXT, "é\u001b[2J "), new Part(Kind.PYTHON, "9+3"), new Part(Kind.PYTHON_OUTPUT, "12"), new Part(Kind.TEXT, "12."));
    int[] euro = BYTES.encode("€");
    answer.add(euro[0]);
    assertThat(printed()).isEmpty();
    answer.add(euro[1]);
    answer.add(euro[2]);
    assertThat(printed()).isEqualTo("€");
  }

  @Test
  void aWholeAnswerIsWhatIsPrinted() {
    int[] call = IntStream.of(BYTES.token(SpecialToken.PYTHON_START), BYTES.encode("3")[0], BYTES.token(SpecialToken.PYTHON_END)).toArray();
    assertThat(AnswerText.of(BYTES, call)).isEqualTo("[calculator: 3]");
    assertThat(AnswerText.of(BYTES, BYTES.encode("€ 5"))).isEqualTo("€ 5");
  }
}
