package org.teenygrad.engine.schedule;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.Timespan;
import org.teenygrad.Device;

/// For Java's flight recorder: the schedule of a graph was found, or made. The event lasts as long as that took; its stack says who
/// wanted the values.
@Name("org.teenygrad.Schedule")
@Label("Schedule")
@Description("Planning of a graph: finding its schedule among those that are known, or making it")
@Category("teenygrad")
@SuppressWarnings("UnusedVariable") // the recorder reads the fields
final class ScheduleEvent extends Event {
  @Label("Device")
  private String device = "";

  @Label("Cached")
  @Description("Whether a graph of this structure was seen before")
  private boolean cached;

  @Label("Launches")
  private int launches;

  @Label("Kernels")
  @Description("Different kernels")
  private int kernels;

  @Label("Compiled Kernels")
  @Description("Kernels that no other schedule had")
  private int compiled;

  @Label("Workspace")
  @DataAmount
  private long workspace;

  @Label("Compile Time")
  @Timespan(Timespan.NANOSECONDS)
  private long compileTime;

  void commit(Device where, Schedule schedule, boolean known) {
    if (shouldCommit()) {
      device = where.toString();
      cached = known;
      launches = schedule.items().size();
      kernels = schedule.kernels();
      compiled = known ? 0 : schedule.compilation().kernels();
      workspace = schedule.workspaceBytes();
      compileTime = known ? 0 : schedule.compilation().nanos();
      commit();
    }
  }
}
