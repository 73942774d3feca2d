package org.teenygrad.engine.runtime.cpu;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;
import org.teenygrad.engine.runtime.llvm.KernelCache;
import org.teenygrad.engine.runtime.llvm.LlvmCompiler;
import org.teenygrad.engine.runtime.llvm.LlvmTarget;
import org.teenygrad.engine.runtime.llvm.ObjectCode;

/// What each thread does with a [LaunchList], as machine code: from one launch to the next no thread comes back to Java, which
/// would cost some microseconds where code is compiled, and fifty where it is interpreted.
///
/// Thread `i` owns the `i`-th of a launch's equal slices and takes pieces of it in order; when its own slice is empty it takes
/// pieces of the others'. Slices make a thread meet the same part of a tensor from kernel to kernel, in its own cache; pieces even
/// out threads that are slow or come late. Which thread computes an item has no influence on its result.
///
/// The state that threads share is a line of memory for the pieces that are done, and one for each slice's pieces that are taken. A
/// word is the number of a launch, which no other has ever had, and below it a count; it only grows. So a word needs no reset, and
/// a thread that comes late, even after all is done, finds nothing that it might take: numbers are larger than that of its launch.
final class LaunchLoop {
  private static final String NAME = "teenygrad_launches";

  /// Bytes between two words of the state, so that each has cache lines of its own.
  static final int LINE = 128;

  /// Bits of a word that count pieces; those above number launches.
  static final int COUNT_BITS = 20;

  /// Runs launches from one on, and returns the number of the one that it would have to wait for too long before, or `count + 1`
  /// when all are done.
  private static final String CODE = """
      define i64 @teenygrad_launches(ptr %table, ptr %state, i64 %from, i64 %count, i64 %base, i64 %thread, ptr %scratch, i64 %looks) {
      entry:
        br label %next
      next:
        %k = phi i64 [ %from, %entry ], [ %following, %finished ]
        %launch = getelementptr [8 x i64], ptr %table, i64 %k
        %awaitedAt = getelementptr i64, ptr %launch, i64 6
        %awaited = load i64, ptr %awaitedAt
        %neededAt = getelementptr i64, ptr %launch, i64 7
        %needed = load i64, ptr %neededAt
        %waits = icmp ne i64 %needed, 0
        br i1 %waits, label %await, label %ready
      await:
        %awaitedNumber = add i64 %base, %awaited
        %awaitedWord = shl i64 %awaitedNumber, 20
        %complete = or i64 %awaitedWord, %needed
        br label %look
      look:
        %looked = phi i64 [ 0, %await ], [ %lookedAgain, %again ]
        %done = load atomic i64, ptr %state acquire, align 8
        %isDone = icmp uge i64 %done, %complete
        br i1 %isDone, label %ready, label %wait
      wait:
        %isLong = icmp uge i64 %looked, %looks
        br i1 %isLong, label %leave, label %again
      again:
        PAUSE
        %lookedAgain = add i64 %looked, 1
        br label %look
      leave:
        ret i64 %k
      ready:
        %isEnd = icmp eq i64 %k, %count
        br i1 %isEnd, label %end, label %work
      end:
        %all = add i64 %count, 1
        ret i64 %all
      work:
        %slicesAt = getelementptr i64, ptr %launch, i64 4
        %slices = load i64, ptr %slicesAt
        %hasPart = icmp ult i64 %thread, %slices
        br i1 %hasPart, label %begin, label %finished
      begin:
        %function = load ptr, ptr %launch
        %argumentsAt = getelementptr i64, ptr %launch, i64 1
        %arguments = load ptr, ptr %argumentsAt
        %itemsAt = getelementptr i64, ptr %launch, i64 2
        %items = load i64, ptr %itemsAt
        %pieceAt = getelementptr i64, ptr %launch, i64 3
        %piece = load i64, ptr %pieceAt
        %number = add i64 %base, %k
        %word = shl i64 %number, 20
        %least = udiv i64 %items, %slices
        %rest = urem i64 %items, %slices
        br label %slice
      slice:
        %turn = phi i64 [ 0, %begin ], [ %nextTurn, %exhausted ]
        %before = phi i64 [ 0, %begin ], [ %own, %exhausted ]
        %shifted = add i64 %thread, %turn
        %wraps = icmp uge i64 %shifted, %slices
        %wrapped = sub i64 %shifted, %slices
        %s = select i1 %wraps, i64 %wrapped, i64 %shifted
        %isLonger = icmp ult i64 %s, %rest
        %longer = zext i1 %isLonger to i64
        %size = add i64 %least, %longer
        %extra = select i1 %isLonger, i64 %s, i64 %rest
        %even = mul i64 %least, %s
        %start = add i64 %even, %extra
        %line = add i64 %s, 1
        %offset = mul i64 %line, 128
        %takenAt = getelementptr i8, ptr %state, i64 %offset
        br label %take
      take:
        %own = phi i64 [ %before, %slice ], [ %own, %try ], [ %ownMore, %run ]
        %taken = load atomic i64, ptr %takenAt monotonic, align 8
        %isEarlier = icmp ult i64 %taken, %word
        %now = select i1 %isEarlier, i64 %word, i64 %taken
        %pieces = sub i64 %now, %word
        %isNow = icmp ult i64 %pieces, 1048576
        %first = mul i64 %pieces, %piece
        %isInside = icmp ult i64 %first, %size
        %isLeft = and i1 %isNow, %isInside
        br i1 %isLeft, label %try, label %exhausted
      try:
        %more = add i64 %now, 1
        %exchange = cmpxchg ptr %takenAt, i64 %taken, i64 %more acq_rel monotonic, align 8
        %isMine = extractvalue { i64, i1 } %exchange, 1
        br i1 %isMine, label %run, label %take
      run:
        %whole = add i64 %first, %piece
        %isWhole = icmp ult i64 %whole, %size
        %until = select i1 %isWhole, i64 %whole, i64 %size
        %firstItem = add i64 %start, %first
        %endItem = add i64 %start, %until
        call void %function(ptr %arguments, i64 %firstItem, i64 %endItem, ptr %scratch)
        %ownMore = add i64 %own, 1
        br label %take
      exhausted:
        %nextTurn = add i64 %turn, 1
        %isLast = icmp eq i64 %nextTurn, %slices
        br i1 %isLast, label %account, label %slice
      account:
        %hasNone = icmp eq i64 %own, 0
        br i1 %hasNone, label %finished, label %phase
      phase:
        %phaseAt = getelementptr i64, ptr %launch, i64 5
        %phaseFirst = load i64, ptr %phaseAt
        %phaseNumber = add i64 %base, %phaseFirst
        %phaseWord = shl i64 %phaseNumber, 20
        br label %add
      add:
        %counted = load atomic i64, ptr %state monotonic, align 8
        %isOld = icmp ult i64 %counted, %phaseWord
        %from0 = select i1 %isOld, i64 %phaseWord, i64 %counted
        %sum = add i64 %from0, %own
        %added = cmpxchg ptr %state, i64 %counted, i64 %sum acq_rel monotonic, align 8
        %isAdded = extractvalue { i64, i1 } %added, 1
        br i1 %isAdded, label %finished, label %add
      finished:
        %following = add i64 %k, 1
        br label %next
      }
      """;

  private final ObjectCode code;
  private final MethodHandle run;

  @SuppressWarnings("restricted")
  private LaunchLoop() {
    code = ObjectCode.link(KernelCache.ofUser().object(new LlvmCompiler(LlvmTarget.host()), code(LlvmTarget.host().triple())), NAME);
    // An ordinary downcall, during which the garbage collector may run.
    run = Linker.nativeLinker().downcallHandle(code.address(NAME),
        FunctionDescriptor.of(JAVA_LONG, ADDRESS, ADDRESS, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG));
  }

  private static final class Shared {
    static final LaunchLoop LOOP = new LaunchLoop();
  }

  /// The one of the process, compiled when first asked for.
  static LaunchLoop shared() {
    return Shared.LOOP;
  }

  /// What tells a processor that a thread is only waiting.
  private static String code(String triple) {
    if (triple.startsWith("x86_64-")) {
      return "declare void @llvm.x86.sse2.pause()\n" + CODE.replace("PAUSE", "call void @llvm.x86.sse2.pause()");
    }
    return triple.matches("(aarch64|arm64)-.*")
        ? "declare void @llvm.aarch64.hint(i32)\n" + CODE.replace("PAUSE", "call void @llvm.aarch64.hint(i32 1)") : CODE.replace("PAUSE", "");
  }

  /// Runs launches as one of the threads.
  ///
  /// @param state of all threads, zeros before the first run
  /// @param from the number of the launch to begin with
  /// @param base what numbers launches of all times: larger than any before, and further runs begin above that of this list's end
  /// @param scratch the address of memory that is this thread's alone
  /// @param looks how often to look whether what has to be waited for is done
  /// @return the number of the launch before which more would have to be waited, or one more than that of the list's end when all are done
  long run(LaunchList list, MemorySegment state, long from, long base, int thread, long scratch, long looks) {
    try {
      return (long) run.invokeExact(list.table(), state, from, (long) list.count(), base, (long) thread, scratch, looks);
    } catch (RuntimeException | Error e) {
      throw e;
    } catch (Throwable e) {
      throw new AssertionError(e); // native code throws nothing
    } finally {
      Reference.reachabilityFence(list);
      Reference.reachabilityFence(this);
    }
  }
}
