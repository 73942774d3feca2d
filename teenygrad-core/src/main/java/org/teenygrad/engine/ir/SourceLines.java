package org.teenygrad.engine.ir;

import java.util.ArrayDeque;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which line of a program made a node, kept from [#record] on for views of graphs: the innermost line outside of this library, found by a walk up the stack when the node is made.
///
/// ```java
/// SourceLines.record();
/// OpNode sum = OpNode.of(OpCode.ADD, a, b);
/// SourceLines.of(sum);   // Optional[Main.main(Main.java:12)]
/// ```
/// What a pass makes of a node has that node's line. Lines cost some microseconds a node, so they are kept only until a schedule is found that was made before, as in the
/// second step of a training, and again from the next that is made ([#planned]). While nobody wants them, they cost a look at one field.
public final class SourceLines {
  private static final String LIBRARY = "org.teenygrad.";

  /// Parts of the library whose lines nobody looks for; models are programs that are read.
  private static final Set<String> PARTS = Set.of("engine", "nn", "optim", "state", "data", "train", "distributed", "plot", "distributions", "blas", "linalg", "host");

  /// Nodes that are made on the way to a schedule, where the stack tells of nothing but who asked for a value.
  private static final String PLANNING = "org.teenygrad.engine.schedule.";

  private static final StackWalker WALKER = StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

  /// What the name of a class says of its lines.
  private enum Kind {
    PROGRAM,
    LIBRARY,
    PLANNING
  }

  private static final ClassValue<Kind> KINDS = new ClassValue<>() {
    @Override
    protected Kind computeValue(Class<?> type) {
      return kind(type.getName());
    }
  };

  private static volatile boolean isWanted;
  private static volatile boolean isOn;

  private SourceLines() {}

  /// Keeps the lines of all nodes that are made from now on, in any thread.
  public static void record() {
    isWanted = true;
    isOn = true;
  }

  /// A schedule was made or found. Where it was found, the program repeats itself, and views have all that there is to see.
  /// @param isNew whether it was made
  public static void planned(boolean isNew) {
    boolean next = isWanted && isNew;
    if (isOn != next) {
      isOn = next;
    }
  }

  static boolean areRecorded() {
    return isOn;
  }

  /// The line that made a node; empty where that is not known.
  public static Optional<StackTraceElement> of(OpNode node) {
    return Optional.ofNullable(node.madeAt()).map(StackWalker.StackFrame::toStackTraceElement);
  }

  /// The line of the program that is now making a node.
  static StackWalker.@Nullable StackFrame here() {
    return WALKER.walk(frames -> frames.filter(frame -> KINDS.get(frame.getDeclaringClass()) != Kind.LIBRARY).findFirst())
        .filter(frame -> KINDS.get(frame.getDeclaringClass()) == Kind.PROGRAM).orElse(null);
  }

  /// What was made in place of a node, or is its derivative, has that node's line.
  public static void inherit(OpNode from, OpNode made) {
    if (!isWanted || from.madeAt() == null || made.madeAt() != null) {
      return;
    }
    ArrayDeque<OpNode> open = new ArrayDeque<>();
    open.push(made);
    while (!open.isEmpty()) {
      OpNode node = open.pop();
      if (node.madeAt() == null) {
        node.madeAt(from.madeAt());
        node.inputs().forEach(open::push);
      }
    }
  }

  private static Kind kind(String name) {
    if (name.startsWith(PLANNING)) {
      return Kind.PLANNING;
    }
    if (name.startsWith("java.") || name.startsWith("jdk.")) {
      return Kind.LIBRARY;
    }
    if (!name.startsWith(LIBRARY)) {
      return Kind.PROGRAM;
    }
    int end = name.indexOf('.', LIBRARY.length());
    return end < 0 || PARTS.contains(name.substring(LIBRARY.length(), end)) ? Kind.LIBRARY : Kind.PROGRAM;
  }
}
