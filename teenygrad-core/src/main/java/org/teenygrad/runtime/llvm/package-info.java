/// LLVM as a library: IR text in, machine code out, for every device that is generated through
/// LLVM.
///
/// The way through: [org.teenygrad.runtime.llvm.LlvmLibrary] finds `libLLVM`,
/// [org.teenygrad.runtime.llvm.Llvm] binds the few C functions that are needed,
/// [org.teenygrad.runtime.llvm.LlvmTarget] names the machine,
/// [org.teenygrad.runtime.llvm.LlvmCompiler] turns IR text into an object file or assembly (PTX on
/// NVIDIA), [org.teenygrad.runtime.llvm.KernelCache] keeps the results on disk, and
/// [org.teenygrad.runtime.llvm.ObjectCode] makes an object file for this machine callable.
@NullMarked
package org.teenygrad.runtime.llvm;

import org.jspecify.annotations.NullMarked;
