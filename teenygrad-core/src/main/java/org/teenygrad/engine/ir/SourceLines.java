package org.teenygrad.engine.ir;

import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Which line of a program made a node, kept from [#record] on for views of graphs: the innermost line outside of this library,
/// found by a walk up the stack when the node is made.
///
/// ```java
/// SourceLines.record();
/// OpNode sum = OpNode.of(OpCode.ADD, a, b);
/// SourceLines.of(sum);   // Optional[Main.main(Main.java:12)]
/// ```
/// What a pass makes of a node has that node's line. Lines cost some microseconds a node, so they are kept only until 256 schedules
/// in a row were found that had been made before, as in the steps of a training, and again from the next that is made ([#planned]).
/// While nobody wants them, they cost a look at one field.
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

  private static final int MOST_FOUND = 256;

  /// How many schedules in a row had been made before.
  private static final AtomicInteger FOUND = new AtomicInteger();

  private static volatile boolean isWanted;
  private static volatile boolean isOn;

  private SourceLines() {}

  /// Keeps the lines of all nodes that are made from now on, in any thread.
  public static void record() {
    isWanted = true;
    planned(true);
  }

  /// A schedule was made or found. Where one after the other is found, the program repeats itself, and views have all that there is to see.
  /// @param isNew whether it was made
  public static void planned(boolean isNew) {
    boolean next = isWanted && FOUND.updateAndGet(count -> isNew ? 0 : Math.min(MOST_FOUND, count + 1)) < MOST_FOUND;
    if (isOn != next) {
      isOn = next;
    }
  }

  static boolean areRecorded() {
    return isOn;
  }

  /// The line that made a node; empty where that is not known.
  public static Optional<StackTraceElement> of(OpNode node) {
    return origin(node).flatMap(Origin::line);
  }

  /// Where a node comes from; empty where that is not known.
  public static Optional<Origin> origin(OpNode node) {
    return Optional.ofNullable(node.origin());
  }

  /// The line of the program that is now making a node.
  static @Nullable Origin here() {
    return WALKER.walk(frames -> frames.filter(frame -> KINDS.get(frame.getDeclaringClass()) != Kind.LIBRARY).findFirst())
        .filter(frame -> KINDS.get(frame.getDeclaringClass()) == Kind.PROGRAM).map(Origin::at).orElse(null);
  }

  /// What was made in place of a node has that node's origin.
  public static void inherit(OpNode from, OpNode made) {
    Origin origin = isWanted ? from.origin() : null;
    if (origin != null) {
      give(origin, made);
    }
  }

  /// Graphs of these nodes are about to be derived: what the chain rule makes is told from them by their having an origin.
  public static void derived(List<OpNode> nodes) {
    if (isWanted) {
      nodes.forEach(SourceLines::known);
    }
  }

  /// What the chain rule made of a node has that node's line, as a derivative.
  public static void derive(OpNode from, OpNode made) {
    if (isWanted && made.origin() == null) {
      give(known(from).ofDerivative(), made);
    }
  }

  /// All that flows back to a node has been added up.
  public static void gradient(OpNode of, OpNode total) {
    if (isWanted) {
      derive(of, total);
      known(of).gradient(known(total));
    }
  }

  /// A node's origin, which it has from now on.
  private static Origin known(OpNode node) {
    Origin origin = node.origin();
    if (origin == null) {
      origin = Origin.unknown();
      node.origin(origin);
    }
    return origin;
  }

  /// To a node and what it is computed from, as far as it has none.
  private static void give(Origin origin, OpNode made) {
    ArrayDeque<OpNode> open = new ArrayDeque<>();
    open.push(made);
    while (!open.isEmpty()) {
      OpNode node = open.pop();
      if (node.origin() == null) {
        node.origin(origin);
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
