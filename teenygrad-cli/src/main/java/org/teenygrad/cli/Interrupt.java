package org.teenygrad.cli;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.LinkedHashMap;
import java.util.Map;

/// What Ctrl-C and a request to end the process mean to a command that has something to save: it is told, and ends when
/// it has saved. A second one ends the process at once.
///
/// While nobody [listens][#listen] they end the process at once, as ever.
final class Interrupt {
  private static final String[] SIGNALS = {"INT", "TERM", "HUP"};

  /// What a shell adds to the number of the signal that ended a process.
  private static final int SIGNALLED = 128;

  private volatile int signal;

  /// As long as it is open, signals are told to the command.
  interface Listening extends AutoCloseable {
    @Override
    void close();
  }

  /// From here on a request to end is told to the command.
  /// @param notice what to do at that moment, besides
  Listening listen(Runnable notice) {
    Map<String, Object> before = new LinkedHashMap<>();
    for (String name : SIGNALS) {
      before.put(name, Signals.handle(name, number -> {
        if (signal != 0) {
          Runtime.getRuntime().halt(SIGNALLED + number);
        }
        signal = number;
        notice.run();
      }));
    }
    return () -> before.forEach(Signals::restore);
  }

  /// Whether the command shall come to an end.
  boolean isRequested() {
    return signal != 0;
  }

  /// The exit status of a command that was asked to end and did.
  int status() {
    return SIGNALLED + signal;
  }

  /// `sun.misc.Signal`, of the JDK's module `jdk.unsupported`: no other interface hears a second signal. By reflection,
  /// as javac warns of its use in a way that cannot be turned off.
  private static final class Signals {
    private interface Handler {
      void handle(int number);
    }

    /// @return what handled the signal before; it is still ignored if this process was started to ignore it
    static Object handle(String name, Handler handler) {
      return install(name, Proxy.newProxyInstance(Interrupt.class.getClassLoader(), new Class<?>[] {type("sun.misc.SignalHandler")},
          (proxy, method, arguments) ->
          switch (method.getName()) {
            case "handle" -> {
              handler.handle((int) type("sun.misc.Signal").getMethod("getNumber").invoke(arguments[0]));
              yield null;
            }
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "the command's handler";
          }));
    }

    static void restore(String name, Object before) {
      install(name, before);
    }

    private static Object install(String name, Object handler) {
      try {
        Class<?> type = type("sun.misc.Signal");
        return type.getMethod("handle", type, type("sun.misc.SignalHandler"))
            .invoke(null, type.getConstructor(String.class).newInstance(name), handler);
      } catch (InvocationTargetException e) {
        return handler; // a JVM of -Xrs leaves signals to the system
      } catch (ReflectiveOperationException e) {
        throw new AssertionError(e);
      }
    }

    private static Class<?> type(String name) {
      try {
        return Class.forName(name);
      } catch (ClassNotFoundException e) {
        throw new AssertionError("the Java that runs this lacks the module jdk.unsupported", e);
      }
    }
  }
}
