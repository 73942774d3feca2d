/// What the stages read: documents and conversations.
@NullMarked
package org.teenygrad.nanochat.data;

import org.jspecify.annotations.NullMarked;
