package org.teenygrad.engine.runtime;

import java.lang.StackWalker.Option;
import java.lang.StackWalker.StackFrame;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// What a program had called when something went wrong inside: `Tensor.item, called in Main.main (Main.java:12)`.
public final class Caller {
  private static final String ROOT = "org.teenygrad";

  /// The packages of what programs call, and those beneath.
  private static final Set<String> CALLED = Set.of(ROOT, ROOT + ".nn", ROOT + ".optim", ROOT + ".state", ROOT + ".data");

  private static final Set<String> INSIDE = Set.of(ROOT + ".runtime", ROOT + ".schedule", ROOT + ".codegen", ROOT + ".autodiff",
      ROOT + ".ir");

  private Caller() {}

  /// Empty where no program is calling, as in a thread of our own.
  public static String text() {
    return StackWalker.getInstance(Option.RETAIN_CLASS_REFERENCE).walk(Caller::text);
  }

  /// The last method of ours before the first of somebody else.
  private static String text(Stream<StackFrame> innermostFirst) {
    StackFrame called = null;
    for (StackFrame frame : (Iterable<StackFrame>) innermostFirst::iterator) {
      String home = frame.getDeclaringClass().getPackageName();
      if (CALLED.contains(home)) {
        called = frame.getMethodName().startsWith("lambda$") ? called : frame;
      } else if (called != null && !home.startsWith("java.") && !home.startsWith("jdk.") && INSIDE.stream().noneMatch(home::startsWith)) {
        return method(called) + ", called in " + method(frame) + " (" + frame.getFileName() + ":" + frame.getLineNumber() + ")";
      }
    }
    return method(called);
  }

  private static String method(@Nullable StackFrame frame) {
    if (frame == null) {
      return "";
    }
    Class<?> type = frame.getDeclaringClass();
    boolean room = type.isInterface() && type.getPackageName().equals(ROOT); // one of those that Tensor's methods live in
    return (room ? "Tensor" : type.getSimpleName()) + "." + frame.getMethodName();
  }
}
