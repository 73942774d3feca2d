package org.teenygrad.engine.schedule;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.IntFunction;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.teenygrad.engine.codegen.KernelDescription;
import org.teenygrad.engine.codegen.Plans;
import org.teenygrad.engine.ir.Algebra;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Param;
import org.teenygrad.engine.ir.Validator;
import org.teenygrad.engine.runtime.Activity;
import org.teenygrad.engine.runtime.Debug;
import org.teenygrad.engine.runtime.Exchange;
import org.teenygrad.engine.runtime.Kernel;
import org.teenygrad.engine.runtime.MemoryBudget;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Runtime;
import org.teenygrad.engine.runtime.Sequence;
import org.teenygrad.engine.runtime.Target;

/// From a graph over PARAMs to a [Schedule]: simplify, fuse, lower, merge, order, place in memory, compile.
final class Scheduler {
  /// Kernels by device and by what their launches do, for all schedules: two layers of a model share theirs.
  private static final Map<Runtime, Map<List<OpNode>, Compiled>> COMPILED = new ConcurrentHashMap<>();

  /// A program whose shapes change all the time does not keep every kernel that it ever had.
  private static final int MOST_KERNELS = 4096;

  private record Compiled(Program program, Kernel kernel) {}

  private final Runtime runtime;
  private final Target target;
  private final Plans plans;
  private final int inputs;
  private final long unwrittenBytes;
  private final CompileNotice notice;
  private final Passes passes;
  private List<Group> groups = List.of();
  private final Map<OpNode, Integer> slots = new HashMap<>();
  private final List<OpNode> slotNodes = new ArrayList<>();

  private Scheduler(Runtime runtime, Target target, int inputs, long unwrittenBytes, CompileNotice notice) {
    this.runtime = runtime;
    this.target = target;
    plans = new Plans(target);
    passes = new Passes(runtime.device());
    this.inputs = inputs;
    this.unwrittenBytes = unwrittenBytes;
    this.notice = notice;
  }

  /// @param graphs what is wanted, over PARAMs 0.. for the inputs; no GRADIENT, no COPY
  /// @param params the inputs
  /// @param unwrittenBytes those of inputs that have no memory yet
  /// @param notice hears of each step
  /// @throws org.teenygrad.OutOfMemoryException if the device has no room for what the schedule needs; nothing has been compiled then
  static Schedule schedule(Runtime runtime, List<OpNode> graphs, List<OpNode> params, long unwrittenBytes, CompileNotice notice) {
    return switch (runtime.target()) {
      case Target.Graphs whole -> asOneProgram(runtime, graphs, params);
      case Target.Cpu _, Target.Gpu _ -> new Scheduler(runtime, runtime.target(), params.size(), unwrittenBytes, notice).schedule(graphs, params);
    };
  }

  /// For devices that take graphs as they are.
  private static Schedule asOneProgram(Runtime runtime, List<OpNode> graphs, List<OpNode> params) {
    List<Schedule.Place> places = new ArrayList<>();
    params.forEach(param -> places.add(new Schedule.Place.Input()));
    Map<OpNode, OpNode> moved = new IdentityHashMap<>();
    List<Integer> arguments = new ArrayList<>();
    List<Integer> outputs = new ArrayList<>();
    for (OpNode graph : graphs) {
      outputs.add(places.size());
      arguments.add(places.size());
      places.add(new Schedule.Place.Output(bytes(graph)));
    }
    for (OpNode param : params) {
      int slot = param.payload(Param.class).slot();
      moved.put(param, OpNode.create(OpCode.PARAM, param.dtype(), List.of(), new Param(arguments.size(), param.shape())));
      arguments.add(slot);
    }
    OpNode sink = Graph.substitute(OpNode.of(OpCode.SINK, null, graphs), moved);
    Program program = new Program("graph", sink, "", new Program.Launch(1, 1, 0), new Program.Work(0, 0));
    Debug.graphs(() -> "graph", List.of(sink));
    List<Binding.Argument> run = arguments.stream().map(slot -> new Binding.Argument(slot, 0)).toList();
    var item = new Schedule.ExecItem(program, runtime.compiler().compile(program), List.of(run));
    return Schedule.of(List.of(item), sequence(runtime, List.of(item), places), params.size(), outputs, places, 0, new Schedule.Compilation(1, 0));
  }

  private static Sequence sequence(Runtime runtime, List<Schedule.ExecItem> items, List<Schedule.Place> places) {
    return runtime.compiler().sequence(items.stream().map(Schedule.ExecItem::kernel).toList(), () -> Hazards.of(items, places));
  }

  private static long bytes(OpNode node) {
    return node.shape().elements() * node.dtype().bytes();
  }

  private Schedule schedule(List<OpNode> graphs, List<OpNode> params) {
    Debug.graphs(() -> "graph", graphs);
    List<OpNode> simple = passes.run("give results memory", simplified(graphs), found -> withMemoryOfTheirOwn(graphs, found));
    Debug.graphs(() -> "graph, simplified", simple);
    assert areTensors(simple);
    Supplier<String> planning = () -> String.format(Locale.ROOT, "planning %,d operations for %s", Graph.topological(simple).size(), runtime.device());
    notice.during(planning);
    for (OpNode param : params) {
      slots.put(param, slotNodes.size());
      slotNodes.add(param);
    }
    Set<OpNode> sinks = new LinkedHashSet<>();
    for (OpNode node : simple) {
      if (!Fusion.isLoaded(node)) {
        sinks.add(node);
      }
    }
    long began = Activity.begin();
    List<Binding> bound = kernels(simple, sinks, () -> notice.during(planning));
    Set<Integer> wanted = slotsOf(simple);
    Map<Integer, Integer> inPlace = InPlace.find(bound.stream().map(Binding::kernel).toList(), simple, slots);
    List<Binding> busy = bound.stream().filter(kernel -> !InPlace.isIdle(kernel.kernel(), inPlace)).toList();
    Map<Integer, Long> temporary = new HashMap<>();
    IntStream.range(inputs, slotNodes.size()).filter(slot -> !wanted.contains(slot) && !inPlace.containsKey(slot))
        .forEach(slot -> temporary.put(slot, bytes(slotNodes.get(slot))));
    List<List<Binding>> launches = LaunchOrder.of(busy, inPlace, temporary, plans);
    Memory memory = memory(launches, wanted, inPlace);
    requireRoom(memory, launches);
    long formed = began == 0 ? 0 : System.nanoTime() - began;
    Schedule.Compilation compilation = compileAll(launches);
    if (began != 0) {
      Activity.tell(new Activity.Fused(runtime.device(), simple, FusedGraph.launches(launches, groups, slots, this::program), began, formed));
    }
    return assemble(launches, simple, memory, compilation);
  }

  private Set<Integer> slotsOf(List<OpNode> nodes) {
    Set<Integer> numbers = new HashSet<>();
    nodes.forEach(node -> numbers.add(slots.get(node)));
    return numbers;
  }

  /// The kernels that compute the sinks. Attention relies on scores being computed anew in each kernel that makes one pass over
  /// them; a kernel that turns out not to be one, for want of registers, is made again from scores in memory.
  private List<Binding> kernels(List<OpNode> results, Set<OpNode> sinks, Runnable onEachStep) {
    Set<OpNode> keeping = new HashSet<>();
    Set<OpNode> whole = new HashSet<>();
    while (true) {
      List<KernelGraph> kernels = new ArrayList<>(lower(sinks, keeping));
      AcrossScores across = AcrossScores.cut(kernels, slotsOf(List.copyOf(whole)), target, this::newSlot);
      assert areKernels(kernels);
      onEachStep.run();
      Set<Integer> wanted = slotsOf(results);
      Set<Integer> assigned = slotsOf(results.stream().filter(result -> result.is(OpCode.ASSIGN)).toList());
      List<KernelGraph> merged = across.wanted(Merging.merge(kernels, wanted, assigned, across, target, plans));
      assert areKernels(merged);
      List<KernelGraph> computing = Prologues.apply(merged, wanted, plans);
      assert areKernels(computing);
      onEachStep.run();
      List<KernelGraph> canonical = Concatenation.apply(computing.parallelStream().map(Ranges::canonical).toList(),
          slot -> slot >= inputs && !wanted.contains(slot) && !slotNodes.get(slot).is(OpCode.ASSIGN));
      assert areKernels(canonical);
      List<Binding> bound = canonical.stream().map(Binding::of).toList();
      boolean changed = merged.stream().filter(across::isAlone).map(kernel -> slotNodes.get(across.result(kernel))).filter(whole::add).count() > 0;
      for (Binding kernel : bound) {
        Set<OpNode> computed = kernel.kernel().rematerializing();
        if (!computed.isEmpty() && plans.tiles(kernel.sink()).isEmpty() && !plans.isFusedAttention(kernel.sink())) {
          changed |= keeping.addAll(computed);
        }
      }
      if (!changed) {
        return bound;
      }
    }
  }

  /// Memory for what is in no graph.
  /// @param held of the new slot's number a PARAM of that number, which is no input's
  private OpNode newSlot(IntFunction<OpNode> held) {
    OpNode node = held.apply(slotNodes.size());
    slotNodes.add(node);
    return node;
  }

  private List<OpNode> simplified(List<OpNode> graphs) {
    List<OpNode> simple = passes.run("leave out copies", graphs, Scheduler::withoutCopies);
    simple = passes.run("simplify", simple, Algebra::simplify);
    simple = passes.run("empty tensors", simple, EmptyTensors::apply);
    simple = passes.run("cut chains of views", simple, ViewChains::cut);
    simple = passes.run("separate products", simple, SeparateProducts::apply);
    simple = passes.run("lay out windows", simple, now -> WindowLayout.apply(now, target));
    simple = passes.run("lay out along inner dimensions", simple, now -> InnerLayout.apply(now, target));
    simple = passes.run("split scans", simple, now -> SplitScans.apply(now, target));
    simple = passes.run("sum scatters", simple, now -> ScatterSums.apply(now, target));
    simple = passes.run("split sorts", simple, now -> SplitSorts.apply(now, target));
    simple = passes.run("split keys", simple, now -> SplitKeys.apply(now, target));
    return passes.run("split reductions", simple, now -> SplitReductions.apply(now, target));
  }

  private Program program(List<Binding> launch) {
    return Objects.requireNonNull(Objects.requireNonNull(COMPILED.get(runtime)).get(sinks(launch))).program;
  }

  /// What is left of COPYs brings constants to a device, where they are at home already.
  private static List<OpNode> withoutCopies(List<OpNode> graphs) {
    Map<OpNode, OpNode> changed = Graph.map(graphs, node -> node.is(OpCode.COPY) ? node.input(0) : node);
    return graphs.stream().map(graph -> Objects.requireNonNull(changed.get(graph))).toList();
  }

  /// The results, those as copies that turned out to be an input or an assignment's data: `w * 1` computed now is
  /// still what it was when `w` is overwritten later.
  private static List<OpNode> withMemoryOfTheirOwn(List<OpNode> asked, List<OpNode> simple) {
    List<OpNode> results = new ArrayList<>();
    for (int i = 0; i < simple.size(); i++) {
      OpNode result = simple.get(i);
      boolean shared = Fusion.isLoaded(result) || result.is(OpCode.ASSIGN) && !asked.get(i).is(OpCode.ASSIGN);
      results.add(shared ? OpNode.of(OpCode.CONTIGUOUS, result) : result);
    }
    return results;
  }

  // What each pass leaves behind is checked where assertions are on, as in tests.

  private static boolean areTensors(List<OpNode> graphs) {
    Validator.expanded(graphs);
    return true;
  }

  private boolean areKernels(List<KernelGraph> kernels) {
    kernels.forEach(kernel -> Validator.kernel(OpNode.of(OpCode.SINK, null, kernel.stores())));
    Set<Integer> written = new HashSet<>();
    kernels.forEach(kernel -> written.addAll(kernel.writes()));
    return kernels.stream().allMatch(kernel -> kernel.reads().stream().allMatch(slot -> slot < inputs || written.contains(slot)));
  }

  private List<KernelGraph> lower(Collection<OpNode> sinks, Set<OpNode> keeping) {
    slotNodes.subList(inputs, slotNodes.size()).forEach(slots::remove);
    slotNodes.subList(inputs, slotNodes.size()).clear();
    for (OpNode sink : sinks) {
      if (sink.shape().elements() == 0) {
        slots.put(sink, slotNodes.size());
        slotNodes.add(sink);
      }
    }
    groups = Fusion.groups(sinks.stream().filter(sink -> sink.shape().elements() > 0).toList(), target, keeping);
    for (Group group : groups) {
      slots.put(group.root, slotNodes.size());
      slotNodes.add(group.root);
    }
    return groups.parallelStream()
        .flatMap(group -> Lowering.kernels(group, node -> Objects.requireNonNull(slots.get(node), node::toString)).stream()).toList();
  }

  /// The graphs that a launch's code is made for: all of them where it takes all buffers at once.
  private List<OpNode> sinks(List<Binding> launch) {
    return target instanceof Target.Gpu ? launch.stream().map(Binding::sink).toList() : List.of(launch.getFirst().sink());
  }

  private Schedule.Compilation compileAll(List<List<Binding>> launches) {
    long start = System.nanoTime();
    Map<List<OpNode>, Compiled> compiled = COMPILED.computeIfAbsent(runtime, r -> new ConcurrentHashMap<>());
    if (compiled.size() > MOST_KERNELS) {
      // Schedules keep the kernels that they use.
      compiled.clear();
    }
    List<List<OpNode>> fresh = launches.stream().map(this::sinks).distinct().filter(sinks -> !compiled.containsKey(sinks)).toList();
    Supplier<String> compiling = () -> String.format(Locale.ROOT, "compiling %,d kernels for %s", fresh.size(), runtime.device());
    fresh.parallelStream().forEach(sinks -> {
      notice.during(compiling);
      long began = Activity.begin();
      Program program = plans.program(sinks);
      Debug.graphs(() -> "kernel " + program.name() + ": " + program.description(), sinks.stream().distinct().toList());
      compiled.put(sinks, new Compiled(program, Exchange.is(program) ? Exchange.of(program) : runtime.compiler().compile(program)));
      Activity.compiled(runtime.device(), program, began);
      notice.during(compiling);
    });
    return new Schedule.Compilation(fresh.size(), System.nanoTime() - start);
  }

  /// Where the data of each slot is.
  private record Memory(List<Schedule.Place> places, long workspaceBytes) {
    /// The results that do not take over the memory of inputs.
    long resultBytes() {
      return places.stream().mapToLong(place -> place instanceof Schedule.Place.Output output ? output.bytes() : 0).sum();
    }
  }

  /// @throws org.teenygrad.OutOfMemoryException if the device has less than the schedule needs
  private void requireRoom(Memory memory, List<List<Binding>> launches) {
    long results = unwrittenBytes + memory.resultBytes();
    long more = results + Math.max(0, memory.workspaceBytes() - Executor.of(runtime.device()).workspace().bytes());
    runtime.allocator().requireRoom(more, () -> String.format(Locale.ROOT,
        "%s for what is computed on the way, %s for results; %s",
        MemoryBudget.text(memory.workspaceBytes()), MemoryBudget.text(results), largest(launches)));
  }

  /// The largest tensor that is written, and by what.
  private String largest(List<List<Binding>> launches) {
    long most = -1;
    String text = "nothing is written";
    for (Binding bound : launches.stream().flatMap(List::stream).toList()) {
      for (int slot : bound.kernel().writes()) {
        OpNode node = slotNodes.get(slot);
        if (bytes(node) > most) {
          most = bytes(node);
          text = String.format(Locale.ROOT, "the largest is %s%s of: %s",
              node.dtype(), node.shape(), KernelDescription.of(bound.sink()));
        }
      }
    }
    return text;
  }

  private Memory memory(List<List<Binding>> launches, Set<Integer> wanted, Map<Integer, Integer> inPlace) {
    Map<Integer, Integer> first = new HashMap<>();
    Map<Integer, Integer> last = new HashMap<>();
    int[] ends = InFlight.ends(launches, slot -> bytes(slotNodes.get(slot)));
    for (int i = 0; i < launches.size(); i++) {
      for (Binding bound : launches.get(i)) {
        for (int slot : bound.slots()) {
          first.putIfAbsent(slot, i);
          last.merge(slot, ends[i], Math::max);
        }
      }
    }
    List<MemoryPlan.Life> lives = new ArrayList<>();
    Map<Integer, Schedule.Place> places = new LinkedHashMap<>();
    for (int slot = 0; slot < slotNodes.size(); slot++) {
      if (slot < inputs) {
        places.put(slot, new Schedule.Place.Input());
      } else if (inPlace.containsKey(slot)) {
        places.put(slot, new Schedule.Place.InPlace(Objects.requireNonNull(inPlace.get(slot))));
      } else if (wanted.contains(slot)) {
        places.put(slot, new Schedule.Place.Output(bytes(slotNodes.get(slot))));
      } else if (first.containsKey(slot)) {
        lives.add(new MemoryPlan.Life(slot, bytes(slotNodes.get(slot)), Objects.requireNonNull(first.get(slot)), Objects.requireNonNull(last.get(slot))));
      }
    }
    MemoryPlan plan = MemoryPlan.of(lives);
    List<Schedule.Place> all = new ArrayList<>();
    for (int slot = 0; slot < slotNodes.size(); slot++) {
      all.add(places.getOrDefault(slot, new Schedule.Place.Temporary(plan.offset(slot), bytes(slotNodes.get(slot)))));
    }
    return new Memory(all, plan.bytes());
  }

  private Schedule assemble(List<List<Binding>> launches, List<OpNode> results, Memory memory, Schedule.Compilation compilation) {
    Map<List<OpNode>, Compiled> compiled = Objects.requireNonNull(COMPILED.get(runtime));
    List<Schedule.ExecItem> items = new ArrayList<>();
    List<Schedule.Place> places = new ArrayList<>(memory.places());
    Binding.Argument exchange = new Binding.Argument(places.size(), 0);
    long exchanged = 0;
    for (List<Binding> launch : launches) {
      Compiled code = Objects.requireNonNull(compiled.get(sinks(launch)));
      Stream<List<Binding.Argument>> lists = launch.stream().map(Binding::arguments);
      exchanged = Math.max(exchanged, code.program.exchangeBytes());
      items.add(new Schedule.ExecItem(code.program, code.kernel,
          (code.program.exchangeBytes() == 0 ? lists : lists.map(list -> Stream.concat(list.stream(), Stream.of(exchange)).toList())).toList()));
    }
    if (exchanged > 0) {
      places.add(new Schedule.Place.Exchange(exchanged));
    }
    List<Integer> outputs = results.stream().map(slots::get).toList();
    return Schedule.of(items, sequence(runtime, items, places), inputs, outputs, places, memory.workspaceBytes(), compilation);
  }
}
