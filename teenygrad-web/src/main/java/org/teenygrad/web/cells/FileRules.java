package org.teenygrad.web.cells;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/// Which files a process may touch, held by the kernel: Landlock, which asks for no privileges. What a thread gives up, it gives up for all processes that it starts.
///
/// ```java
/// Process process = FileRules.none().read(Path.of("/usr/lib")).write(folder).within(builder::start);
/// ```
final class FileRules {
  // linux/landlock.h; the numbers of the calls are the same on all machines
  private static final long CREATE_RULESET = 444;
  private static final long ADD_RULE = 445;
  private static final long RESTRICT_SELF = 446;
  private static final long VERSION = 1;
  private static final long PATH_BENEATH = 1;
  private static final long EXECUTE = 1;
  private static final long WRITE_FILE = 1 << 1;
  private static final long READ_FILE = 1 << 2;
  private static final long READ_DIR = 1 << 3;
  private static final long TRUNCATE = 1 << 14;

  /// All rights to files by the interface's version, from the first on.
  private static final long[] FILE_RIGHTS = {(1 << 13) - 1, (1 << 14) - 1, (1 << 15) - 1, (1 << 15) - 1, (1 << 16) - 1};

  private static final int NETWORK_VERSION = 4;
  private static final long BIND_AND_CONNECT = 3;
  private static final int SCOPE_VERSION = 6;
  private static final long SOCKETS_AND_SIGNALS = 3;

  private static final long PRCTL_X86 = 157;
  private static final long PRCTL_ARM = 167;
  private static final long NO_NEW_PRIVILEGES = 38;
  private static final long CAPSET_X86 = 126;
  private static final long CAPSET_ARM = 91;
  private static final int CAPABILITY_VERSION = 0x20080522;
  private static final long OPENAT_X86 = 257;
  private static final long OPENAT_ARM = 56;
  private static final long CLOSE_X86 = 3;
  private static final long CLOSE_ARM = 57;
  private static final long CURRENT_FOLDER = -100;
  private static final long PATH_ONLY = 0x200000 | 0x80000; // O_PATH | O_CLOEXEC

  private record Rule(Path path, long rights) {}

  private final List<Rule> rules = new ArrayList<>();

  private FileRules() {}

  /// Nothing may be touched.
  static FileRules none() {
    return new FileRules();
  }

  /// The version of the interface that the kernel has; 0 for none.
  static int version() {
    return Libc.isKnown() ? (int) Math.max(0, Libc.call(CREATE_RULESET, 0, 0, VERSION)) : 0;
  }

  /// A file, or all below a folder, may be read, and programs started. Where there is no such file, nothing changes.
  FileRules read(Path path) {
    rules.add(new Rule(path, EXECUTE | READ_FILE | READ_DIR));
    return this;
  }

  /// A folder, or a device such as `/dev/null`, may be read and written.
  FileRules write(Path path) {
    rules.add(new Rule(path, Files.isDirectory(path) ? -1 & ~EXECUTE : WRITE_FILE | READ_FILE | TRUNCATE));
    return this;
  }

  /// Starts something under these rules, as far as the kernel has them, in a thread of its own that ends with it.
  /// @throws IOException if it cannot be started
  /// @throws IllegalStateException if the kernel takes a rule for wrong
  Process within(Callable<Process> start) throws IOException {
    Callable<Process> contained = () -> {
      hold();
      return start.call();
    };
    FutureTask<Process> task = new FutureTask<>(contained);
    Thread.ofPlatform().name("contained-start").start(task);
    try {
      return task.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failed) {
        throw failed;
      }
      throw new IllegalStateException(e.getCause());
    }
  }

  /// Makes the rules hold for this thread and all that it starts.
  private void hold() {
    int version = version();
    if (version == 0) {
      return;
    }
    long handled = FILE_RIGHTS[Math.min(version, FILE_RIGHTS.length) - 1];
    try (Arena arena = Arena.ofConfined()) {
      int bytes = version >= SCOPE_VERSION ? 24 : version >= NETWORK_VERSION ? 16 : 8;
      MemorySegment attributes = arena.allocate(24, 8);
      attributes.set(ValueLayout.JAVA_LONG, 0, handled);
      attributes.set(ValueLayout.JAVA_LONG, 8, BIND_AND_CONNECT);
      attributes.set(ValueLayout.JAVA_LONG, 16, SOCKETS_AND_SIGNALS);
      long ruleset = Libc.require("Landlock", Libc.call(CREATE_RULESET, attributes.address(), bytes, 0));
      for (Rule rule : rules) {
        add(arena, ruleset, rule, handled);
      }
      Libc.require("no new privileges", Libc.call(Libc.isX86() ? PRCTL_X86 : PRCTL_ARM, NO_NEW_PRIVILEGES, 1));
      dropCapabilities(arena);
      Libc.require("Landlock", Libc.call(RESTRICT_SELF, ruleset, 0));
      long _ = Libc.call(Libc.isX86() ? CLOSE_X86 : CLOSE_ARM, ruleset);
    }
  }

  /// Even root is then an ordinary user: with its capabilities it could read other processes' memory, whatever the rules say.
  private static void dropCapabilities(Arena arena) {
    MemorySegment header = arena.allocateFrom(ValueLayout.JAVA_INT, CAPABILITY_VERSION, 0);
    MemorySegment none = arena.allocate(24, 8);
    Libc.require("no capabilities", Libc.call(Libc.isX86() ? CAPSET_X86 : CAPSET_ARM, header.address(), none.address()));
  }

  private static void add(Arena arena, long ruleset, Rule rule, long handled) {
    MemorySegment name = arena.allocateFrom(rule.path.toString(), StandardCharsets.UTF_8);
    long file = Libc.call(Libc.isX86() ? OPENAT_X86 : OPENAT_ARM, CURRENT_FOLDER, name.address(), PATH_ONLY);
    if (file < 0) {
      return; // it is not there
    }
    long rights = rule.rights & handled & (Files.isDirectory(rule.path) ? -1 : EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE);
    MemorySegment beneath = arena.allocate(12, 8);
    beneath.set(ValueLayout.JAVA_LONG, 0, rights);
    beneath.set(ValueLayout.JAVA_INT, 8, (int) file);
    Libc.require("Landlock, " + rule.path, Libc.call(ADD_RULE, ruleset, PATH_BENEATH, beneath.address(), 0));
    long _ = Libc.call(Libc.isX86() ? CLOSE_X86 : CLOSE_ARM, file);
  }
}
