package org.teenygrad.web.compiler;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.teenygrad.Device;
import org.teenygrad.engine.codegen.Plans;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Printer;
import org.teenygrad.engine.runtime.Activity;
import org.teenygrad.engine.runtime.Devices;
import org.teenygrad.engine.runtime.Program;
import org.teenygrad.engine.runtime.Runtime;
import org.teenygrad.engine.runtime.Target;
import org.teenygrad.nanochat.json.Json;

/// The latest schedules that were made: what each pass did to their graphs, which kernels came of them, and their code.
public final class Compilations implements Activity.Watcher {
  private static final int MOST = 40;

  /// What is on its way in each thread: a schedule is planned by one.
  private final Map<Thread, Pending> pending = new HashMap<>();

  private final List<Compilation> made = new ArrayList<>();
  private int count;

  private static final class Pending {
    private final List<Activity.Passed> passes = new ArrayList<>();
    private Activity.@Nullable Fused fused;
  }

  /// @param number of the schedule, from 0 in the order in which they were made
  private record Compilation(int number, List<Activity.Passed> passes, Activity.Fused fused, Activity.Scheduled scheduled) {
    Device device() {
      return scheduled.device();
    }
  }

  @Override
  public synchronized void happened(Activity.Event event) {
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
        }
      }
      default -> {}
    }
  }

  /// Forgets all.
  public synchronized void clear() {
    made.clear();
    pending.clear();
  }

  /// What a view asks for.
  /// @param what `schedules`; of a schedule `pass` or `kernels`, or `code` of a kernel
  /// @param schedule its number
  /// @param index which pass, or which launch
  /// @throws IllegalArgumentException if there is no such thing
  public Map<String, @Nullable Object> answer(String what, int schedule, int index) {
    return switch (what) {
      case "schedules" -> schedules();
      case "pass" -> PassView.of(at(of(schedule).passes(), index, "pass"));
      case "kernels" -> kernels(of(schedule));
      case "code" -> code(of(schedule), at(of(schedule).fused().launches(), index, "launch").program());
      default -> throw new IllegalArgumentException("there is no " + what + " to ask for");
    };
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

  private static Map<String, @Nullable Object> summary(Compilation each) {
    var facts = Objects.requireNonNull(each.scheduled().made());
    return Json.members("number", each.number(), "device", each.device().toString(), "millis", facts.nanos() / 1e6, "codeMillis", facts.compileNanos() / 1e6,
        "launches", facts.launches(), "kernels", facts.kernels(), "compiled", facts.compiled(), "workspaceBytes", facts.workspaceBytes(),
        "results", each.fused().graph().stream().limit(3).map(node -> node.dtype() + "" + node.shape()).toList(), "resultCount", each.fused().graph().size(),
        "passes", each.passes().stream().map(PassView::summary).toList());
  }

  private static Map<String, @Nullable Object> kernels(Compilation each) {
    Map<OpNode, Integer> numbers = new HashMap<>();
    List<Object> lines = new ArrayList<>();
    for (Printer.Line line : Printer.lines(each.fused().graph())) {
      numbers.put(line.node(), lines.size());
      lines.add(PassView.line(line, ""));
    }
    List<Object> launches = each.fused().launches().stream().map(launch -> (Object) launch(launch, numbers)).toList();
    List<Object> memory = each.scheduled().memory().stream().map(part -> (Object) List.of(part.offset(), part.bytes(), part.first(), part.last())).toList();
    return Json.members("graph", lines, "launches", launches, "memory", memory, "workspaceBytes", Objects.requireNonNull(each.scheduled().made()).workspaceBytes());
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
    return Json.members("steps", steps);
  }

  private static Map<String, @Nullable Object> step(String title, String text) {
    return Json.members("title", title, "text", text);
  }
}
