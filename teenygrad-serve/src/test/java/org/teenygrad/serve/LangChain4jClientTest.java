package org.teenygrad.serve;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.exception.ModelNotFoundException;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import dev.langchain4j.model.output.FinishReason;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/// LangChain4j's client of OpenAI's API, as it is.
class LangChain4jClientTest {
  private static TinyServer server;

  @BeforeAll
  static void start() {
    server = new TinyServer(Bigram.CALCULATING, TinyServer.SETTINGS);
  }

  @AfterAll
  static void end() {
    server.close();
  }

  private static String url() {
    return "http://localhost:" + server.server.address().getPort() + "/v1";
  }

  private static OpenAiChatModel model(String name) {
    return OpenAiChatModel.builder().baseUrl(url()).apiKey("none").modelName(name).maxRetries(0).temperature(0.5).maxCompletionTokens(50).build();
  }

  @Test
  void answers() {
    ChatResponse answer = model("calculating").chat(SystemMessage.from("Be brief."), UserMessage.from("?"));
    assertThat(answer.aiMessage().text()).isEqualTo("a.");
    assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP);
    assertThat(answer.tokenUsage().outputTokenCount()).isEqualTo(12);
    assertThatThrownBy(() -> model("another").chat("?")).isInstanceOf(ModelNotFoundException.class);
  }

  @Test
  void streams() {
    List<String> pieces = new CopyOnWriteArrayList<>();
    CompletableFuture<ChatResponse> whole = new CompletableFuture<>();
    OpenAiStreamingChatModel.builder().baseUrl(url()).apiKey("none").modelName("calculating").build().chat("?", new StreamingChatResponseHandler() {
      @Override
      public void onPartialResponse(String piece) {
        pieces.add(piece);
      }

      @Override
      public void onCompleteResponse(ChatResponse response) {
        whole.complete(response);
      }

      @Override
      public void onError(Throwable error) {
        whole.completeExceptionally(error);
      }
    });
    assertThat(whole.join().aiMessage().text()).isEqualTo("a.");
    assertThat(whole.join().tokenUsage().outputTokenCount()).isEqualTo(12);
    assertThat(pieces).containsExactly("a", ".");
  }

  @Test
  void callsTools() {
    ToolSpecification tool = ToolSpecification.builder().name("calculate").parameters(JsonObjectSchema.builder().addStringProperty("expression").build()).build();
    UserMessage question = UserMessage.from("?");
    ChatResponse asked = model("calculating").chat(ChatRequest.builder().messages(question).toolSpecifications(tool).build());
    ToolExecutionRequest call = asked.aiMessage().toolExecutionRequests().getFirst();
    assertThat(call.arguments()).isEqualTo("{\"expression\":\"9+3\"}");
    List<ChatMessage> conversation = List.of(question, asked.aiMessage(), ToolExecutionResultMessage.from(call, "12"));
    ChatResponse answer = model("calculating").chat(ChatRequest.builder().messages(conversation).toolSpecifications(tool).build());
    assertThat(answer.aiMessage().text()).isEqualTo(".");
  }

  @Test
  void embeds() {
    float[] vector = OpenAiEmbeddingModel.builder().baseUrl(url()).apiKey("none").modelName("calculating").build().embed("ab").content().vector();
    assertThat(vector).hasSize(265);
  }
}
