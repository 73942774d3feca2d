package org.teenygrad.engine.schedule;

import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/// The events of Java's flight recorder, once it is in use. Before that no class of an event may be touched: to load the first one the JVM
/// sets up half of the recorder, which takes half a second of a processor.
final class FlightRecording {
  /// A runtime image may lack the module, or not have resolved it.
  private static final boolean PRESENT = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

  private FlightRecording() {}

  private static boolean isInUse() {
    return PRESENT && FlightRecorder.isInitialized();
  }

  /// An event that has begun, or null without a recorder.
  static @Nullable ScheduleEvent schedule() {
    if (!isInUse()) {
      return null;
    }
    ScheduleEvent event = new ScheduleEvent();
    event.begin();
    return event;
  }

  /// An event that has begun, or null if no recording wants it.
  static @Nullable KernelEvent kernel() {
    if (!wantsKernels()) {
      return null;
    }
    KernelEvent event = new KernelEvent();
    event.begin();
    return event;
  }

  /// Whether a recording wants to know of each kernel.
  static boolean wantsKernels() {
    return isInUse() && new KernelEvent().isEnabled();
  }
}
