/// What servers of this project share: a [Call] with limits of size and time, the [files of a page][PageFiles], and the refusal of
/// [pages of other origins][Origins]. For the modules of teenygrad: it may change with any version.
@NullMarked
package org.teenygrad.serve.http;

import org.jspecify.annotations.NullMarked;
