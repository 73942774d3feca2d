package org.teenygrad;

/// The echo of JShell, which prints each variable that is declared, asked for or not. Making that text must not run anything: a
/// tensor without values says there what it will be computed from ([Expression]). Everywhere else `toString()` gives the values.
///
/// Who asks is seen on the stack: JShell makes the text of a snippet's value in one method, after the snippet has run. So it is in
/// every program that is built on JShell, and in what lists, records and maps of tensors print.
final class Echo {
  private static final String CLASS = "jdk.jshell.execution.DirectExecutionControl";
  private static final String METHOD = "valueString";

  private Echo() {}

  static boolean isAsking() {
    return StackWalker.getInstance()
        .walk(frames -> frames.anyMatch(frame -> frame.getMethodName().equals(METHOD) && frame.getClassName().equals(CLASS)));
  }
}
