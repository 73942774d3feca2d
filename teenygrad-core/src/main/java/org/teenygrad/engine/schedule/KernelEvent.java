package org.teenygrad.engine.schedule;

import jdk.jfr.Category;
import jdk.jfr.DataAmount;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.teenygrad.Device;
import org.teenygrad.Profile;

/// For Java's flight recorder: a kernel ran. While a recording wants these events, kernels run one by one and are waited for, as under
/// `TEENYGRAD_DEBUG=2`.
@Name("org.teenygrad.Kernel")
@Label("Kernel")
@Description("A launch of a kernel, from the call until its results are there")
@Category("teenygrad")
@StackTrace(false)
@SuppressWarnings("UnusedVariable") // the recorder reads the fields
final class KernelEvent extends Event {
  @Label("Kernel")
  private String kernel = "";

  @Label("Fuses")
  private String description = "";

  @Label("Device")
  private String device = "";

  @Label("Runs")
  @Description("How many sets of arguments it ran over")
  private int runs;

  @Label("Operations")
  @Description("Floating-point operations, an estimate")
  private double operations;

  @Label("Data")
  @Description("Tensor bytes that are read and written at least once")
  @DataAmount
  private long data;

  @Label("Time")
  @Description("What the device needed")
  @Timespan(Timespan.NANOSECONDS)
  private long time;

  void commit(Device where, Profile.Launch launch) {
    if (shouldCommit()) {
      kernel = launch.name();
      description = launch.description();
      device = where.toString();
      runs = launch.runs();
      operations = launch.flops();
      data = (long) launch.bytes();
      time = launch.nanos();
      commit();
    }
  }
}
