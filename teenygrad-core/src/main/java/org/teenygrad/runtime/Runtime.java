package org.teenygrad.runtime;

import org.teenygrad.Device;

/// Everything that a device is: where its memory comes from, what machine it is and how programs become code for it.
public record Runtime(Device device, Allocator allocator, Target target, Compiler compiler) {}
