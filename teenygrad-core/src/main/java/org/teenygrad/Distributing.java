package org.teenygrad;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Sharding;
import org.teenygrad.engine.ir.Storage;

/// Tensors on many devices. A distributed tensor has the shape of the whole; a [Placement] for each axis of its [Mesh] says what
/// each rank has. All ranks run the same program, and operations mean what they mean on one device: what lies in a way that an
/// operation cannot take is refused where the operation is written, and nothing is sent unless [#redistribute] asks for it. A
/// tensor on no mesh is taken to be the same on all ranks. Derivatives follow: that of a parameter which each rank has whole is
/// added up over all ranks.
///
/// ```java
/// var rows = x.shard(mesh, Placement.shard(0));         // each rank has some rows
/// var loss = rows.matmul(weight).square().sum();        // a Partial: each rank has a term
/// loss.backward();                                      // weight.grad() is added up over the ranks
/// loss.gather().item();
/// ```
sealed interface Distributing permits Tensor {
  private Tensor self() {
    return (Tensor) this;
  }

  /// The mesh that this tensor lies on, or null for a tensor of one device, and once it is computed for one that each rank has whole.
  /// ```java
  /// x.shard(mesh, Placement.shard(0)).mesh() == mesh;   // true
  /// ```
  default @Nullable Mesh mesh() {
    Sharding sharding = self().node().sharding();
    return sharding == null ? null : sharding.mesh();
  }

  /// How this tensor lies along each axis of its mesh; empty for a tensor of one device.
  /// ```java
  /// x.shard(mesh, Placement.shard(0)).sum(0).placements();   // [Partial(ADD)]
  /// ```
  default List<Placement> placements() {
    Sharding sharding = self().node().sharding();
    return sharding == null ? List.of() : sharding.placements();
  }

  /// A tensor that is the same on all ranks, of which each keeps its parts. Nothing is sent. PyTorch's `distribute_tensor`.
  /// ```java
  /// var rows = x.shard(mesh, Placement.shard(0));
  /// rows.shape();   // (4, 4)
  /// ```
  /// @param placements one for each axis of the mesh
  /// @throws IllegalArgumentException if this tensor is distributed already or on another device than the mesh, or the placements
  ///     do not fit
  default Tensor shard(Mesh mesh, Placement... placements) {
    Tensor x = self();
    if (x.mesh() != null) {
      throw new IllegalArgumentException("shard: the tensor lies on mesh " + x.mesh() + " already; redistribute() it");
    }
    if (x.deviceOrNull() != null && !x.device().equals(mesh.device())) {
      throw new IllegalArgumentException("shard: the tensor is on " + x.device() + ", this rank of the mesh on " + mesh.device() + "; move it with to(device)");
    }
    return distributed(new Sharding(mesh, List.of(placements)));
  }

  /// A tensor that is the same on all ranks as one that each rank has whole.
  /// ```java
  /// x.replicate(mesh).placements();   // [Replicate]
  /// ```
  /// @throws IllegalArgumentException as [#shard]
  default Tensor replicate(Mesh mesh) {
    return shard(mesh, Collections.nCopies(mesh.axes().size(), Placement.replicate()).toArray(Placement[]::new));
  }

  /// The same tensor, lying in another way: what has to travel travels. To be called on all ranks. PyTorch's `DTensor.redistribute`.
  /// ```java
  /// var columns = x.shard(mesh, Placement.shard(0)).redistribute(Placement.shard(1));
  /// columns.placements();   // [Shard(1)]
  /// ```
  /// @param placements one for each axis of the mesh
  /// @throws IllegalArgumentException if this tensor is not distributed, or the placements do not fit
  default Tensor redistribute(Placement... placements) {
    return distributed(new Sharding(requireMesh("redistribute"), List.of(placements)));
  }

  /// The whole tensor on each rank. To be called on all ranks. PyTorch's `DTensor.full_tensor`.
  /// ```java
  /// x.shard(mesh, Placement.shard(0)).sum().gather().item();
  /// ```
  default Tensor gather() {
    Mesh mesh = mesh();
    return mesh == null ? self().alias() : distributed(Sharding.replicated(mesh));
  }

  /// The same tensor with its terms added up, or combined otherwise: what is partial along an axis of the mesh is whole there, and
  /// the rest lies as it did. To be called on all ranks.
  /// ```java
  /// x.shard(mesh, Placement.shard(0)).sum(0).allReduce().placements();   // [Replicate]
  /// ```
  default Tensor allReduce() {
    return redistributed(placement -> placement instanceof Placement.Partial ? Placement.replicate() : placement);
  }

  /// What this rank has, as a tensor of one device that shares this one's memory; computed if need be. PyTorch's `DTensor.to_local`.
  /// ```java
  /// x.shard(mesh, Placement.shard(0)).local().shape();   // (4, 4)
  /// ```
  /// @throws IllegalArgumentException if this tensor is not distributed
  default Tensor local() {
    requireMesh("local");
    Storage whole = HostData.storage(self().realize());
    Storage local = new Storage(whole.dtype(), whole.local(), whole.device());
    local.fill(HostData.memory(whole));
    return Tensor.wrap(OpNode.buffer(local));
  }

  /// Bytes of what this rank has: of its parts, or of all.
  /// ```java
  /// x.shard(mesh, Placement.shard(0)).localBytes();   // 64
  /// ```
  default long localBytes() {
    Sharding sharding = self().node().sharding();
    return sharding == null ? self().nbytes() : sharding.local(self().shape()).elements() * self().dtype().bytes();
  }

  /// The distributed tensor of which this one, computed if need be, is what this rank has. Nothing is sent, and nobody checks that
  /// the ranks' parts belong together. PyTorch's `DTensor.from_local`.
  /// ```java
  /// Tensor.arange(4).partOf(mesh, Shape.of(4), Placement.shard(0)).sum().gather().item();   // 6.0
  /// ```
  /// @param whole shape of the distributed tensor
  /// @throws IllegalArgumentException if this rank's part has another shape
  default Tensor partOf(Mesh mesh, Shape whole, Placement... placements) {
    Sharding sharding = new Sharding(mesh, List.of(placements)).of(whole);
    if (!sharding.local(whole).equals(self().shape())) {
      throw new IllegalArgumentException("partOf: rank " + mesh.rank() + " has " + sharding.local(whole) + " of " + whole + " as " + Arrays.toString(placements) + ", not " + self().shape());
    }
    Storage local = HostData.storage(self().realize());
    Storage storage = new Storage(local.dtype(), whole, local.device(), sharding);
    storage.fill(HostData.memory(local));
    return Tensor.wrap(OpNode.buffer(storage));
  }

  private Tensor redistributed(UnaryOperator<Placement> change) {
    Mesh mesh = mesh();
    return mesh == null ? self().alias() : distributed(new Sharding(mesh, placements().stream().map(change).toList()));
  }

  private Tensor distributed(Sharding target) {
    Tensor x = self();
    return target.equals(x.node().sharding()) ? x.alias() : Tensor.applyWith(OpCode.REDISTRIBUTE, target, x);
  }

  private Mesh requireMesh(String name) {
    if (mesh() == null) {
      throw new IllegalArgumentException(name + ": the tensor is on one device; shard() or replicate() it on a mesh");
    }
    return Objects.requireNonNull(mesh());
  }
}
