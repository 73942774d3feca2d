/// A conversation with a model in a terminal.
///
/// ```java
/// Chat chat = new Chat(trained.computing(), tokenizer, ChatOptions.DEFAULT, System.out);
/// chat.answer("What is 9 + 3?", () -> false);   // 9 + 3 = [calculator: 9+3 = 12] 12.
/// ```
@NullMarked
package org.teenygrad.nanochat.chat;

import org.jspecify.annotations.NullMarked;
