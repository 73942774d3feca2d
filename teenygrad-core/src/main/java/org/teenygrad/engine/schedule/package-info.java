/// From a graph to the list of kernels that computes it: fusion, memory plan, schedule cache and replay.
///
/// The way of one sum, `x.mul(2).add(1).sum(1)`. This is what is asked for:
/// ```text
///    0  BUFFER     on cpu  float32(2, 3)
///    1  MUL        %0 2.0                       float32(2, 3)
///    2  ADD        %1 1.0                       float32(2, 3)
///    3  REDUCE     %2  ADD over [1]             float32(2, 1)
///    4  RESHAPE    %3  (2,)                     float32(2,)
/// ```
/// [Realizer] looks up the graph's structure (`GraphKey`); a structure that it has not seen goes through `Scheduler`. `Fusion`
/// walks from the result to the inputs. The sum gets memory, as the root of a `Group`; the product and the addition are computed
/// where the sum wants them, as nothing else reads them. `Lowering` makes a kernel of the group: a scalar expression of loop
/// counters (RANGE), loads and stores, in which the sum is a FOLD over one of the loops. `Merging` joins neighbours over the same
/// loops, `Ranges` numbers the loops, `Binding` the arguments:
/// ```text
///    0  PARAM      slot 0                       float32(2,)
///    1  RANGE      r0 < 2                       int64()
///    2  PARAM      slot 1                       float32(2, 3)
///    3  MUL        %1 3                         int64()
///    4  RANGE      r1 < 3                       int64()
///    5  ADD        %3 %4                        int64()
///    6  LOAD       %2 %5                        float32()
///    7  MUL        %6 2.0                       float32()
///    8  ADD        %7 1.0                       float32()
///    9  FOLD       %8 %4  ADD                   float32()
///   10  STORE      %0 %1 %9                     bool()
///   11  SINK       %10                          bool()
/// ```
/// Kernels that compute the same are the same node, so they are compiled once. `InPlace` says which assignments may take over old
/// memory, `LaunchOrder` and `MemoryPlan` put launches in order and what lives only in between in one workspace.
/// [org.teenygrad.engine.codegen.Plans] makes a [org.teenygrad.engine.runtime.Program] of each kernel. The `Schedule` is kept; the
/// next graph of this structure is run by [Replay] alone.
@NullMarked
package org.teenygrad.engine.schedule;

import org.jspecify.annotations.NullMarked;
