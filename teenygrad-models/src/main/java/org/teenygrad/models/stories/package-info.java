/// A corpus of our own: stories for children, made by a small grammar.
@NullMarked
package org.teenygrad.models.stories;

import org.jspecify.annotations.NullMarked;
