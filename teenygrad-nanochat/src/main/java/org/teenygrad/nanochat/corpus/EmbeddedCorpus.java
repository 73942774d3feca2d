package org.teenygrad.nanochat.corpus;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.teenygrad.data.CounterRandom;
import org.teenygrad.nanochat.json.Json;

/// Data with which all stages can be run when no other is given: a small world that a tiny model learns in minutes. The same at each call.
///
/// | file | what | lines |
/// | --- | --- | --- |
/// | `corpus/train.jsonl`, `corpus/validation.jsonl` | `text`: stories, facts, sums, spellings; 1.4 MB | 6,000 and 300 |
/// | `conversations/train.jsonl`, `conversations/validation.jsonl` | `messages` | 4,000 and 200 |
/// | `problems/train.jsonl`, `problems/test.jsonl` | `question` and `answer` as in GSM8K; no two numbers are in both | 1,000 and 100 |
/// | `solutions/train.jsonl`, `solutions/test.jsonl` | the first of them, for fine-tuning: how problems are solved, but not how to solve them well | 60 and 100 |
/// | `choices/train.jsonl`, `choices/test.jsonl` | `question`, `choices` and the index of the `answer` as in MMLU | 500 and 100 |
/// | `core/tasks.csv`, `core/facts.jsonl`, `core/words.jsonl` | facts to choose and to continue, as CORE asks base models | 100 each |
/// | `words.txt` | words to spell | 213 |
///
/// ```java
/// EmbeddedCorpus data = EmbeddedCorpus.write(Path.of("out/data"));
/// Documents.of(List.of(data.corpus())).next();   // On Friday Rosa and her uncle Max walked to the farm. The grass was wet ...
/// ```
/// @param folder where the files are
public record EmbeddedCorpus(Path folder) {
  private static final int CHOICES = 4;

  /// Writes the files, in folders that are made if need be.
  /// @throws UncheckedIOException if they cannot be written
  public static EmbeddedCorpus write(Path folder) {
    CorpusDocuments documents = CorpusDocuments.create();
    CorpusConversations conversations = CorpusConversations.create(documents);
    EmbeddedCorpus corpus = new EmbeddedCorpus(folder);
    corpus.write("corpus/train.jsonl", 6000, 1, random -> Map.of("text", documents.document(random)));
    corpus.write("corpus/validation.jsonl", 300, 2, random -> Map.of("text", documents.document(random)));
    corpus.write("conversations/train.jsonl", 4000, 3, random -> conversations.conversation(random).toMap());
    corpus.write("conversations/validation.jsonl", 200, 4, random -> conversations.conversation(random).toMap());
    corpus.write("problems/train.jsonl", 1000, 5, random -> problem(WordProblem.of(WordProblem.Part.TRAIN, random)));
    corpus.write("problems/test.jsonl", 100, 6, random -> problem(WordProblem.of(WordProblem.Part.TEST, random)));
    corpus.write("solutions/train.jsonl", 60, 5, random -> problem(WordProblem.of(WordProblem.Part.TRAIN, random)));
    corpus.write("solutions/test.jsonl", 100, 6, random -> problem(WordProblem.of(WordProblem.Part.TEST, random)));
    corpus.write("choices/train.jsonl", 500, 7, random -> choice(documents.facts(), random));
    corpus.write("choices/test.jsonl", 100, 8, random -> choice(documents.facts(), random));
    corpus.write("core/facts.jsonl", 100, 9, random -> known(documents.facts(), random));
    corpus.write("core/words.jsonl", 100, 10, random -> continued(documents.facts(), random));
    corpus.write("core/tasks.csv", Lines.of("core.csv").stream());
    corpus.write("words.txt", documents.words().stream());
    return corpus;
  }

  /// The folder of documents: the second file is for validation.
  public Path corpus() {
    return folder.resolve("corpus");
  }

  private static Map<String, Object> problem(WordProblem problem) {
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("question", problem.question());
    members.put("answer", problem.answer());
    return members;
  }

  /// A fact's question, with objects of its relation to choose from.
  private static Map<String, Object> choice(List<Fact> facts, CounterRandom random) {
    Fact fact = facts.get(random.nextInt(facts.size()));
    int answer = random.nextInt(CHOICES);
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("question", fact.questions().getFirst());
    members.put("choices", objects(facts, fact, answer, random));
    members.put("answer", answer);
    return members;
  }

  /// A fact that has one of several objects.
  private static Map<String, Object> known(List<Fact> facts, CounterRandom random) {
    Fact fact = facts.get(random.nextInt(facts.size()));
    int gold = random.nextInt(CHOICES);
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("query", fact.beginning());
    members.put("choices", objects(facts, fact, gold, random));
    members.put("gold", gold);
    return members;
  }

  /// A fact whose object is left out.
  private static Map<String, Object> continued(List<Fact> facts, CounterRandom random) {
    Fact fact = facts.get(random.nextInt(facts.size()));
    Map<String, Object> members = new LinkedHashMap<>();
    members.put("context", fact.beginning());
    members.put("continuation", fact.object());
    return members;
  }

  private static List<String> objects(List<Fact> facts, Fact fact, int answer, CounterRandom random) {
    List<String> objects = facts.stream().filter(other -> other.relation() == fact.relation()).map(Fact::object).distinct().toList();
    List<String> choices = new ArrayList<>();
    while (choices.size() < CHOICES) {
      String object = choices.size() == answer ? fact.object() : objects.get(random.nextInt(objects.size()));
      if (!choices.contains(object) && (choices.size() == answer || !object.equals(fact.object()))) {
        choices.add(object);
      }
    }
    return choices;
  }

  private void write(String file, int count, long seed, Function<CounterRandom, Map<String, Object>> line) {
    CounterRandom random = CounterRandom.of(seed);
    Supplier<String> next = () -> Json.text(line.apply(random));
    write(file, Stream.generate(next).limit(count));
  }

  private void write(String file, Stream<String> lines) {
    Path path = folder.resolve(file);
    try {
      Files.createDirectories(path.resolveSibling("."));
      Files.write(path, (Iterable<String>) lines::iterator);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + path + ": " + e.getMessage(), e);
    }
  }
}
