/// From one kernel to LLVM IR.
///
/// The way of one matrix product of bfloat16 on an A100. A kernel comes from [org.teenygrad.engine.schedule] as a graph over single
/// elements:
/// ```text
///    0  PARAM      slot 0                       bfloat16(256, 256)
///    1  RANGE      r0 < 256                     int64()
///    2  MUL        %1 256                       int64()
///    3  RANGE      r1 < 256                     int64()
///    4  ADD        %2 %3                        int64()
///    5  PARAM      slot 1                       bfloat16(256, 256)
///    6  RANGE      r2 < 256                     int64()
///    7  ADD        %2 %6                        int64()
///    8  LOAD       %5 %7                        bfloat16()
///    9  CAST       %8                           float32()
///   10  PARAM      slot 2                       bfloat16(256, 256)
///   11  MUL        %6 256                       int64()
///   12  ADD        %3 %11                       int64()
///   13  LOAD       %10 %12                      bfloat16()
///   14  CAST       %13                          float32()
///   15  MUL        %9 %14                       float32()
///   16  FOLD       %15 %6  ADD                  float32()
///   17  CAST       %16                          bfloat16()
///   18  STORE      %0 %4 %17                    bool()
///   19  SINK       %18                          bool()
/// ```
/// `Plan.of` decides once what it becomes. Its sum of products has rows (r0) that the left factor alone depends on, columns (r1) of
/// the right one and an inner dimension (r2): it is a `Contraction`. The GPU has matrix units and the product is large enough, so
/// the plan is a `MatmulTiling`: blocks of threads each compute 128 x 64 sums (`BlockTile`), 64 steps of the inner dimension at a
/// time. `Tiling` puts both factors into STAGEs of shared memory, makes an MMA of the product, by a row of [MatrixUnit], and a
/// STEPS node of what happens in each step:
/// ```text
///    0  AWAIT      1                            bool()
///    1  BARRIER                                 bool()
///    2  PARAM      slot 1                       bfloat16(256, 256)
///    3  RANGE      r0 < 256                     int64()
///    4  MUL        %3 256                       int64()
///    5  RANGE      r2 < 256                     int64()
///    6  ADD        %4 %5                        int64()
///    7  LOAD       %2 %6                        bfloat16()
///    8  STAGE      %7  128x64, 3 at a time, copied bfloat16()
///    9  FETCH      %8                           bool()
///   10  PARAM      slot 2                       bfloat16(256, 256)
///   11  RANGE      r1 < 256                     int64()
///   12  MUL        %5 256                       int64()
///   13  ADD        %11 %12                      int64()
///   14  LOAD       %10 %13                      bfloat16()
///   15  STAGE      %14  64x64, 3 at a time, copied, transposed bfloat16()
///   16  FETCH      %15                          bool()
///   17  MMA        %8 %15  MMA_BF16             float32()
///   18  FOLD       %17 %5  ADD                  float32()
///   19  STEPS      %0 %1 %9 %16 %18  2          bool()
///   20  PARAM      slot 0                       bfloat16(256, 256)
///   21  ADD        %4 %11                       int64()
///   22  CAST       %18                          bfloat16()
///   23  STORE      %20 %21 %22                  bool()
///   24  SINK       %19 %23                      bool()
/// ```
/// For one element every node means what it did. What is new is the order: wait for the copies of all but one later step; meet the
/// other threads; start to copy the tiles two steps ahead; multiply. `Generator` has a nest for each plan, here `MatrixTiles`:
/// `SharedTile` writes the copies, `Pipeline` walks the STEPS, `WarpProducts` multiplies, and `Epilogue` rounds the sums and stores
/// them in whole vectors. Expressions of single elements, such as the CAST, are written by `Emitter` and `Instructions` for all
/// nests and all targets; what only a GPU has is said in its `GpuDialect`. LLVM makes PTX of it. Its copies, barriers and products,
/// repetitions left out: two steps' tiles are fetched, then each step waits, fetches and multiplies:
/// ```text
/// cp.async.cg.shared.global
/// cp.async.commit_group;
/// cp.async.cg.shared.global
/// cp.async.commit_group;
/// cp.async.wait_group
/// bar.sync
/// cp.async.cg.shared.global
/// cp.async.commit_group;
/// ldmatrix.sync.aligned.m8n8.x4.shared.b16
/// ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16
/// mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32
/// ldmatrix.sync.aligned.m8n8.x4.shared.b16
/// ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16
/// mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32
/// ldmatrix.sync.aligned.m8n8.x4.shared.b16
/// ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16
/// mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32
/// ldmatrix.sync.aligned.m8n8.x4.shared.b16
/// ldmatrix.sync.aligned.m8n8.x4.trans.shared.b16
/// mma.sync.aligned.m16n8k16.row.col.f32.bf16.bf16.f32
/// cp.async.wait_group
/// bar.sync
/// ```
@NullMarked
package org.teenygrad.engine.codegen;

import org.jspecify.annotations.NullMarked;
