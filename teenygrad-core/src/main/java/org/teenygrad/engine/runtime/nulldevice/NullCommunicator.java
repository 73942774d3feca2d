package org.teenygrad.engine.runtime.nulldevice;

import org.teenygrad.DType;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Communicator;

/// Exchanges with ranks that are not there: nothing is sent.
final class NullCommunicator implements Communicator {
  @Override
  public void allReduce(Buffer result, Buffer source, DType type, long count, OpCode combine) {}

  @Override
  public void allGather(Buffer result, Buffer source, DType type, long count) {}

  @Override
  public void reduceScatter(Buffer result, Buffer source, DType type, long count, OpCode combine) {}

  @Override
  public void allToAll(Buffer result, Buffer source, DType type, long count) {}
}
