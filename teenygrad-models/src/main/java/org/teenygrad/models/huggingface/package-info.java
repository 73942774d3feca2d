/// What directories of Hugging Face's have in common: `config.json`, and weights in one file or several.
@NullMarked
package org.teenygrad.models.huggingface;

import org.jspecify.annotations.NullMarked;
