package org.teenygrad.plot;

/// What can stand beside others in [Panels].
public sealed interface Panel permits Plot, Dag {}
