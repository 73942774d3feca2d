package org.teenygrad.engine.runtime.cuda;

import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Communicator;

/// Some ranks of an [NcclGroup]: an `ncclComm_t`.
final class NcclCommunicator implements Communicator {
  private final NcclGroup group;
  private final long handle;
  private final int size;

  NcclCommunicator(NcclGroup group, long handle) {
    this.group = group;
    this.handle = handle;
    size = Nccl.commCount(handle);
  }

  NcclGroup group() {
    return group;
  }

  long handle() {
    return handle;
  }

  void destroy() {
    Nccl.commDestroy(handle);
  }

  private long stream() {
    return group.exchanges().handle();
  }

  @Override
  public void allReduce(Buffer result, Buffer source, DType type, long count, OpCode combine) {
    group.inTurn(() -> Nccl.allReduce(source.address(), result.address(), count, type, combine, handle, stream()));
  }

  @Override
  public void allGather(Buffer result, Buffer source, DType type, long count) {
    group.inTurn(() -> Nccl.allGather(source.address(), result.address(), count * type.bytes(), DType.UINT8, handle, stream()));
  }

  @Override
  public void reduceScatter(Buffer result, Buffer source, DType type, long count, OpCode combine) {
    group.inTurn(() -> Nccl.reduceScatter(source.address(), result.address(), count, type, combine, handle, stream()));
  }

  @Override
  public void allToAll(Buffer result, Buffer source, DType type, long count) {
    long bytes = count * type.bytes();
    group.inTurn(() -> {
      for (int peer = 0; peer < size; peer++) {
        Nccl.send(source.address() + peer * bytes, bytes, peer, handle, stream());
        Nccl.recv(result.address() + peer * bytes, bytes, peer, handle, stream());
      }
    });
  }

  @Override
  public void synchronize() {
    group.synchronize();
  }
}
