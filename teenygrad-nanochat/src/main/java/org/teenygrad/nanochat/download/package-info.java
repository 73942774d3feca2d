/// Data sets from the network: files that are resumed where a download was broken off, and verified.
@NullMarked
package org.teenygrad.nanochat.download;

import org.jspecify.annotations.NullMarked;
