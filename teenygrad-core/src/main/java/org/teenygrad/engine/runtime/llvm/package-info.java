/// LLVM as a library: IR text in, machine code out, for every device that is generated through
/// LLVM.
///
/// The way through: [org.teenygrad.engine.runtime.llvm.LlvmLibrary] finds `libLLVM`,
/// [org.teenygrad.engine.runtime.llvm.Llvm] binds the few C functions that are needed,
/// [org.teenygrad.engine.runtime.llvm.LlvmTarget] names the machine,
/// [org.teenygrad.engine.runtime.llvm.LlvmCompiler] turns IR text into an object file or assembly (PTX on
/// NVIDIA), [org.teenygrad.engine.runtime.llvm.KernelCache] keeps the results on disk, and
/// [org.teenygrad.engine.runtime.llvm.ObjectCode] makes an object file for this machine callable.
@NullMarked
package org.teenygrad.engine.runtime.llvm;

import org.jspecify.annotations.NullMarked;
