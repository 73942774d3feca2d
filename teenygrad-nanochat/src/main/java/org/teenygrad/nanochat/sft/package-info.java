/// Supervised fine-tuning: from a model that continues documents to one that answers.
///
/// ```java
/// ModelFolder folder = ModelFolder.of(Path.of("out"), Stage.SFT);
/// StageCheckpoint base = SftTrainer.base(folder, tokenizer);
/// SftSettings settings = SftSettings.inheriting(base);
/// SftTasks tasks = new ChatData(List.of(Path.of("chats.jsonl")), List.of(), null, null, null).tasks(settings);
/// SftTrainer.start(settings, tasks, tokenizer, folder).train(callback, () -> false);
/// ```
@NullMarked
package org.teenygrad.nanochat.sft;

import org.jspecify.annotations.NullMarked;
