package org.teenygrad.engine.schedule;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.teenygrad.DType;
import org.teenygrad.Device;
import org.teenygrad.Shape;
import org.teenygrad.engine.autodiff.Gradients;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Param;
import org.teenygrad.engine.ir.Storage;
import org.teenygrad.engine.runtime.Buffer;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.Runtime;

/// Computes graphs: from the nodes that somebody wants to the buffers that hold their values.
///
/// A graph whose structure was seen before runs the schedule that was made then: no derivative is taken, nothing is
/// rewritten and nothing compiled.
public final class Realizer {
  private static final int MOST_SCHEDULES = 256;

  private static final Map<GraphKey, Family> SCHEDULES =
      new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<GraphKey, Family> eldest) {
          return size() > MOST_SCHEDULES;
        }
      };

  private Realizer() {}

  /// Computes every node that is not computed yet, all in one schedule; afterwards each one's
  /// [OpNode#realized] is its BUFFER, whose storage has memory on the node's device.
  /// @throws IllegalStateException if a node reads data that a later assignment has overwritten
  public static synchronized void realize(List<OpNode> roots) {
    roots.stream().filter(root -> root.is(OpCode.BUFFER)).forEach(root -> root.realizedAs(root));
    List<OpNode> asked = roots.stream().filter(root -> computed(root) == null).distinct().toList();
    if (asked.isEmpty()) {
      return;
    }
    // Every assignment on the way that has not run is a result too.
    Set<OpNode> results = new LinkedHashSet<>(asked);
    boolean copies = false;
    List<OpNode> reached = reach(asked);
    Set<Device> found = found(reached);
    for (OpNode node : reached) {
      if (computed(node) == null) {
        // What a derivative goes through may be computed already, and be a copy.
        copies |= node.is(OpCode.COPY) || node.is(OpCode.GRADIENT) && found.size() > 1;
        if (node.is(OpCode.ASSIGN)) {
          results.add(node);
        }
      }
    }
    List<OpNode> wanted = List.copyOf(results);
    List<OpNode> graphs = copies ? Placement.copyAcross(cut(wanted)) : wanted;
    Map<Device, Set<OpNode>> byDevice = new LinkedHashMap<>();
    Map<OpNode, Device> devices = copies ? Placement.devices(graphs) : devices(graphs, found);
    for (OpNode graph : graphs) {
      if (computed(graph) == null) {
        Device device = devices.get(graph);
        byDevice.computeIfAbsent(device == null ? Devices.defaultDevice() : device, d -> new LinkedHashSet<>()).add(graph);
      }
    }
    byDevice.forEach((device, outputs) -> run(device, List.copyOf(outputs)));
    for (int i = 0; i < wanted.size(); i++) {
      if (computed(wanted.get(i)) == null) {
        wanted.get(i).realizedAs(Objects.requireNonNull(computed(graphs.get(i))));
      }
    }
  }

  /// All nodes from the roots down to those that are computed.
  private static List<OpNode> reach(List<OpNode> roots) {
    return Graph.topological(roots, node -> computed(node) == null);
  }

  private static Set<Device> found(List<OpNode> reached) {
    Set<Device> found = new HashSet<>();
    for (OpNode node : reached) {
      OpNode buffer = node.is(OpCode.BUFFER) ? node : computed(node);
      if (buffer != null) {
        found.add(device(buffer));
      }
    }
    return found;
  }

  /// The device of each root; expressions of constants alone have none.
  private static Map<OpNode, Device> devices(List<OpNode> roots, Set<Device> found) {
    if (found.size() > 1) {
      // A constant expression may have been computed on another device than the one it is wanted on now.
      return Placement.devices(roots);
    }
    Map<OpNode, Device> same = new IdentityHashMap<>();
    found.forEach(device -> roots.forEach(root -> same.put(root, device)));
    return same;
  }

  private static Device device(OpNode buffer) {
    return buffer.payload(Storage.class).device();
  }

  /// The BUFFER of a node whose value is still there, or null. A BUFFER is its own.
  static @Nullable OpNode computed(OpNode node) {
    OpNode buffer = node.is(OpCode.BUFFER) ? node : node.realized();
    return buffer == null || buffer.payload(Storage.class).memory() == null ? null : buffer;
  }

  /// As [#computed(OpNode)], if the value is on that device and worth reading. A constant is none of those: that somebody once computed a 1 makes
  /// no other kernel that adds 1 read it from memory.
  static @Nullable OpNode computed(OpNode node, Device device) {
    OpNode buffer = computed(node);
    return buffer == null || isFilled(node) || !device(buffer).equals(device) ? null : buffer;
  }

  /// Whether all elements are one CONST.
  private static boolean isFilled(OpNode node) {
    OpNode value = node;
    while (value.is(OpCode.RESHAPE) || value.is(OpCode.EXPAND)) {
      value = value.input(0);
    }
    return value.is(OpCode.CONST);
  }

  /// How graphs are computed.
  /// @param storages what they read, in the order of the schedule's inputs
  record Plan(Schedule schedule, List<Storage> storages) {}

  /// The schedule of graphs on one device, which is made if their structure was not seen before.
  static synchronized Plan plan(Device device, List<OpNode> outputs) {
    ScheduleEvent event = FlightRecording.schedule();
    GraphKey key = GraphKey.of(outputs, device);
    Family family = SCHEDULES.computeIfAbsent(key, k -> new Family());
    Family.Variant variant = family.find(key.offsets);
    BitSet moving = variant == null ? family.moving(key.offsets) : variant.moving();
    List<Storage> storages = new ArrayList<>(key.storages);
    if (!moving.isEmpty()) {
      storages.add(offsets(device, moving.stream().mapToLong(place -> key.offsets[place]).toArray()));
    }
    boolean cached = variant != null;
    if (variant == null) {
      long start = System.nanoTime();
      List<OpNode> graphs = moving.isEmpty()
          ? outputs
          : new MovingViews(key.views, moving, OpNode.buffer(storages.getLast())).replaced(outputs);
      Schedule schedule = schedule(Devices.runtime(device).asAllowed(), graphs, storages);
      Recording.made(schedule, System.nanoTime() - start);
      variant = new Family.Variant(key.offsets, moving, schedule);
      family.add(variant);
    }
    if (event != null) {
      event.commit(device, variant.schedule(), cached);
    }
    return new Plan(variant.schedule(), storages);
  }

  /// What a schedule reads that has offsets as data.
  private static Storage offsets(Device device, long... values) {
    Storage storage = new Storage(DType.INT64, Shape.of(values.length), device);
    storage.fill(Devices.runtime(device).allocator().upload(MemorySegment.ofArray(values)));
    return storage;
  }

  private static void run(Device device, List<OpNode> outputs) {
    Runtime runtime = Devices.runtime(device);
    Plan plan = plan(device, outputs);
    Schedule schedule = plan.schedule();
    List<Buffer> given = new ArrayList<>();
    for (Storage storage : plan.storages()) {
      // What an ASSIGN writes first has no memory yet.
      Buffer memory = (Buffer) storage.memory();
      given.add(memory != null ? memory : runtime.allocator().allocate(storage.bytes()));
    }
    List<Buffer> results = schedule.run(runtime, Workspace.of(device), given);
    for (int i = 0; i < outputs.size(); i++) {
      OpNode output = outputs.get(i);
      if (schedule.isInPlace(i)) {
        // The target is a BUFFER, or an earlier ASSIGN that has run.
        Objects.requireNonNull(computed(output.input(0))).payload(Storage.class).overwrite();
      }
    }
    Map<Buffer, OpNode> filled = new IdentityHashMap<>();
    for (int i = 0; i < outputs.size(); i++) {
      OpNode output = outputs.get(i);
      output.realizedAs(filled.computeIfAbsent(results.get(i), memory -> filled(output, device, memory)));
    }
  }

  private static Schedule schedule(Runtime runtime, List<OpNode> outputs, List<Storage> storages) {
    CompileNotice notice = new CompileNotice();
    Set<Storage> known = Collections.newSetFromMap(new IdentityHashMap<>());
    known.addAll(storages);
    List<OpNode> graphs = cut(outputs, node -> {
      // Derivatives may hold expressions that happen to be computed but were not part of the key.
      OpNode buffer = computed(node);
      return buffer == null || !known.contains(buffer.payload(Storage.class)) ? null : buffer;
    });
    Map<Storage, Integer> slots = new IdentityHashMap<>();
    storages.forEach(storage -> slots.put(storage, slots.size()));
    Map<OpNode, OpNode> params = new HashMap<>();
    List<OpNode> inputs = new ArrayList<>();
    for (Storage storage : storages) {
      OpNode param = OpNode.create(OpCode.PARAM, storage.dtype(), List.of(), new Param(inputs.size(), storage.local()));
      params.put(OpNode.buffer(storage), param);
      inputs.add(param);
    }
    List<OpNode> over = Partitioner.withAllCollectives(Partitioner.local(graphs, params));
    long unwritten = storages.stream().filter(storage -> storage.memory() == null).mapToLong(Storage::bytes).sum();
    return Scheduler.schedule(runtime, over, inputs, unwritten, notice);
  }

  /// The graphs over buffers only, where they span devices.
  private static List<OpNode> cut(List<OpNode> roots) {
    Map<OpNode, Device> devices = Placement.devices(roots);
    return cut(roots, node -> node.is(OpCode.BUFFER) || devices.get(node) != null ? computed(node) : null);
  }

  /// The graphs over buffers only: what is computed already is cut off, and the derivatives are spelled
  /// out.
  private static List<OpNode> cut(List<OpNode> roots, Replacement computed) {
    List<OpNode> assigned = substitute(roots, node -> node.is(OpCode.ASSIGN) ? computed(node) : null);
    List<OpNode> cut = substitute(Gradients.expand(assigned), computed);
    cut.forEach(Realizer::checkReadable);
    for (OpNode node : Graph.topological(cut)) {
      for (int i = node.is(OpCode.ASSIGN) ? 1 : 0; i < node.inputs().size(); i++) {
        checkReadable(node.input(i));
      }
    }
    return cut;
  }

  private interface Replacement {
    @Nullable OpNode of(OpNode node);
  }

  /// The roots with nodes replaced, from the top: nothing below a replaced node is looked at. A node
  /// that is rebuilt keeps what is known of its value.
  private static List<OpNode> substitute(List<OpNode> roots, Replacement replacement) {
    Map<OpNode, OpNode> changed = new IdentityHashMap<>();
    for (OpNode node : Graph.topological(roots, n -> replacement.of(n) == null)) {
      OpNode replaced = replacement.of(node);
      if (replaced == null) {
        replaced = node.withInputs(node.inputs().stream().map(n -> Objects.requireNonNull(changed.get(n))).toList());
        OpNode buffer = computed(node);
        if (buffer != null && computed(replaced) == null) {
          replaced.realizedAs(buffer);
        }
      }
      changed.put(node, replaced);
    }
    return roots.stream().map(root -> Objects.requireNonNull(changed.get(root))).toList();
  }

  private static void checkReadable(OpNode node) {
    if (!node.is(OpCode.BUFFER)) {
      return;
    }
    Storage storage = node.payload(Storage.class);
    if (storage.overwritten()) {
      throw new IllegalStateException(
          "the data of " + storage + " was overwritten by an assignment before this expression read it;"
              + " realize the expression before the assignment, or copy the tensor first");
    }
    if (storage.memory() == null) {
      throw new IllegalStateException("the data of " + storage + " was never written");
    }
  }

  /// A BUFFER for a node's value, in memory that holds it.
  static OpNode filled(OpNode node, Device device, Buffer memory) {
    Storage storage = new Storage(node.dtype(), node.shape(), device, node.sharding());
    storage.fill(memory);
    return OpNode.buffer(storage);
  }
}
