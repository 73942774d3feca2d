package org.teenygrad.web.compiler;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Device;
import org.teenygrad.engine.codegen.Plans;
import org.teenygrad.engine.ir.Graph;
import org.teenygrad.engine.ir.ModulePaths;
import org.teenygrad.engine.ir.OpCode;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Param;
import org.teenygrad.engine.ir.Printer;
import org.teenygrad.engine.runtime.Activity;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Runtime;
import org.teenygrad.engine.runtime.Target;
import org.teenygrad.engine.schedule.Replanning;
import org.teenygrad.nanochat.json.Json;

/// The latest schedules that were made: what each pass did to their graphs, which kernels came of them, and their code.
public final class Compilations implements Activity.Watcher {
  private static final int MOST = 40;

  /// GPUs that need not be there, for which any schedule may be made once more: devices of their own, so that nobody takes them for what a program computes with.
  private static final List<Device> PLANNED = List.of(Device.of("null-h200:plan"), Device.of("null-a100:plan"));

  /// The pass whose graphs are over inputs alone, whatever the device.
  private static final String BOUND = "bind inputs";

  /// What is on its way in each thread: a schedule is planned by one.
  private final Map<Thread, Pending> pending = new HashMap<>();

  private final List<Compilation> made = new ArrayList<>();
  private final Values values = new Values(MOST);
  private final Map<List<Integer>, Integer> planned = new HashMap<>();
  private int count;

  private final Function<StackTraceElement, String> lines;

  /// Those of a program, whose lines are called as their files are.
  public Compilations() {
    this(frame -> frame.getFileName() + ":" + frame.getLineNumber());
  }

  /// @param lines says which line of a program something is
  public Compilations(Function<StackTraceElement, String> lines) {
    this.lines = lines;
  }

  private static final class Pending {
    private final List<Activity.Passed> passes = new ArrayList<>();
    private Activity.@Nullable Fused fused;
  }

  /// @param number of the schedule, from 0 in the order in which they were made
  private record Compilation(int number, List<Activity.Passed> passes, Activity.Fused fused, Activity.Scheduled scheduled) {
    Device device() {
      return scheduled.device();
    }

    /// What modules call the parameters in a graph, without the name of the module that all are in.
    Map<OpNode, String> names(List<OpNode> nodes) {
      List<String> all = scheduled.inputs();
      Set<String> roots = all.stream().filter(name -> !name.isEmpty()).map(name -> name.substring(0, name.indexOf('.'))).collect(Collectors.toSet());
      Map<OpNode, String> names = new HashMap<>();
      for (OpNode node : nodes) {
        int slot = node.is(OpCode.PARAM) ? node.payload(Param.class).slot() : all.size();
        if (slot < all.size() && !all.get(slot).isEmpty()) {
          names.put(node, roots.size() > 1 ? all.get(slot) : all.get(slot).substring(all.get(slot).indexOf('.') + 1));
        }
      }
      return names;
    }
  }

  /// Whether something happened only because a reader asked what another machine would do.
  public static boolean isPlanned(Activity.Event event) {
    return PLANNED.contains(event.device());
  }

  @Override
  public void happened(Activity.Event event) {
    if (event instanceof Activity.Launched launched) {
      values.launched(launched);
    } else if (event instanceof Activity.Ran ran) {
      values.ran(ran);
    } else if (!isPlanned(event)) {
      keep(event);
    }
  }

  @Override
  public boolean wantsLaunches(long schedule) {
    return values.wantsLaunches(schedule);
  }

  private synchronized void keep(Activity.Event event) {
    switch (event) {
      case Activity.Passed passed -> {
        Pending here = pending.computeIfAbsent(Thread.currentThread(), _ -> new Pending());
        if (here.fused != null) {
          here.passes.clear(); // the schedule before failed
          here.fused = null;
        }
        here.passes.add(passed);
      }
      case Activity.Fused fused -> pending.computeIfAbsent(Thread.currentThread(), _ -> new Pending()).fused = fused;
      case Activity.Scheduled scheduled when scheduled.made() != null -> {
        Pending here = pending.remove(Thread.currentThread());
        if (here != null && here.fused != null) {
          made.add(new Compilation(count++, List.copyOf(here.passes), here.fused, scheduled));
          if (made.size() > MOST) {
            made.removeFirst();
          }
          values.made(scheduled.schedule(), here.fused, Graph.topological(here.fused.graph()));
        }
      }
      default -> {}
    }
  }

  /// Forgets all.
  public synchronized void clear() {
    made.clear();
    planned.clear();
    values.clear();
    pending.clear();
  }

  /// What a view asks for.
  /// @param what `schedules`; of a schedule `pass` or `kernels`, `code` of a kernel, `value` of a node, or `plan` for another machine
  /// @param schedule its number
  /// @param index which pass, which launch, which node, or which machine: 0 for an H200, 1 for an A100
  /// @throws IllegalArgumentException if there is no such thing
  public Map<String, @Nullable Object> answer(String what, int schedule, int index) {
    return switch (what) {
      case "schedules" -> schedules();
      case "plan" -> Json.members("number", planFor(schedule, index));
      case "pass" -> PassView.of(at(of(schedule).passes(), index, "pass"), lines);
      case "kernels" -> kernels(of(schedule));
      case "code" -> code(of(schedule), at(of(schedule).fused().launches(), index, "launch").program());
      case "value" -> value(of(schedule), index);
      default -> throw new IllegalArgumentException("there is no " + what + " to ask for");
    };
  }

  /// Makes a schedule once more, for a GPU that need not be there.
  /// @return its number
  private int planFor(int schedule, int gpu) {
    Compilation original = of(schedule);
    Device device = at(PLANNED, gpu, "machine");
    synchronized (this) {
      Integer known = planned.get(List.of(schedule, gpu));
      if (known != null && made.stream().anyMatch(each -> each.number() == known)) {
        return known;
      }
    }
    List<OpNode> graphs = original.passes().stream().filter(pass -> pass.pass().equals(BOUND)).findFirst().map(Activity.Passed::after)
        .orElseThrow(() -> new IllegalArgumentException("schedule " + schedule + " was planned for another machine itself"));
    Thread self = Thread.currentThread();
    try (Activity.Watching _ = Activity.watch(event -> {
      if (event.device().equals(device) && Thread.currentThread() == self) {
        keep(event);
      }
    })) {
      Replanning.plan(Devices.runtime(device), graphs, original.scheduled().inputs());
    }
    synchronized (this) {
      planned.put(List.of(schedule, gpu), count - 1);
      return count - 1;
    }
  }

  private synchronized Compilation of(int schedule) {
    return made.stream().filter(each -> each.number() == schedule).findFirst()
        .orElseThrow(() -> new IllegalArgumentException("schedule " + schedule + " is no longer kept: there are the latest " + MOST));
  }

  private static <T> T at(List<T> list, int index, String what) {
    if (index < 0 || index >= list.size()) {
      throw new IllegalArgumentException("there is no " + what + " " + index);
    }
    return list.get(index);
  }

  private synchronized Map<String, @Nullable Object> schedules() {
    return Json.members("schedules", made.stream().map(Compilations::summary).toList());
  }

  /// `an H200`, for one that need not be there.
  private static String name(Device device) {
    return PLANNED.contains(device) ? device.name().replaceFirst("null-(\\w+):.*", "$1").toUpperCase(Locale.ROOT) + " (planned)" : device.toString();
  }

  private static Map<String, @Nullable Object> summary(Compilation each) {
    var facts = Objects.requireNonNull(each.scheduled().made());
    return Json.members("number", each.number(), "device", name(each.device()), "millis", facts.nanos() / 1e6, "codeMillis", facts.compileNanos() / 1e6,
        "launches", facts.launches(), "kernels", facts.kernels(), "compiled", facts.compiled(), "workspaceBytes", facts.workspaceBytes(),
        "results", each.fused().graph().stream().limit(3).map(node -> node.dtype() + "" + node.shape()).toList(), "resultCount", each.fused().graph().size(), "planned", PLANNED.contains(each.device()),
        "passes", each.passes().stream().map(PassView::summary).toList());
  }

  private Map<String, @Nullable Object> kernels(Compilation each) {
    Map<OpNode, Integer> numbers = new HashMap<>();
    List<Map<String, @Nullable Object>> told = new ArrayList<>();
    for (Printer.Line line : Printer.lines(each.fused().graph())) {
      numbers.put(line.node(), told.size());
      told.add(PassView.line(line, "", lines));
    }
    addModules(each, numbers, told);
    List<Object> launches = each.fused().launches().stream().map(launch -> (Object) launch(launch, numbers)).toList();
    List<Object> memory = each.scheduled().memory().stream().map(part -> (Object) List.of(part.offset(), part.bytes(), part.first(), part.last())).toList();
    return Json.members("graph", told, "launches", launches, "memory", memory, "workspaceBytes", Objects.requireNonNull(each.scheduled().made()).workspaceBytes());
  }

  /// In which modules nodes are, what their parameters are called, and which node has the gradient of another.
  private static void addModules(Compilation each, Map<OpNode, Integer> numbers, List<Map<String, @Nullable Object>> told) {
    List<OpNode> nodes = Graph.topological(each.fused().graph());
    Map<OpNode, String> names = each.names(nodes);
    ModulePaths paths = ModulePaths.of(nodes, names);
    numbers.forEach((node, number) -> {
      Map<String, @Nullable Object> line = told.get(number);
      line.put("path", paths.of(node));
      line.put("name", names.get(node));
      OpNode gradient = paths.gradient(node);
      line.put("gradient", gradient == null ? null : numbers.get(gradient));
    });
  }

  private static Map<String, @Nullable Object> launch(Activity.Launch launch, Map<OpNode, Integer> numbers) {
    Program program = launch.program();
    List<Object> parts = new ArrayList<>();
    for (Activity.Part part : launch.parts()) {
      parts.add(Json.members("root", numbers.get(part.root()), "what", part.root().op() + " " + part.root().dtype() + part.root().shape(), "reason", part.reason(), "operations", part.operations(),
          "largeReads", part.largeReads(), "nodes", part.nodes().stream().map(numbers::get).filter(Objects::nonNull).sorted().toList()));
    }
    return Json.members("name", program.name(), "description", program.description(), "runs", launch.runs(), "flops", program.work().flops(), "bytes", program.work().bytes(), "items", program.launch().items(),
        "threads", program.launch().threads(), "scratchBytes", program.launch().scratchBytes(), "parts", parts);
  }

  /// A kernel on its way to the machine, as texts.
  private static Map<String, @Nullable Object> code(Compilation each, Program program) {
    Runtime runtime = Devices.runtime(each.device());
    List<Object> steps = new ArrayList<>();
    steps.add(step("Kernel", Printer.text(List.of(program.graph()))));
    if (!program.source().isEmpty()) {
      steps.add(step("In operations of the machine", Printer.text(List.of(new Plans(runtime.target()).written(program.graph())))));
      steps.add(step("LLVM IR", program.source()));
      String assembly = runtime.compiler().assembly(program);
      if (!assembly.isEmpty()) {
        steps.add(step(runtime.target() instanceof Target.Gpu ? "PTX" : "Assembly", assembly));
      }
    }
    return Json.members("steps", steps, "facts", program.source().isEmpty() ? List.of() : new Plans(runtime.target()).facts(program.graph()));
  }

  /// What a node of the graph of [#kernels] held, or why that is not known.
  private Map<String, @Nullable Object> value(Compilation each, int index) {
    OpNode node = at(Printer.lines(each.fused().graph()), index, "node").node();
    OpNode held = node; // a reshaped tensor has the memory of what it is a view of
    while (held.is(OpCode.RESHAPE) && !values.hasMemory(each.scheduled().schedule(), held)) {
      held = held.input(0);
    }
    Map<String, @Nullable Object> told = values.of(each.scheduled().schedule(), held).map(ValueView::of).orElseGet(() -> Json.members("message", values.why(each.scheduled().schedule(), node)));
    told.put("type", node.dtype() + "" + node.shape());
    return told;
  }

  private static Map<String, @Nullable Object> step(String title, String text) {
    return Json.members("title", title, "text", text);
  }
}
