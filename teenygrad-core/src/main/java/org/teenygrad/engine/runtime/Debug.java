package org.teenygrad.engine.runtime;

import java.util.Collection;
import java.util.Set;
import java.util.function.Supplier;
import org.teenygrad.engine.ir.OpNode;
import org.teenygrad.engine.ir.Printer;

/// What teenygrad tells of its work on stderr.
///
/// [Settings#DEBUG] sets the level; each tells what those below it tell too:
///
/// | level | what |
/// | --- | --- |
/// | 1 | the device that is chosen, and each new schedule: kernels, launches, workspace, time |
/// | 2 | each launch: time, bytes, operations and share of the machine's roofline |
/// | 3 | the nodes of each new schedule before and after simplification, and of each new kernel |
/// | 4 | LLVM IR and assembly of each new kernel |
///
/// [Settings#CHECK] looks for NaN after each launch, or whether indices are within their axis before they are used.
public final class Debug {
  public static final int SCHEDULES = 1;
  public static final int LAUNCHES = 2;
  public static final int GRAPHS = 3;
  public static final int CODE = 4;

  private static volatile int level = told(Settings.DEBUG, 0);
  private static volatile boolean checksNan = told(Settings.CHECK, Set.of()).contains(Check.NAN);
  private static volatile boolean checksIndex = told(Settings.CHECK, Set.of()).contains(Check.INDEX);

  /// What may be checked while kernels run.
  public enum Check {
    NAN,
    INDEX
  }

  private Debug() {}

  /// What is set wrong is said, and does without: this class is needed by all others.
  private static <T> T told(Settings.Setting<T> setting, T byDefault) {
    try {
      return setting.or(byDefault);
    } catch (IllegalArgumentException e) {
      print(String.valueOf(e.getMessage()));
      return byDefault;
    }
  }

  /// Whether what belongs to a level is to be told.
  public static boolean at(int wanted) {
    return level >= wanted;
  }

  /// Sets the level from now on.
  public static void level(int changed) {
    level = changed;
  }

  /// Whether each launch's results are searched for NaN.
  public static boolean checksNan() {
    return checksNan;
  }

  public static void checksNan(boolean wanted) {
    checksNan = wanted;
  }

  /// Whether indices are looked at before they are used.
  public static boolean checksIndex() {
    return checksIndex;
  }

  public static void checksIndex(boolean wanted) {
    checksIndex = wanted;
  }

  /// Says something if the level asks for it.
  public static void say(int wanted, Supplier<String> text) {
    if (at(wanted)) {
      print(text.get());
    }
  }

  /// Says what a user has to know whatever the level is.
  public static void warn(String text) {
    print(text);
  }

  /// Shows graphs, if the level asks for them.
  public static void graphs(Supplier<String> title, Collection<OpNode> roots) {
    say(GRAPHS, () -> title.get() + System.lineSeparator() + Printer.text(roots).stripTrailing());
  }

  private static void print(String text) {
    System.err.println("teenygrad: " + text); // one call, so that threads do not mix their lines
  }
}
