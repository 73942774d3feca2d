/// Serves a language model to many at once, in the terms of OpenAI's API.
///
/// ```java
/// ServedModel model = NanochatModel.read(Path.of("out/nanochat"), null);
/// try (Server server = Server.start(List.of(model), ServeSettings.DEFAULT, "0.2.0", System.out)) {
///   server.address();   // where it listens
/// }
/// ```
/// A request's way: [Server] routes the [call][org.teenygrad.serve.http.Call] of a client that the [Gate] lets in to the [Service]
/// of a model; [GenerationRequest] is what it asks for, checked, and [OutputFormat] what its answers must look like; [EngineThread]
/// continues its texts beside all others; [TokenFeed] brings the tokens back to the call's thread, where [ChoiceReader] makes text
/// of them and [ChatReply] or [TextReply] the JSON that [Generating] sends, at once or as events.
@NullMarked
package org.teenygrad.serve;

import org.jspecify.annotations.NullMarked;
