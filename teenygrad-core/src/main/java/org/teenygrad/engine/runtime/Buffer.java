package org.teenygrad.engine.runtime;

import org.teenygrad.engine.ir.Storage;

/// A piece of a device's memory. Its bytes are freed when nobody refers to it any more, or earlier by [#free].
///
/// @see Allocator
public interface Buffer extends Storage.Memory {
  /// The size in bytes; may be 0.
  @Override
  long bytes();

  /// The address of the first byte, in the device's own address space.
  long address();

  /// Gives the memory back now. The buffer must not be used afterwards; a second call does nothing.
  void free();
}
