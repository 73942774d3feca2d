/// Reinforcement learning on problems whose answers can be judged: a model learns from its own answers, by how much better than its others
/// each of them is.
@NullMarked
package org.teenygrad.nanochat.rl;

import org.jspecify.annotations.NullMarked;
