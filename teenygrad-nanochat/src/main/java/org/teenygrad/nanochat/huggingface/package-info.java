/// Models as folders of Hugging Face's transformers.
@NullMarked
package org.teenygrad.nanochat.huggingface;

import org.jspecify.annotations.NullMarked;
