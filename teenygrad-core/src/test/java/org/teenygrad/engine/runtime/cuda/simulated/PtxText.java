package org.teenygrad.engine.runtime.cuda.simulated;

import java.util.Arrays;
import java.util.regex.Pattern;

/// Inline PTX that a thread executes by itself and that gives no value.
final class PtxText {
  private static final Pattern NUMBER = Pattern.compile("(?<![\\w$.])\\d+(?![\\w.])");
  private static final Pattern DIMENSIONS = Pattern.compile("\\.tensor\\.(\\d)d\\.");

  private PtxText() {}

  /// Numbers that stand in a text for themselves.
  static int[] numbers(String text) {
    return NUMBER.matcher(text).results().mapToInt(found -> Integer.parseInt(found.group())).toArray();
  }

  /// @param name the text, after `asm`
  /// @throws IllegalArgumentException if no meaning is known of it
  static Step step(String name, Operand[] operands) {
    String text = name.startsWith("asm ") ? name.substring(4) : name;
    int[] places = Arrays.stream(operands).mapToInt(Operand::place).toArray();
    int[] numbers = numbers(text);
    // What changes when an instruction is executed, not what it computes.
    if (text.startsWith("griddepcontrol.launch_dependents") || text.startsWith("setmaxnreg") || text.startsWith("fence.mbarrier_init")) {
      return _ -> {};
    }
    if (text.startsWith("griddepcontrol.wait")) {
      return thread -> thread.launchesAwaited = true;
    }
    if (text.startsWith("fence.proxy.async")) {
      return thread -> thread.fences++;
    }
    if (text.startsWith("mbarrier.init.shared::cta")) {
      return thread -> thread.block.initialize(thread.registers[places[0]], numbers[0]);
    }
    if (text.startsWith("mbarrier.arrive.expect_tx.shared::cta")) {
      return thread -> {
        Mbarrier mbarrier = thread.block.mbarrier(thread.registers[places[0]]);
        mbarrier.expect(thread.registers[places[1]]);
        mbarrier.arrive();
      };
    }
    if (text.startsWith("mbarrier.arrive.shared::cta")) {
      return thread -> thread.block.mbarrier(thread.registers[places[0]]).arrive();
    }
    if (text.contains("mapa.shared::cluster.u32 there, $0, $1; mbarrier.arrive.shared::cluster.b64 _, [there];")) {
      return thread -> thread.block.cluster.block(thread.registers[places[1]]).ofCluster(thread.registers[places[0]]).arrive();
    }
    if (text.contains(".global.shared::cta") && text.contains(".bulk_group")) {
      return bulkStore(text, places);
    }
    if (text.startsWith("cp.async.bulk.tensor.")) {
      return bulkCopy(text, places);
    }
    if (text.startsWith("cp.async.bulk.shared::cluster.global.mbarrier::complete_tx::bytes")) {
      return thread -> {
        long[] registers = thread.registers;
        thread.requireLaunchesAwaited();
        thread.block.cluster.start(new BulkLine(thread.block.launch.memory(), registers[places[1]], numbers[0]), thread.block, registers[places[0]], registers[places[2]], 1 << thread.block.rank);
      };
    }
    if (text.startsWith("cp.async.bulk.commit_group")) {
      return _ -> {};
    }
    if (text.startsWith("cp.async.bulk.wait_group")) {
      // What is stored is read from shared memory as late as it may be.
      return GpuThread::endStores;
    }
    if (text.contains("ld.acquire.gpu.global.b32 v, [$0]; setp.ne.b32 p, v, $1;")) {
      return thread -> {
        // Blocks run one after the other.
        long found = thread.block.read(thread, 1, thread.registers[places[0]], Integer.BYTES);
        if (found != thread.registers[places[1]]) {
          throw new IllegalStateException("it is the turn of " + found + ", not of " + thread.registers[places[1]]);
        }
      };
    }
    if (text.contains("st.release.gpu.global.b32 [$0], $1;")) {
      return thread -> thread.block.write(thread, 1, thread.registers[places[0]], Integer.BYTES, thread.registers[places[1]]);
    }
    throw new IllegalArgumentException("no meaning is known of " + name);
  }

  private static int dimensions(String text) {
    return DIMENSIONS.matcher(text).results().mapToInt(found -> Integer.parseInt(found.group(1))).findFirst().orElseThrow();
  }

  private static Step bulkStore(String text, int[] places) {
    boolean adds = text.startsWith("cp.reduce.async.bulk.tensor.") && text.contains(".add.bulk_group");
    if (!adds && !text.startsWith("cp.async.bulk.tensor.")) {
      throw new IllegalArgumentException("no meaning is known of " + text);
    }
    int dimensions = dimensions(text);
    return thread -> {
      long[] registers = thread.registers;
      int[] coordinates = new int[dimensions];
      for (int i = 0; i < dimensions; i++) {
        coordinates[i] = (int) registers[places[2 + i]];
      }
      thread.startStore(thread.block.launch.copy(thread, registers[places[0]], coordinates, new int[0]), registers[places[1]], adds);
    };
  }

  private static Step bulkCopy(String text, int[] places) {
    int dimensions = dimensions(text);
    int offsets = text.contains(".im2col") ? dimensions - 2 : 0;
    boolean multicast = text.contains(".multicast::cluster");
    int mask = multicast ? places[places.length - 1] : -1;
    return thread -> {
      long[] registers = thread.registers;
      int[] coordinates = new int[dimensions];
      for (int i = 0; i < dimensions; i++) {
        coordinates[i] = (int) registers[places[3 + i]];
      }
      int[] places16 = new int[offsets];
      for (int i = 0; i < offsets; i++) {
        places16[i] = (int) registers[places[3 + dimensions + i]] & 0xFFFF;
      }
      BulkCopy copy = thread.block.launch.copy(thread, registers[places[1]], coordinates, places16);
      thread.block.cluster.start(copy, thread.block, registers[places[0]], registers[places[2]], mask < 0 ? 1 << thread.block.rank : (int) registers[mask]);
    };
  }
}
