package org.teenygrad.nanochat.tasks;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import org.teenygrad.nanochat.data.Conversation;
import org.teenygrad.nanochat.data.Conversation.Kind;
import org.teenygrad.nanochat.data.Conversation.Message;
import org.teenygrad.nanochat.data.Conversation.Part;
import org.teenygrad.nanochat.data.Conversation.Role;

/// How many r are in strawberry? nanochat's `SpellingBee`, with questions of our own. The answer counts letter by letter, then lets the
/// calculator count, and is marked as in GSM8K: `#### 3`.
///
/// ```java
/// SpellingBee test = SpellingBee.read(Path.of("words.txt"), 256, true);
/// test.conversation(0);
/// ```
/// @param size the number of conversations
/// @param test whether these are others than those to train on
public record SpellingBee(List<String> words, int size, boolean test) implements GradedTask {
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz";
  private static final double LETTERS_OF_THE_WORD = 0.9;
  private static final double LOWER_CASE = 0.3;
  private static final double QUESTION_MARKS = 0.5;
  private static final List<String> QUOTES = List.of("", "'", "\"");
  private static final List<String> QUESTIONS = List.of(
      "How many {l} are in {w}", "How many {l} are there in {w}", "How often is {l} in {w}", "How often does {w} have {l}", "Count {l} in {w}",
      "Count the letter {l} in {w}", "Please count how often {l} is in {w}", "Does {w} have {l}, and how often", "The number of {l} in {w}",
      "{w}: how many {l}", "In {w}, how many times do you see {l}", "Tell me how many {l} I need to write {w}",
      "How many times do I write {l} when I write {w}", "I spell {w}. How many {l} do I say", "Wie viele {l} hat {w}", "Wie oft steht {l} in {w}",
      "Combien y a-t-il de {l} dans {w}", "Combien de {l} a {w}", "¿Cuántas {l} tiene {w}", "¿Cuántas veces está {l} en {w}", "Quante {l} ci sono in {w}");

  public SpellingBee {
    words = List.copyOf(words);
  }

  /// @param file a word a line
  /// @throws IllegalArgumentException if there is no file, or no word in it
  /// @throws java.io.UncheckedIOException if it cannot be read
  public static SpellingBee read(Path file, int size, boolean test) {
    return new SpellingBee(Words.read(file).words(), size, test);
  }

  private record Question(String word, String letter, String text) {
    int count() {
      return word.length() - word.replace(letter, "").length();
    }
  }

  private Question question(int index) {
    PythonRandom random = Words.random(test, Objects.checkIndex(index, size));
    String word = random.choice(words);
    String letter = random.choice(List.of((random.nextDouble() < LETTERS_OF_THE_WORD ? word : ALPHABET).split("")));
    String template = random.choice(QUESTIONS);
    if (random.nextDouble() < LOWER_CASE) {
      template = template.toLowerCase(Locale.ROOT);
    }
    String letterQuote = random.choice(QUOTES);
    String wordQuote = random.choice(QUOTES);
    String text = template.replace("{l}", letterQuote + letter + letterQuote).replace("{w}", wordQuote + word + wordQuote);
    return new Question(word, letter, random.nextDouble() < QUESTION_MARKS ? text + "?" : text);
  }

  @Override
  public Conversation conversation(int index) {
    Question question = question(index);
    String count = String.valueOf(question.count());
    List<Part> answer = List.of(
        new Part(Kind.TEXT, byHand(question) + "\nNow with the calculator: "),
        new Part(Kind.PYTHON, "'" + question.word + "'.count('" + question.letter + "')"),
        new Part(Kind.PYTHON_OUTPUT, count),
        new Part(Kind.TEXT, "\nBoth ways count '" + question.letter + "' in '" + question.word + "'.\n#### " + count));
    return new Conversation(List.of(Message.of(Role.USER, question.text), new Message(Role.ASSISTANT, answer)));
  }

  /// The word spelled, and its letters one by one with how often the letter has come.
  private static String byHand(Question question) {
    StringBuilder text = new StringBuilder("We count '" + question.letter + "' in '" + question.word + "'.\n");
    text.append(question.word).append(':').append(Words.letters(question.word)).append('\n');
    int seen = 0;
    for (int i = 0; i < question.word.length(); i++) {
      String letter = question.word.substring(i, i + 1);
      boolean hit = letter.equals(question.letter);
      seen += hit ? 1 : 0;
      text.append(i + 1).append(':').append(letter).append(hit ? " yes, " + seen : "").append('\n');
    }
    return text.append("By hand it is ").append(seen).append('.').toString();
  }

  @Override
  public boolean isCorrect(int index, String answer) {
    return NumericAnswer.in(answer).equals(Optional.of(String.valueOf(question(index).count())));
  }
}
