package org.teenygrad.nanochat.sft;

import org.teenygrad.nanochat.tasks.Task;

/// Conversations to learn, and others to judge by.
public record SftTasks(Task train, Task validation) {}
