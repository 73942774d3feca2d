/// Records of settings: each component is an option of a command and an entry of files.
@NullMarked
package org.teenygrad.models.settings;

import org.jspecify.annotations.NullMarked;
