package org.teenygrad.web.cells;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// What the process of a page's cells gives up before it runs one: further processes, sockets, signals to others, memory and files beyond a size, and a higher priority. A filter of
/// system calls (seccomp) holds for all threads and cannot be taken back.
final class Containment {
  // linux/seccomp.h, linux/bpf_common.h, asm/errno.h
  private static final long SET_MODE_FILTER = 1;
  private static final long ALL_THREADS = 1;
  private static final int LOAD = 0x20;
  private static final int JUMP_EQUAL = 0x15;
  private static final int JUMP_ANY_BIT = 0x45;
  private static final int JUMP_AT_LEAST = 0x35;
  private static final int RETURN = 0x06;
  private static final int ALLOW = 0x7fff0000;
  private static final int NOT_PERMITTED = 0x00050000 | 1;
  private static final int NO_SUCH_CALL = 0x00050000 | 38; // glibc then starts threads by clone, whose flags the filter sees
  private static final int KILL_PROCESS = 0x80000000;
  private static final int CLONE_THREAD = 0x10000;
  private static final int X32 = 0x40000000;

  // struct seccomp_data
  private static final int NUMBER = 0;
  private static final int ARCHITECTURE = 4;
  private static final int FIRST_ARGUMENT = 16;

  /// What is refused, with its numbers on x86-64 and on 64-bit ARM; -1 where there is none.
  private static final Map<String, int[]> REFUSED = new TreeMap<>(Map.ofEntries(
      Map.entry("execve", new int[] {59, 221}), Map.entry("execveat", new int[] {322, 281}),
      Map.entry("fork", new int[] {57, -1}), Map.entry("vfork", new int[] {58, -1}),
      Map.entry("socket", new int[] {41, 198}), Map.entry("socketpair", new int[] {53, 199}),
      Map.entry("bind", new int[] {49, 200}), Map.entry("connect", new int[] {42, 203}),
      Map.entry("ptrace", new int[] {101, 117}), Map.entry("process_vm_readv", new int[] {310, 270}), Map.entry("process_vm_writev", new int[] {311, 271}),
      Map.entry("pidfd_open", new int[] {434, 434}), Map.entry("pidfd_send_signal", new int[] {424, 424}), Map.entry("pidfd_getfd", new int[] {438, 438}),
      Map.entry("io_uring_setup", new int[] {425, 425}), Map.entry("bpf", new int[] {321, 280}), Map.entry("perf_event_open", new int[] {298, 241}),
      Map.entry("userfaultfd", new int[] {323, 282}), Map.entry("keyctl", new int[] {250, 219}), Map.entry("add_key", new int[] {248, 217}),
      Map.entry("mount", new int[] {165, 40}), Map.entry("umount2", new int[] {166, 39}), Map.entry("unshare", new int[] {272, 97}), Map.entry("setns", new int[] {308, 268}),
      Map.entry("setpriority", new int[] {141, 140}), Map.entry("sched_setscheduler", new int[] {144, 119}), Map.entry("sched_setattr", new int[] {314, 274}),
      Map.entry("prlimit64", new int[] {302, 261}), Map.entry("setrlimit", new int[] {160, 164}), Map.entry("tkill", new int[] {200, 130}),
      Map.entry("chmod", new int[] {90, -1}), Map.entry("fchmod", new int[] {91, 52}), Map.entry("fchmodat", new int[] {268, 53}),
      Map.entry("chown", new int[] {92, -1}), Map.entry("fchown", new int[] {93, 55}), Map.entry("fchownat", new int[] {260, 54}),
      Map.entry("lchown", new int[] {94, -1}), Map.entry("fchmodat2", new int[] {452, 452}), Map.entry("utimensat", new int[] {280, 88}),
      Map.entry("setxattr", new int[] {188, 5}), Map.entry("lsetxattr", new int[] {189, 6}), Map.entry("fsetxattr", new int[] {190, 7}),
      Map.entry("rt_sigqueueinfo", new int[] {129, 138}), Map.entry("rt_tgsigqueueinfo", new int[] {297, 240})));

  private static final int[] KILL = {62, 129};
  private static final int[] TGKILL = {234, 131};
  private static final int[] CLONE = {56, 220};
  private static final int CLONE3 = 435;
  private static final int[] SECCOMP = {317, 277};
  private static final int[] PRLIMIT = {302, 261};
  private static final int[] AUDIT_ARCHITECTURE = {0xC000003E, 0xC00000B7};

  // sys/resource.h
  private static final int LIMIT_FILE_BYTES = 1;
  private static final int LIMIT_DATA_BYTES = 2;
  private static final int LIMIT_CORE_BYTES = 4;
  private static final int LIMIT_OPEN_FILES = 7;

  private Containment() {}

  /// Gives all of it up, where the system is one that holds to it.
  /// @param memoryBytes what the process may have in memory that can be written
  /// @param fileBytes how long a file may become
  static void enter(long memoryBytes, long fileBytes) {
    if (!Libc.isKnown()) {
      return;
    }
    int machine = Libc.isX86() ? 0 : 1;
    limit(machine, LIMIT_DATA_BYTES, memoryBytes);
    limit(machine, LIMIT_FILE_BYTES, fileBytes);
    limit(machine, LIMIT_CORE_BYTES, 0);
    limit(machine, LIMIT_OPEN_FILES, 256);
    List<long[]> program = program(machine, (int) ProcessHandle.current().pid());
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment filter = arena.allocate(8L * program.size(), 8);
      for (int i = 0; i < program.size(); i++) {
        long[] step = program.get(i);
        filter.set(ValueLayout.JAVA_SHORT, 8L * i, (short) step[0]);
        filter.set(ValueLayout.JAVA_BYTE, 8L * i + 2, (byte) step[1]);
        filter.set(ValueLayout.JAVA_BYTE, 8L * i + 3, (byte) step[2]);
        filter.set(ValueLayout.JAVA_INT, 8L * i + 4, (int) step[3]);
      }
      MemorySegment all = arena.allocate(16, 8);
      all.set(ValueLayout.JAVA_SHORT, 0, (short) program.size());
      all.set(ValueLayout.ADDRESS, 8, filter);
      Libc.require("no new privileges", Libc.call(machine == 0 ? 157 : 167, 38, 1));
      Libc.require("the filter of system calls", Libc.call(SECCOMP[machine], SET_MODE_FILTER, ALL_THREADS, all.address()));
    }
  }

  private static void limit(int machine, int what, long most) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment limit = arena.allocateFrom(ValueLayout.JAVA_LONG, most, most);
      Libc.require("a limit", Libc.call(PRLIMIT[machine], 0, what, limit.address(), 0));
    }
  }

  /// The filter: instructions of code, jumps where true and false, and a constant.
  private static List<long[]> program(int machine, int self) {
    List<long[]> program = new ArrayList<>();
    Collections.addAll(program,
        step(LOAD, 0, 0, ARCHITECTURE), step(JUMP_EQUAL, 1, 0, AUDIT_ARCHITECTURE[machine]), step(RETURN, 0, 0, KILL_PROCESS),
        step(LOAD, 0, 0, NUMBER), step(JUMP_AT_LEAST, 0, 1, X32), step(RETURN, 0, 0, NOT_PERMITTED),
        step(JUMP_EQUAL, 0, 1, CLONE3), step(RETURN, 0, 0, NO_SUCH_CALL),
        // threads, but no processes
        step(JUMP_EQUAL, 0, 4, CLONE[machine]), step(LOAD, 0, 0, FIRST_ARGUMENT), step(JUMP_ANY_BIT, 1, 0, CLONE_THREAD), step(RETURN, 0, 0, NOT_PERMITTED),
        step(RETURN, 0, 0, ALLOW));
    for (int[] signal : List.of(KILL, TGKILL)) { // to this process alone
      Collections.addAll(program,
          step(JUMP_EQUAL, 0, 4, signal[machine]), step(LOAD, 0, 0, FIRST_ARGUMENT), step(JUMP_EQUAL, 1, 0, self), step(RETURN, 0, 0, NOT_PERMITTED),
          step(RETURN, 0, 0, ALLOW));
    }
    for (int[] numbers : REFUSED.values()) {
      if (numbers[machine] >= 0) {
        Collections.addAll(program, step(JUMP_EQUAL, 0, 1, numbers[machine]), step(RETURN, 0, 0, NOT_PERMITTED));
      }
    }
    program.add(step(RETURN, 0, 0, ALLOW));
    return program;
  }

  private static long[] step(int code, int whereTrue, int whereFalse, int constant) {
    return new long[] {code, whereTrue, whereFalse, constant};
  }
}
