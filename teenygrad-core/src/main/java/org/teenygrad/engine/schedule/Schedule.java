package org.teenygrad.engine.schedule;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.teenygrad.engine.runtime.Activity;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Kernel;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Runtime;
import org.teenygrad.engine.runtime.Sequence;
import org.teenygrad.engine.runtime.Slice;

/// A graph made ready to run again and again: the kernels in order, and where each one's data is.
///
/// @param number one for each schedule of this process
/// @param items the launches
/// @param sequence all of them as the device runs them at once
/// @param inputs how many buffers the graph reads
/// @param outputs where each of the graph's results is
/// @param places the buffers by slot: first the inputs, then what the kernels write
/// @param workspaceBytes memory for what lives only while the schedule runs
/// @param compilation what making it cost
record Schedule(long number, List<ExecItem> items, Sequence sequence, int inputs,
    List<Integer> outputs, List<Place> places, long workspaceBytes, Compilation compilation) {
  private static final AtomicLong NUMBERS = new AtomicLong();

  /// A schedule with a number of its own.
  static Schedule of(List<ExecItem> items, Sequence sequence, int inputs,
      List<Integer> outputs, List<Place> places, long workspaceBytes, Compilation compilation) {
    return new Schedule(NUMBERS.getAndIncrement(), items, sequence, inputs, outputs, places, workspaceBytes, compilation);
  }

  /// One launch: a kernel and, for each time that it runs, its arguments.
  record ExecItem(Program program, Kernel kernel, List<List<Binding.Argument>> arguments) {}

  /// The kernels that were compiled for this schedule, as no other had them, and the time that took.
  record Compilation(int kernels, long nanos) {}

  /// Where the data of a slot is.
  sealed interface Place {
    /// Given by the caller.
    record Input() implements Place {}

    /// A new buffer at each run.
    record Output(long bytes) implements Place {}

    /// In the memory of another slot, whose data nobody needs any more.
    record InPlace(int slot) implements Place {}

    /// What programs exchange sums through, the same for all.
    record Exchange(long bytes) implements Place {}

    /// A part of the workspace.
    record Temporary(long offset, long bytes) implements Place {}
  }

  /// Runs all kernels.
  /// @return the results, in the order of the graph's outputs
  List<Buffer> run(Runtime runtime, Workspace workspace, List<Buffer> given) {
    List<Buffer> buffers = new ArrayList<>(given);
    Buffer whole = workspace.atLeast(workspaceBytes);
    for (int slot = inputs; slot < places.size(); slot++) {
      buffers.add(
          switch (places.get(slot)) {
            case Place.Input input -> throw new IllegalStateException(input + " after the inputs");
            case Place.Output output -> runtime.allocator().allocate(output.bytes());
            case Place.InPlace same -> buffers.get(same.slot());
            case Place.Exchange exchange -> workspace.exchange(exchange.bytes());
            case Place.Temporary part -> new Slice(whole, part.offset(), part.bytes());
          });
    }
    List<List<List<Buffer>>> all = new ArrayList<>(items.size());
    for (ExecItem item : items) {
      List<List<Buffer>> arguments = new ArrayList<>(item.arguments().size());
      for (List<Binding.Argument> run : item.arguments()) {
        List<Buffer> list = new ArrayList<>(run.size());
        for (Binding.Argument argument : run) {
          Buffer buffer = buffers.get(argument.slot());
          long offset = argument.offset();
          list.add(offset == 0 ? buffer : new Slice(buffer, offset, buffer.bytes() - offset));
        }
        arguments.add(list);
      }
      all.add(arguments);
    }
    Recording.run(runtime, this, all, Collections.unmodifiableList(buffers));
    return outputs.stream().map(buffers::get).toList();
  }

  /// What lives in the workspace, and when, by slot.
  List<Activity.Temporary> temporaries() {
    Map<Integer, Activity.Temporary> found = new TreeMap<>();
    for (int launch = 0; launch < items.size(); launch++) {
      for (List<Binding.Argument> run : items.get(launch).arguments()) {
        for (Binding.Argument argument : run) {
          if (places.get(argument.slot()) instanceof Place.Temporary(long offset, long bytes)) {
            Activity.Temporary before = found.get(argument.slot());
            found.put(argument.slot(), new Activity.Temporary(offset, bytes, before == null ? launch : before.first(), launch));
          }
        }
      }
    }
    return List.copyOf(found.values());
  }

  /// How much memory the device has beside its data while this runs: the workspace, and what programs exchange sums through.
  long memoryBytes() {
    return workspaceBytes + places.stream().mapToLong(place -> place instanceof Place.Exchange(long bytes) ? bytes : 0).sum();
  }

  /// How many different kernels there are.
  int kernels() {
    return (int) items.stream().map(ExecItem::program).distinct().count();
  }

  /// Whether an output's memory is that of an input, which then holds the new data.
  boolean isInPlace(int output) {
    return places.get(outputs.get(output)) instanceof Place.InPlace;
  }
}
