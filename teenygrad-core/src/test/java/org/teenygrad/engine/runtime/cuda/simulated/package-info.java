/// A GPU of threads that take turns: the LLVM IR of kernels, interpreted, where there is no GPU to run their PTX.
///
/// A [Module] is a kernel's text, taken apart into [Instruction]s: [Step]s that a [GpuThread] takes alone ([Arithmetic], [Steps], [PtxText] of inline PTX), and those where
/// it has to wait. A [Warp], a [Warpgroup] (`wgmma`), a [Block] and a [Cluster] let go on who has met; the cluster decides by chance when copies come and products are
/// complete. [SharedMemory] knows what is still on its way or still multiplied, [BulkCopy] brings a tensor map's tiles, an [Mbarrier] counts them. An instruction that
/// is not known is refused when the kernel is read: it needs one more line in one of the three.
@NullMarked
package org.teenygrad.engine.runtime.cuda.simulated;

import org.jspecify.annotations.NullMarked;
