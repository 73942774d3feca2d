package org.teenygrad.engine.schedule;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Param;
import org.teenygrad.engine.ir.ParameterNames;
import org.teenygrad.engine.ir.SourceLines;
import org.teenygrad.engine.ir.Storage;
import org.teenygrad.engine.runtime.Activity;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.Runtime;

/// What computes on a device: the schedules that were made for it and the memory that they share. One schedule of a device is made
/// or run at a time; those of other devices meanwhile.
///
/// A graph whose structure was seen before runs the schedule that was made then: no derivative is taken, nothing is rewritten and
/// nothing compiled.
final class Executor {
  private static final Map<Device, Executor> EXECUTORS = new ConcurrentHashMap<>();

  private static final int MOST_SCHEDULES = 256;

  private final Map<GraphKey, Family> schedules =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<GraphKey, Family> eldest) {
          return size() > MOST_SCHEDULES;
        }
      };

  private final Device device;
  private final Workspace workspace;
  private final ReentrantLock turn = new ReentrantLock();

  private Executor(Device device) {
    this.device = device;
    workspace = new Workspace(device);
  }

  static Executor of(Device device) {
    return EXECUTORS.computeIfAbsent(device, Executor::new);
  }

  /// Runs something when none of these devices computes anything else. All take turns in one order, so that nobody waits in a circle.
  static void inTurn(Collection<Device> devices, Runnable action) {
    List<Executor> executors = devices.stream().sorted(Comparator.comparing(Device::name)).map(Executor::of).toList();
    executors.forEach(Executor::takeTurn);
    try {
      action.run();
    } finally {
      executors.forEach(executor -> executor.turn.unlock());
    }
  }

  <T> T inTurn(Supplier<T> action) {
    takeTurn();
    try {
      return action.get();
    } finally {
      turn.unlock();
    }
  }

  private void takeTurn() {
    if (!turn.tryLock()) {
      long start = Activity.begin();
      turn.lock();
      Activity.waited(device, start);
    }
  }

  /// The memory for intermediate results.
  Workspace workspace() {
    return workspace;
  }

  /// How graphs are computed.
  /// @param storages what they read, in the order of the schedule's inputs
  record Plan(Schedule schedule, List<Storage> storages) {}

  /// The schedule of graphs on one device, which is made if their structure was not seen before.
  Plan plan(List<OpNode> outputs) {
    return inTurn(() -> planned(outputs));
  }

  private Plan planned(List<OpNode> outputs) {
    ScheduleEvent event = FlightRecording.schedule();
    long begun = Activity.begin();
    GraphKey key = GraphKey.of(outputs, device);
    Family known = schedules.get(key);
    Family family = known != null ? known : new Family();
    if (known == null) {
      schedules.put(key.withoutData(), family);
    }
    Family.Variant variant = family.find(key.offsets);
    BitSet moving = variant == null ? family.moving(key.offsets) : variant.moving();
    List<Storage> storages = new ArrayList<>(key.storages);
    if (!moving.isEmpty()) {
      storages.add(offsets(moving.stream().mapToLong(place -> key.offsets[place]).toArray()));
    }
    boolean cached = variant != null;
    SourceLines.planned(!cached);
    if (variant == null) {
      long start = System.nanoTime();
      List<OpNode> graphs = moving.isEmpty()
          ? outputs
          : new MovingViews(key.views, moving, OpNode.buffer(storages.getLast())).replaced(outputs);
      Schedule schedule = schedule(Devices.runtime(device).asAllowed(), graphs, storages);
      Recording.made(device, schedule, () -> ParameterNames.of(storages), start);
      variant = new Family.Variant(key.offsets, moving, schedule);
      family.add(variant);
    } else {
      Activity.found(device, variant.schedule().number(), begun);
    }
    if (event != null) {
      event.commit(device, variant.schedule(), cached);
    }
    return new Plan(variant.schedule(), storages);
  }

  /// What a schedule reads that has offsets as data.
  private Storage offsets(long... values) {
    Storage storage = new Storage(DType.INT64, Shape.of(values.length), device);
    long start = Activity.begin();
    storage.fill(Devices.runtime(device).allocator().upload(MemorySegment.ofArray(values)));
    Activity.copied(device, Activity.Way.TO_DEVICE, storage.bytes(), start);
    return storage;
  }

  /// Computes graphs when it is this one's turn ([#inTurn(Collection, Runnable)]); afterwards each has its BUFFER.
  void run(List<OpNode> outputs) {
    Runtime runtime = Devices.runtime(device);
    Plan plan = planned(outputs);
    Schedule schedule = plan.schedule();
    List<Buffer> given = new ArrayList<>();
    for (Storage storage : plan.storages()) {
      // What an ASSIGN writes first has no memory yet.
      Buffer memory = (Buffer) storage.memory();
      given.add(memory != null ? memory : runtime.allocator().allocate(storage.bytes()));
    }
    List<Buffer> results = schedule.run(runtime, workspace, given);
    for (int i = 0; i < outputs.size(); i++) {
      OpNode output = outputs.get(i);
      if (schedule.isInPlace(i)) {
        // The target is a BUFFER, or an earlier ASSIGN that has run.
        Objects.requireNonNull(Realizer.computed(output.input(0))).payload(Storage.class).overwrite();
      }
    }
    Map<Buffer, OpNode> filled = new IdentityHashMap<>();
    for (int i = 0; i < outputs.size(); i++) {
      OpNode output = outputs.get(i);
      output.realizedAs(filled.computeIfAbsent(results.get(i), memory -> Realizer.filled(output, device, memory)));
    }
  }

  private static Schedule schedule(Runtime runtime, List<OpNode> outputs, List<Storage> storages) {
    CompileNotice notice = new CompileNotice();
    Set<Storage> known = Collections.newSetFromMap(new IdentityHashMap<>());
    known.addAll(storages);
    Passes passes = new Passes(runtime.device());
    List<OpNode> graphs = passes.run("expand gradients", outputs, wanted -> Cut.of(wanted, node -> {
      // Derivatives may hold expressions that happen to be computed but were not part of the key.
      OpNode buffer = Realizer.computed(node);
      return buffer == null || !known.contains(buffer.payload(Storage.class)) ? null : buffer;
    }));
    Map<Storage, Integer> slots = new IdentityHashMap<>();
    storages.forEach(storage -> slots.put(storage, slots.size()));
    Map<OpNode, OpNode> params = new HashMap<>();
    List<OpNode> inputs = new ArrayList<>();
    for (Storage storage : storages) {
      OpNode param = OpNode.create(OpCode.PARAM, storage.dtype(), List.of(), new Param(inputs.size(), storage.local()));
      params.put(OpNode.buffer(storage), param);
      inputs.add(param);
    }
    List<OpNode> over = passes.run("bind inputs", graphs, whole -> Partitioner.withAllCollectives(Partitioner.local(whole, params)));
    long unwritten = storages.stream().filter(storage -> storage.memory() == null).mapToLong(Storage::bytes).sum();
    return Scheduler.schedule(runtime, over, inputs, unwritten, notice);
  }
}
