/// Programs that run on many devices at once: every rank runs the same program, started by `mpirun` or `teenygrad launch`, on its
/// part of the data.
///
/// ```java
/// try (World all = World.join()) {
///   var rows = x.shard(all.mesh("data"), Placement.shard(0));   // this rank's rows; the rest is as on one device
/// }
/// ```
@NullMarked
package org.teenygrad.distributed;

import org.jspecify.annotations.NullMarked;
