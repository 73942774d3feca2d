/// Data for a first training: a small world of stories, facts and sums, in text and in conversations, made from tables and a seed.
@NullMarked
package org.teenygrad.nanochat.corpus;

import org.jspecify.annotations.NullMarked;
