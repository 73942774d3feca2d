/// Builds the image: a folder, and an archive of it, that runs where there is no Java.
@NullMarked
package org.teenygrad.dist;

import org.jspecify.annotations.NullMarked;
