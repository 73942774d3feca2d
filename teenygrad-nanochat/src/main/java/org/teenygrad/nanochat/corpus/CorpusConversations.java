package org.teenygrad.nanochat.corpus;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.teenygrad.data.CounterRandom;
import org.teenygrad.nanochat.data.Conversation;
import org.teenygrad.nanochat.data.Conversation.Kind;
import org.teenygrad.nanochat.data.Conversation.Message;
import org.teenygrad.nanochat.data.Conversation.Part;
import org.teenygrad.nanochat.data.Conversation.Role;

/// Conversations about the small world: greetings, who the assistant is, facts, sums with the calculator, spellings.
record CorpusConversations(List<Topic> smallTalk, List<Fact> facts, List<String> words) {
  private static final int LARGEST_TERM = 12;
  private static final int PERCENT_OF_TWO_TURNS = 30;

  /// Things to say, and what may be answered to any of them.
  record Topic(List<String> said, List<String> answers) {}

  private record Exchange(String asked, List<Part> answer) {
    static Exchange of(String asked, String answer) {
      return new Exchange(asked, List.of(new Part(Kind.TEXT, answer)));
    }
  }

  static CorpusConversations create(CorpusDocuments documents) {
    List<Topic> topics = new ArrayList<>();
    for (String line : Lines.of("smalltalk.txt")) {
      List<String> sides = Lines.split(line, '=');
      topics.add(new Topic(Lines.split(sides.getFirst(), '|'), Lines.split(sides.getLast(), '|')));
    }
    return new CorpusConversations(topics, documents.facts(), documents.words());
  }

  Conversation conversation(CounterRandom random) {
    List<Message> messages = new ArrayList<>();
    int turns = random.nextInt(100) < PERCENT_OF_TWO_TURNS ? 2 : 1;
    for (int turn = 0; turn < turns; turn++) {
      Exchange exchange = exchange(random);
      messages.add(Message.of(Role.USER, exchange.asked));
      messages.add(new Message(Role.ASSISTANT, exchange.answer));
    }
    return new Conversation(messages);
  }

  private Exchange exchange(CounterRandom random) {
    int percent = random.nextInt(100);
    if (percent < 25) {
      Topic topic = pick(smallTalk, random);
      return Exchange.of(pick(topic.said, random), pick(topic.answers, random));
    }
    if (percent < 70) {
      Fact fact = pick(facts, random);
      return Exchange.of(pick(fact.questions(), random), fact.answer());
    }
    if (percent < 88) {
      return sum(random);
    }
    String word = pick(words, random);
    return Exchange.of(pick(List.of("How do you spell " + word + "?", "Spell " + word + ".", "Please spell the word " + word + "."), random),
        CorpusDocuments.spelling(word));
  }

  private static Exchange sum(CounterRandom random) {
    int first = 1 + random.nextInt(LARGEST_TERM);
    int second = 1 + random.nextInt(LARGEST_TERM);
    boolean plus = random.nextInt(3) < 2 || second > first;
    char sign = plus ? '+' : '-';
    int result = plus ? first + second : first - second;
    String asked = String.format(Locale.ROOT, "%d %c %d", first, sign, second);
    return new Exchange(pick(List.of("What is " + asked + "?", "How much is " + asked + "?", asked + " = ?"), random),
        List.of(
            new Part(Kind.TEXT, asked + " = "),
            new Part(Kind.PYTHON, String.format(Locale.ROOT, "%d%c%d", first, sign, second)),
            new Part(Kind.PYTHON_OUTPUT, String.valueOf(result)),
            new Part(Kind.TEXT, result + ".")));
  }

  private static <T> T pick(List<T> from, CounterRandom random) {
    return from.get(random.nextInt(from.size()));
  }
}
